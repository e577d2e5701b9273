# The roles of what runs the sweep: the function, which is the central role, the state machine and
# the schedule.

resource "aws_iam_role" "central" {
  count = local.makes_sweep_roles ? 1 : 0

  name                 = "${var.name}-central"
  description          = "Runs sweeps: assumes readers and actors, writes evidence, ledger, metrics and notices."
  permissions_boundary = var.permissions_boundary_arn
  tags                 = var.tags
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" },
    ]
  })
}

resource "aws_iam_role_policy" "central" {
  count = local.makes_sweep_roles ? 1 : 0

  name   = "central"
  role   = aws_iam_role.central[0].id
  policy = local.documents.central
}

# What it takes to run as a function, which costctl itself never calls.
resource "aws_iam_role_policy" "function" {
  count = local.makes_sweep_roles ? 1 : 0

  name = "function"
  role = aws_iam_role.central[0].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        {
          Sid      = "Log"
          Effect   = "Allow"
          Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
          Resource = "${aws_cloudwatch_log_group.function[0].arn}:*"
        },
        {
          Sid      = "Trace"
          Effect   = "Allow"
          Action   = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]
          Resource = "*"
        },
        {
          Sid      = "Environment"
          Effect   = "Allow"
          Action   = "kms:Decrypt"
          Resource = local.kms_key_arn
          Condition = {
            StringEquals = { "kms:EncryptionContext:aws:lambda:FunctionArn" = local.function_arn }
          }
        },
        {
          Sid      = "Policy"
          Effect   = "Allow"
          Action   = "s3:GetObject"
          Resource = "${local.bucket_arn}/${local.policy_key}"
        },
      ],
      var.function_vpc == null ? [] : [
        {
          Sid    = "Vpc"
          Effect = "Allow"
          Action = [
            "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeSubnets", "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses",
          ]
          Resource = "*"
        },
      ],
    )
  })
}

resource "aws_iam_role" "state_machine" {
  count = local.makes_sweep_roles ? 1 : 0

  name                 = "${var.name}-state-machine"
  description          = "Calls the function, and starts the parts of its own maps."
  permissions_boundary = var.permissions_boundary_arn
  tags                 = var.tags
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "states.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = {
        StringEquals = { "aws:SourceAccount" = local.account }
        ArnLike      = { "aws:SourceArn" = "arn:${local.partition}:states:${local.region}:${local.account}:stateMachine:*" }
      }
    }]
  })
}

resource "aws_iam_role_policy" "state_machine" {
  count = local.makes_sweep_roles ? 1 : 0

  name = "state-machine"
  role = aws_iam_role.state_machine[0].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "Steps"
        Effect   = "Allow"
        Action   = "lambda:InvokeFunction"
        Resource = local.function_arn
      },
      {
        Sid      = "Maps"
        Effect   = "Allow"
        Action   = ["states:StartExecution"]
        Resource = local.state_machine_arn
      },
      {
        Sid      = "PartsOfMaps"
        Effect   = "Allow"
        Action   = ["states:DescribeExecution", "states:StopExecution"]
        Resource = "${replace(local.state_machine_arn, ":stateMachine:", ":execution:")}/*"
      },
      {
        Sid      = "ItemsOfMaps"
        Effect   = "Allow"
        Action   = "s3:GetObject"
        Resource = "${local.bucket_arn}/${local.evidence_prefix}/sweeps/*"
      },
      {
        Sid       = "ItemsAreEncrypted"
        Effect    = "Allow"
        Action    = "kms:Decrypt"
        Resource  = local.kms_key_arn
        Condition = { StringEquals = { "kms:ViaService" = "s3.${local.bucket_region}.amazonaws.com" } }
      },
      {
        # These name no resource.
        Sid    = "LogAndTrace"
        Effect = "Allow"
        Action = [
          "logs:CreateLogDelivery", "logs:DeleteLogDelivery", "logs:DescribeLogGroups",
          "logs:DescribeResourcePolicies", "logs:GetLogDelivery", "logs:ListLogDeliveries",
          "logs:PutResourcePolicy", "logs:UpdateLogDelivery",
          "xray:GetSamplingRules", "xray:GetSamplingTargets", "xray:PutTelemetryRecords", "xray:PutTraceSegments",
        ]
        Resource = "*"
      },
    ]
  })
}

resource "aws_iam_role" "schedule" {
  count = local.makes_sweep_roles ? 1 : 0

  name                 = "${var.name}-schedule"
  description          = "Starts the state machine, and keeps what could not be started."
  permissions_boundary = var.permissions_boundary_arn
  tags                 = var.tags
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "scheduler.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = local.account } }
    }]
  })
}

resource "aws_iam_role_policy" "schedule" {
  count = local.makes_sweep_roles ? 1 : 0

  name = "schedule"
  role = aws_iam_role.schedule[0].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "Start"
        Effect   = "Allow"
        Action   = "states:StartExecution"
        Resource = local.state_machine_arn
      },
      {
        Sid      = "Keep"
        Effect   = "Allow"
        Action   = "sqs:SendMessage"
        Resource = aws_sqs_queue.not_started[0].arn
      },
      {
        Sid      = "Encrypted"
        Effect   = "Allow"
        Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource = local.kms_key_arn
        Condition = {
          StringEquals = { "kms:ViaService" = ["sqs.${local.region}.amazonaws.com", "scheduler.${local.region}.amazonaws.com"] }
        }
      },
    ]
  })
}
