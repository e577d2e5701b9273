# Cost control for domains that are there already. Terraform makes everything around them;
# `costctl install` then attaches the lifecycle configurations to domains and user profiles, with
# a before-image of each: Terraform would have to own a whole domain to change one member of it.

terraform {
  required_version = ">= 1.9"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 6.0"
    }
  }
}

provider "aws" {
  region = var.region
}

variable "region" {
  description = "Where the domains are."
  type        = string
  default     = "us-east-1"
}

variable "artifacts_dir" {
  description = "What cargo xtask dist made."
  type        = string
}

variable "execution_role_names" {
  description = "The execution roles of the domains and their user profiles."
  type        = set(string)
  default     = []
}

variable "installer_principal_arns" {
  description = "Who may install."
  type        = list(string)
  default     = []
}

module "costctl" {
  source = "../.."

  artifacts_dir            = var.artifacts_dir
  idle_timeout             = "60m"
  execution_role_names     = var.execution_role_names
  installer_principal_arns = var.installer_principal_arns
  tags                     = { CostCenter = "platform", Environment = "production" }
}

# The rest is three lines: as the installer, look at the plan, then do it.
output "next" {
  description = "What attaches the agent."
  value       = <<-EOT
    export COSTCTL_ARTIFACTS=${module.costctl.artifacts_url} COSTCTL_KMS_KEY=${module.costctl.kms_key_arn}
    costctl install --all-domains --region ${var.region} --idle-timeout 60m
    costctl install --all-domains --region ${var.region} --idle-timeout 60m --execute
  EOT
}
