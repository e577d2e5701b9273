# One key for all of it. Nobody may use it directly: only by the services that keep what is ours.

locals {
  # Through these services the account's own policies decide who uses the key.
  key_services = [for service in ["s3", "sns", "sqs", "ssm", "lambda", "scheduler"] : "${service}.${local.region}.amazonaws.com"]
  log_groups   = ["/aws/lambda/${var.name}-sweep", "/aws/vendedlogs/states/${var.name}-sweep"]

  key_statements = [
    {
      Sid       = "AdministeredByTheAccount"
      Effect    = "Allow"
      Principal = { AWS = "arn:${local.partition}:iam::${local.account}:root" }
      Action = [
        "kms:CancelKeyDeletion", "kms:DescribeKey", "kms:DisableKey", "kms:EnableKey", "kms:EnableKeyRotation",
        "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListGrants", "kms:ListResourceTags", "kms:PutKeyPolicy",
        "kms:RevokeGrant", "kms:ScheduleKeyDeletion", "kms:TagResource", "kms:UntagResource",
        "kms:UpdateKeyDescription",
      ]
      Resource = "*"
    },
    {
      Sid       = "UsedThroughServicesAsTheAccountAllows"
      Effect    = "Allow"
      Principal = { AWS = "arn:${local.partition}:iam::${local.account}:root" }
      Action    = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"]
      Resource  = "*"
      Condition = { StringEquals = { "kms:ViaService" = local.key_services } }
    },
    {
      Sid       = "GrantedToServices"
      Effect    = "Allow"
      Principal = { AWS = "arn:${local.partition}:iam::${local.account}:root" }
      Action    = ["kms:CreateGrant"]
      Resource  = "*"
      Condition = {
        StringEquals = { "kms:ViaService" = local.key_services }
        Bool         = { "kms:GrantIsForAWSResource" = "true" }
      }
    },
    {
      Sid       = "LogsOfFunctionAndStateMachine"
      Effect    = "Allow"
      Principal = { Service = "logs.${local.region}.amazonaws.com" }
      Action    = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:ReEncryptTo"]
      Resource  = "*"
      Condition = {
        ArnEquals = {
          "kms:EncryptionContext:aws:logs:arn" = [
            for group in local.log_groups : "arn:${local.partition}:logs:${local.region}:${local.account}:log-group:${group}"
          ]
        }
      }
    },
    {
      Sid       = "AlarmsToTheTopic"
      Effect    = "Allow"
      Principal = { Service = "cloudwatch.amazonaws.com" }
      Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
      Resource  = "*"
      Condition = { StringEquals = { "aws:SourceAccount" = local.account } }
    },
  ]

  key_statements_organization = var.organization_id == null ? [] : [
    {
      Sid       = "TheBinaryInAppsOfTheOrganization"
      Effect    = "Allow"
      Principal = { AWS = "*" }
      Action    = ["kms:Decrypt"]
      Resource  = "*"
      Condition = {
        StringEquals = {
          "kms:ViaService"     = "s3.${local.region}.amazonaws.com"
          "aws:PrincipalOrgID" = var.organization_id
        }
        # With bucket keys S3 names the bucket and not the object.
        StringLike = { "kms:EncryptionContext:aws:s3:arn" = ["${local.made_bucket_arn}", "${local.made_bucket_arn}/${local.artifacts_prefix}/idle-agent/*"] }
      }
    },
  ]
}

# By the bucket's name, not by the bucket, which is made after the key: a bucket that holds evidence
# is not destroyed, and keeps the key from being destroyed before it.
resource "aws_kms_key" "all" {
  count = local.makes_key ? 1 : 0

  description             = "Binary, evidence, ledger, logs and notices of ${var.name}"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  tags                    = var.tags
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = concat(local.key_statements, local.key_statements_organization)
  })
}

resource "aws_kms_alias" "all" {
  count = local.makes_key ? 1 : 0

  name          = "alias/${var.name}"
  target_key_id = aws_kms_key.all[0].key_id
}
