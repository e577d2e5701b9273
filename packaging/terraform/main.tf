# What everything else goes by: who and where this is, and where things lie.

data "aws_caller_identity" "own" {}

data "aws_partition" "own" {}

data "aws_region" "own" {}

locals {
  account   = data.aws_caller_identity.own.account_id
  partition = data.aws_partition.own.partition
  region    = data.aws_region.own.name

  # The folders in the bucket, as the documents of packaging/iam name them.
  artifacts_prefix = "idle-agent"
  evidence_prefix  = "costctl"
  ledger_prefix    = "costctl-ledger"

  makes_bucket  = var.existing_bucket == null
  makes_key     = local.makes_bucket ? var.existing_key == null : false
  bucket        = local.makes_bucket ? aws_s3_bucket.artifacts[0].id : var.existing_bucket.name
  bucket_region = local.makes_bucket ? local.region : var.existing_bucket.region
  bucket_arn    = "arn:${local.partition}:s3:::${local.bucket}"
  kms_key_arn   = local.makes_key ? aws_kms_key.all[0].arn : local.makes_bucket ? var.existing_key.arn : var.existing_bucket.kms_key_arn

  artifacts_url = "s3://${local.bucket}/${local.artifacts_prefix}"
  evidence_url  = "s3://${local.bucket}/${local.evidence_prefix}"
  ledger_url    = "s3://${local.bucket}/${local.ledger_prefix}"

  binary_file   = "${var.artifacts_dir}/idle-agent"
  binary_sha256 = filesha256(local.binary_file)
  # As costctl install names it.
  binary_key = "${local.artifacts_prefix}/idle-agent/${local.binary_sha256}/idle-agent"
}
