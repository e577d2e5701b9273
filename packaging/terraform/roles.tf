# The roles, by the documents of packaging/iam, which `costctl policy` prints: made with AWS's
# own example values, which stand for ours here.

locals {
  makes_roles = var.existing_roles == null

  # Key and topic first: their own account and region are part of the example.
  document_names = ["agent", "agent-shared-spaces", "agent-notebook-instances", "reader", "actor", "actor-endpoints", "installer", "central", "trust"]
  documents = {
    for name in local.document_names : name => replace(replace(replace(replace(replace(replace(replace(replace(replace(
      file("${path.module}/../iam/${name}.json"),
      "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab", local.kms_key_arn),
      "arn:aws:sns:us-east-1:111122223333:costctl", "arn:aws:sns:${local.region}:111122223333:${var.name}"),
      "arn:aws:iam::111122223333:role/costctl-central", local.central_arn),
      "amzn-s3-demo-bucket", local.bucket_name_or_existing),
      "parameter/costctl/stop", "parameter${local.stop_parameter}"),
      "role/costctl-", "role/${var.name}-"),
      "example-external-id", var.external_id),
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
  central_arn = var.central_role_arn != null ? var.central_role_arn : "arn:${local.partition}:iam::${local.account}:role/${var.name}-central"

  # The installer is people: the same conditions, other principals.
  installer_trust = replace(
    local.documents.trust,
    "\"${local.central_arn}\"",
    join(", ", [for arn in var.installer_principal_arns : "\"${arn}\""]),
  )
}

resource "aws_iam_policy" "agent" {
  for_each = local.makes_roles ? setunion(["agent"], var.more_agent_policies) : []

  name        = "${var.name}-${each.value}"
  description = "What idle-agent calls: for execution roles of SageMaker."
  policy      = local.documents[each.value]
  tags        = var.tags
}

resource "aws_iam_role_policy_attachment" "agent" {
  for_each = local.makes_roles ? {
    for pair in setproduct(keys(aws_iam_policy.agent), var.execution_role_names) : "${pair[1]} ${pair[0]}" => pair
  } : {}

  role       = each.value[1]
  policy_arn = aws_iam_policy.agent[each.value[0]].arn
}

resource "aws_iam_role" "reader" {
  count = local.makes_roles ? 1 : 0

  name                 = "${var.name}-reader"
  description          = "Looks: lists and describes, and changes nothing."
  assume_role_policy   = local.documents.trust
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
  assume_role_policy   = local.documents.trust
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

resource "aws_iam_role_policy" "actor_endpoints" {
  count = local.makes_roles && var.act_on_endpoints ? 1 : 0

  name   = "actor-endpoints"
  role   = aws_iam_role.actor[0].id
  policy = local.documents["actor-endpoints"]
}

resource "aws_iam_role" "installer" {
  count = local.makes_roles && length(var.installer_principal_arns) > 0 ? 1 : 0

  name                 = "${var.name}-installer"
  description          = "Gives apps the agent and takes it back: costctl install, rollback, uninstall, allowlist apply."
  assume_role_policy   = local.installer_trust
  permissions_boundary = var.permissions_boundary_arn
  tags                 = var.tags
}

resource "aws_iam_role_policy" "installer" {
  count = local.makes_roles && length(var.installer_principal_arns) > 0 ? 1 : 0

  name   = "installer"
  role   = aws_iam_role.installer[0].id
  policy = local.documents.installer
}
