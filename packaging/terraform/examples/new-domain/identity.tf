# The key of the domain's volumes, and an execution role for each team.

resource "aws_kms_key" "studio" {
  description             = "Volumes of the Studio domain"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "AdministeredByTheAccount"
        Effect    = "Allow"
        Principal = { AWS = "arn:${local.partition}:iam::${local.account}:root" }
        Action = [
          "kms:CancelKeyDeletion", "kms:DescribeKey", "kms:DisableKey", "kms:EnableKey", "kms:EnableKeyRotation",
          "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListGrants", "kms:ListResourceTags",
          "kms:PutKeyPolicy", "kms:RevokeGrant", "kms:ScheduleKeyDeletion", "kms:TagResource", "kms:UntagResource",
          "kms:UpdateKeyDescription",
        ]
        Resource = "*"
      },
      {
        Sid       = "VolumesOfStudio"
        Effect    = "Allow"
        Principal = { AWS = "arn:${local.partition}:iam::${local.account}:root" }
        Action    = ["kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom", "kms:ReEncryptTo"]
        Resource  = "*"
        Condition = {
          StringEquals = {
            "kms:ViaService" = [
              for service in ["sagemaker", "elasticfilesystem", "ec2"] : "${service}.${var.region}.amazonaws.com"
            ]
          }
        }
      },
    ]
  })
}

resource "aws_iam_role" "execution" {
  for_each = var.teams

  name        = "studio-${each.key}"
  description = "The apps of team ${each.key}"
  tags        = { Team = each.key, CostCenter = each.value.cost_center }
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "sagemaker.amazonaws.com" }
      Action    = ["sts:AssumeRole", "sts:SetSourceIdentity"]
      Condition = { StringEquals = { "aws:SourceAccount" = local.account } }
    }]
  })
}

# What Studio's own pages call for a user, as the execution role: the user's own spaces and apps.
resource "aws_iam_role_policy" "execution" {
  for_each = var.teams

  name = "studio"
  role = aws_iam_role.execution[each.key].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "Lists"
        Effect   = "Allow"
        Action   = ["sagemaker:ListApps", "sagemaker:ListDomains", "sagemaker:ListSpaces", "sagemaker:ListUserProfiles"]
        Resource = "*"
      },
      {
        Sid    = "OwnDomain"
        Effect = "Allow"
        Action = ["sagemaker:DescribeApp", "sagemaker:DescribeDomain", "sagemaker:DescribeSpace", "sagemaker:DescribeUserProfile", "sagemaker:ListTags"]
        Resource = [
          for kind in ["domain/$${sagemaker:DomainId}", "user-profile/$${sagemaker:DomainId}/*", "space/$${sagemaker:DomainId}/*", "app/$${sagemaker:DomainId}/*"] :
          "arn:${local.partition}:sagemaker:${var.region}:${local.account}:${kind}"
        ]
      },
      {
        Sid    = "OwnPrivateSpaces"
        Effect = "Allow"
        Action = ["sagemaker:CreateApp", "sagemaker:CreateSpace", "sagemaker:DeleteApp", "sagemaker:DeleteSpace", "sagemaker:UpdateSpace"]
        Resource = [
          for kind in ["space/$${sagemaker:DomainId}/*", "app/$${sagemaker:DomainId}/*"] :
          "arn:${local.partition}:sagemaker:${var.region}:${local.account}:${kind}"
        ]
        Condition = {
          ArnLike = {
            "sagemaker:OwnerUserProfileArn" = "arn:${local.partition}:sagemaker:${var.region}:${local.account}:user-profile/$${sagemaker:DomainId}/$${sagemaker:UserProfileName}"
          }
          StringEquals = { "sagemaker:SpaceSharingType" = ["Private"] }
        }
      },
    ]
  })
}

# For the roles of people, whose tag studiouserid names their user profile: how they get into Studio.
resource "aws_iam_policy" "data_scientist" {
  name        = "studio-data-scientist"
  description = "Opens one's own user profile, and administers nothing."
  policy = replace(replace(
    file("${path.module}/../../../iam/data-scientist.json"),
    "arn:aws:", "arn:${local.partition}:"),
  "111122223333", local.account)
}
