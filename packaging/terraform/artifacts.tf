# The bucket: the agent's binary, before-images, evidence and ledger. Whatever lies there is
# created once and never changed, but for the policy.

locals {
  bucket_name = coalesce(var.bucket_name, "${var.name}-${local.account}-${local.region}")

  # Who reads the binary without being in a VPC: those who put it there and look whether it is.
  vpce_exempt_arns = concat(compact([local.role_arns.installer, local.role_arns.central]), var.source_vpce_exempt_arns)

  bucket_statements = [
    {
      Sid       = "NothingWithoutTls"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = [local.made_bucket_arn, "${local.made_bucket_arn}/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    },
    {
      Sid       = "NothingByAnotherKey"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:PutObject"
      Resource  = "${local.made_bucket_arn}/*"
      Condition = {
        StringNotEqualsIfExists = { "s3:x-amz-server-side-encryption-aws-kms-key-id" = local.kms_key_arn }
        Null                    = { "s3:x-amz-server-side-encryption" = "false" }
      }
    },
    {
      Sid       = "EvidenceAndLedgerAreOnlyEverCreated"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:PutObject"
      Resource = [
        "${local.made_bucket_arn}/${local.evidence_prefix}/*",
        "${local.made_bucket_arn}/${local.ledger_prefix}/*",
      ]
      Condition = { Null = { "s3:if-none-match" = "true" } }
    },
  ]

  bucket_statements_vpce = length(var.source_vpce_ids) == 0 ? [] : [
    {
      Sid       = "TheBinaryOnlyThroughTheseEndpoints"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:GetObject"
      Resource  = "${local.made_bucket_arn}/${local.artifacts_prefix}/idle-agent/*"
      Condition = merge(
        { StringNotEquals = { "aws:SourceVpce" = var.source_vpce_ids } },
        length(local.vpce_exempt_arns) == 0 ? {} : { ArnNotLike = { "aws:PrincipalArn" = local.vpce_exempt_arns } },
      )
    },
  ]

  bucket_statements_organization = var.organization_id == null ? [] : [
    {
      Sid       = "TheBinaryForAppsOfTheOrganization"
      Effect    = "Allow"
      Principal = "*"
      Action    = "s3:GetObject"
      Resource  = "${local.made_bucket_arn}/${local.artifacts_prefix}/idle-agent/*"
      Condition = { StringEquals = { "aws:PrincipalOrgID" = var.organization_id } }
    },
  ]

  made_bucket_arn = "arn:${local.partition}:s3:::${local.bucket_name}"
}

resource "aws_s3_bucket" "artifacts" {
  #checkov:skip=CKV_AWS_144:What is lost with a region is what ran in it; copies would hold names of people in one more place.
  #checkov:skip=CKV2_AWS_62:Nothing waits for objects here; who writes them is told by CloudTrail's data events.
  #checkov:skip=CKV_AWS_18:access_logs says where access logs go; whoever has CloudTrail's data events needs none.
  count = local.makes_bucket ? 1 : 0

  bucket              = local.bucket_name
  force_destroy       = var.force_destroy
  object_lock_enabled = var.object_lock != null
  tags                = var.tags

  # Destroyed before the key: what stays in it stays readable.
  depends_on = [aws_kms_key.all]
}

resource "aws_s3_bucket_ownership_controls" "artifacts" {
  count = local.makes_bucket ? 1 : 0

  bucket = aws_s3_bucket.artifacts[0].id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_public_access_block" "artifacts" {
  count = local.makes_bucket ? 1 : 0

  bucket                  = aws_s3_bucket.artifacts[0].id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_versioning" "artifacts" {
  count = local.makes_bucket ? 1 : 0

  bucket = aws_s3_bucket.artifacts[0].id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "artifacts" {
  count = local.makes_bucket ? 1 : 0

  bucket = aws_s3_bucket.artifacts[0].id

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = local.kms_key_arn
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "artifacts" {
  count = local.makes_bucket ? 1 : 0

  bucket = aws_s3_bucket.artifacts[0].id

  rule {
    id     = "what-was-replaced-or-left-unfinished"
    status = "Enabled"

    filter {}

    noncurrent_version_expiration {
      noncurrent_days = 90
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }

  # Reports read the ledger of the last months; what is older is kept at a lower price.
  rule {
    id     = "old-evidence-and-ledger"
    status = "Enabled"

    filter {
      prefix = local.evidence_prefix
    }

    transition {
      days          = 90
      storage_class = "STANDARD_IA"
    }
  }

  depends_on = [aws_s3_bucket_versioning.artifacts]
}

resource "aws_s3_bucket_object_lock_configuration" "artifacts" {
  count = local.makes_bucket && var.object_lock != null ? 1 : 0

  bucket = aws_s3_bucket.artifacts[0].id

  rule {
    default_retention {
      mode = var.object_lock.mode
      days = var.object_lock.days
    }
  }

  depends_on = [aws_s3_bucket_versioning.artifacts]
}

resource "aws_s3_bucket_logging" "artifacts" {
  count = local.makes_bucket && var.access_logs != null ? 1 : 0

  bucket        = aws_s3_bucket.artifacts[0].id
  target_bucket = var.access_logs.bucket
  target_prefix = "${local.bucket_name}/"
}

resource "aws_s3_bucket_policy" "artifacts" {
  count = local.makes_bucket ? 1 : 0

  bucket = aws_s3_bucket.artifacts[0].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      local.bucket_statements,
      local.bucket_statements_vpce,
      local.bucket_statements_organization,
    )
  })

  depends_on = [aws_s3_bucket_public_access_block.artifacts]
}

# Under the name that its content gives it: another version is another object, and the scripts
# of apps that started with the older one still find theirs as long as Terraform is not told
# of the newer one. See README.md on upgrades.
resource "aws_s3_object" "binary" {
  count = local.makes_bucket ? 1 : 0

  bucket                 = aws_s3_bucket.artifacts[0].id
  key                    = local.binary_key
  source                 = local.binary_file
  source_hash            = local.binary_sha256
  server_side_encryption = "aws:kms"
  kms_key_id             = local.kms_key_arn
  tags                   = var.tags

  lifecycle {
    create_before_destroy = true
  }

  depends_on = [
    aws_s3_bucket_policy.artifacts,
    aws_s3_bucket_server_side_encryption_configuration.artifacts,
    aws_s3_bucket_versioning.artifacts,
  ]
}
