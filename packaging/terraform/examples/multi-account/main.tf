# One central account that sweeps, and members that are swept: each member has a reader, an actor and
# the lifecycle configurations, the central one has everything else.

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

# One of these for each member, or a workspace for each: Terraform makes no providers in a loop.
provider "aws" {
  alias  = "research"
  region = var.region

  dynamic "assume_role" {
    for_each = var.deployer_role == "" ? [] : [var.deployer_role]

    content {
      role_arn = "arn:aws:iam::${var.research_account}:role/${assume_role.value}"
    }
  }
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

variable "organization_id" {
  description = "The organization, whose accounts may read the agent's binary."
  type        = string
  default     = "o-exampleorgid"
}

variable "research_account" {
  description = "The member."
  type        = string
  default     = "444455556666"
}

variable "deployer_role" {
  description = "The role that Terraform assumes in members; none where it is empty and the provider has credentials of its own."
  type        = string
  default     = "terraform"
}

locals {
  external_id = "costctl-example"
  tags        = { CostCenter = "platform", Environment = "production" }
}

module "central" {
  source = "../.."

  artifacts_dir   = var.artifacts_dir
  organization_id = var.organization_id
  accounts        = [var.research_account]
  external_id     = local.external_id
  tags            = local.tags
}

module "research" {
  source    = "../.."
  providers = { aws = aws.research }

  artifacts_dir    = var.artifacts_dir
  sweep            = false
  existing_bucket  = { name = module.central.bucket, region = var.region, kms_key_arn = module.central.kms_key_arn }
  central_role_arn = module.central.role_arns.central
  external_id      = local.external_id
  tags             = local.tags
}

output "state_machine_arn" {
  description = "Sweeps all accounts."
  value       = module.central.state_machine_arn
}

output "lifecycle_config_arns" {
  description = "Of the member."
  value       = module.research.lifecycle_config_arns
}
