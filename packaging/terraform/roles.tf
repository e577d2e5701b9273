# The roles, by the documents of packaging/iam, which `costctl policy` prints: made with AWS's
# own example values, which stand for ours here.

locals {
  makes_roles = var.existing_roles == null
  is_member   = var.central_role_arn != null

  documents = {
    for name in ["agent", "reader", "actor", "installer", "central"] : name => replace(replace(replace(replace(replace(replace(replace(
      file("${path.module}/../iam/${name}.json"),
      "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab", coalesce(local.kms_key_arn, "none")),
      "arn:aws:sns:us-east-1:111122223333:costctl", "arn:aws:sns:${local.region}:111122223333:${var.name}"),
      "amzn-s3-demo-bucket", local.bucket_name_or_existing),
      "/costctl/stop", local.stop_parameter),
      "role/costctl-", "role/${var.name}-"),
      "arn:aws:", "arn:${local.partition}:"),
    "111122223333", local.account)
  }

  stop_parameter = "/${var.name}/stop"

  made_arns = {
    reader        = one(aws_iam_role.reader[*].arn)
    actor         = one(aws_iam_role.actor[*].arn)
    installer     = one(aws_iam_role.installer[*].arn)
    central       = one(aws_iam_role.central[*].arn)
    state_machine = one(aws_iam_role.state_machine[*].arn)
    schedule      = one(aws_iam_role.schedule[*].arn)
  }
  role_arns = local.makes_roles ? local.made_arns : var.existing_roles

  # Reader and actor trust the central role alone.
  central_arn = local.is_member ? var.central_role_arn : "arn:${local.partition}:iam::${local.account}:role/${var.name}-central"

  external_id = var.external_id == null ? {} : { StringEquals = { "sts:ExternalId" = var.external_id } }
  trusted = {
    central   = [local.central_arn]
    installer = var.installer_principal_arns
  }
  trusts = {
    for who, arns in local.trusted : who => jsonencode({
      Version = "2012-10-17"
      Statement = [
        merge(
          { Effect = "Allow", Principal = { AWS = arns }, Action = "sts:AssumeRole" },
          length(local.external_id) == 0 ? {} : { Condition = local.external_id },
        ),
        # Whom CloudTrail names for what is done as this role.
        { Effect = "Allow", Principal = { AWS = arns }, Action = ["sts:SetSourceIdentity", "sts:TagSession"] },
      ]
    })
  }
}

resource "aws_iam_policy" "agent" {
  count = local.makes_roles ? 1 : 0

  name        = "${var.name}-agent"
  description = "What idle-agent calls in an app: for execution roles of SageMaker Studio."
  policy      = local.documents.agent
  tags        = var.tags
}

resource "aws_iam_role_policy_attachment" "agent" {
  for_each = local.makes_roles ? var.execution_role_names : []

  role       = each.value
  policy_arn = aws_iam_policy.agent[0].arn
}

resource "aws_iam_role" "reader" {
  count = local.makes_roles ? 1 : 0

  name                 = "${var.name}-reader"
  description          = "Looks: lists and describes, and changes nothing."
  assume_role_policy   = local.trusts.central
  permissions_boundary = var.permissions_boundary_arn
  tags                 = var.tags

  depends_on = [aws_iam_role.central]
}

resource "aws_iam_role_policy" "reader" {
  count = local.makes_roles ? 1 : 0

  name   = "reader"
  role   = aws_iam_role.reader[0].id
  policy = local.documents.reader
}

resource "aws_iam_role" "actor" {
  count = local.makes_roles ? 1 : 0

  name                 = "${var.name}-actor"
  description          = "Stops what a sweep planned. Deletes no space, user profile, domain or data."
  assume_role_policy   = local.trusts.central
  permissions_boundary = var.permissions_boundary_arn
  tags                 = var.tags

  depends_on = [aws_iam_role.central]
}

resource "aws_iam_role_policy" "actor" {
  count = local.makes_roles ? 1 : 0

  name   = "actor"
  role   = aws_iam_role.actor[0].id
  policy = local.documents.actor
}

resource "aws_iam_role" "installer" {
  count = local.makes_roles && length(var.installer_principal_arns) > 0 ? 1 : 0

  name                 = "${var.name}-installer"
  description          = "Gives apps the agent and takes it back: costctl install, rollback, uninstall, allowlist apply."
  assume_role_policy   = local.trusts.installer
  permissions_boundary = var.permissions_boundary_arn
  tags                 = var.tags
}

resource "aws_iam_role_policy" "installer" {
  count = local.makes_roles && length(var.installer_principal_arns) > 0 ? 1 : 0

  name   = "installer"
  role   = aws_iam_role.installer[0].id
  policy = local.documents.installer
}
