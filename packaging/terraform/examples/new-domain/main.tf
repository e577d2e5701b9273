# A new domain for teams that must not reach the internet: VPC-only, encrypted by a key of its own,
# the agent at every start of every app, and nothing that a user could turn off.

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

  default_tags {
    tags = var.tags
  }
}

data "aws_caller_identity" "own" {}

data "aws_partition" "own" {}

locals {
  account   = data.aws_caller_identity.own.account_id
  partition = data.aws_partition.own.partition
}

module "costctl" {
  source = "../.."

  artifacts_dir          = var.artifacts_dir
  idle_timeout           = var.idle_timeout
  agent_settings         = { bounds = { idle-timeout-max = "8h", snooze-max = "4h", snoozes-max = 3 } }
  execution_role_names   = [for role in aws_iam_role.execution : role.name]
  policy_file            = "${path.module}/costctl.toml"
  execute                = var.execute
  coverage_below_percent = 90
  usd_per_month          = 5000
  object_lock            = var.object_lock
  sweep_environment      = { COSTCTL_TAG_KEYS = "Team,CostCenter", COSTCTL_VPC_ENDPOINTS = "true" }

  vpc_endpoints = {
    vpc_id             = aws_vpc.studio.id
    subnet_ids         = [for subnet in aws_subnet.private : subnet.id]
    route_table_ids    = [aws_route_table.private.id]
    client_cidr_blocks = [aws_vpc.studio.cidr_block]
    more_services      = ["kms"]
  }
}
