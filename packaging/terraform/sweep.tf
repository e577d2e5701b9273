# The scheduled sweep: EventBridge Scheduler starts a state machine, whose steps are events of one
# function. One account or hundreds: the same way, and the plan is made once for all of them.

locals {
  makes_sweep_roles = local.makes_roles && var.sweep
  policy_key        = "policy/costctl.toml"
  function_name     = "${var.name}-sweep"
  function_arn      = "arn:${local.partition}:lambda:${local.region}:${local.account}:function:${local.function_name}"
  state_machine_arn = "arn:${local.partition}:states:${local.region}:${local.account}:stateMachine:${var.name}-sweep"

  # Flags of costctl sweep by their twins. Leave to act comes from the schedule's input alone.
  sweep_environment = merge(
    {
      COSTCTL_EVIDENCE         = local.evidence_url
      COSTCTL_EVIDENCE_REGION  = local.bucket_region
      COSTCTL_EVIDENCE_KMS_KEY = local.kms_key_arn
      COSTCTL_LEDGER           = local.ledger_url
      COSTCTL_LEDGER_REGION    = local.bucket_region
      COSTCTL_LEDGER_KMS_KEY   = local.kms_key_arn
      COSTCTL_METRICS          = "true"
      COSTCTL_NOTIFY           = one(aws_sns_topic.notices[*].arn)
      COSTCTL_KILL_SWITCH      = "ssm:${local.stop_parameter}"
      COSTCTL_REGION           = join(",", length(var.regions) > 0 ? var.regions : [local.region])
      COSTCTL_ROLE             = reverse(split("/", coalesce(local.role_arns.reader, "none")))[0]
      COSTCTL_ACTOR_ROLE       = reverse(split("/", coalesce(local.role_arns.actor, "none")))[0]
      COSTCTL_EXTERNAL_ID      = var.external_id
      COSTCTL_SOURCE_IDENTITY  = var.name
      COSTCTL_POLICY           = var.policy_file == null ? "built-in" : "s3://${local.bucket}/${local.policy_key}"
    },
    var.policy_file == null ? {} : { COSTCTL_POLICY_REGION = local.bucket_region },
    length(var.accounts) == 0 ? {} : { COSTCTL_ACCOUNTS = join(",", var.accounts) },
    var.organization ? { COSTCTL_ORGANIZATION = "true" } : {},
    var.sweep_environment,
  )
}

resource "aws_s3_object" "policy" {
  count = var.sweep && var.policy_file != null ? 1 : 0

  bucket                 = local.bucket
  key                    = local.policy_key
  source                 = var.policy_file
  source_hash            = filesha256(var.policy_file)
  server_side_encryption = "aws:kms"
  kms_key_id             = local.kms_key_arn
  tags                   = var.tags

  depends_on = [aws_s3_bucket_policy.artifacts, aws_s3_bucket_versioning.artifacts]
}

# While this says anything but off, every sweep stops before its next act.
resource "aws_ssm_parameter" "stop" {
  #checkov:skip=CKV2_AWS_34:It holds the word on or off, and whoever is on duty has to be able to set it without a key.
  count = var.sweep ? 1 : 0

  name        = local.stop_parameter
  description = "costctl's kill switch: on stops every sweep, off lets them act."
  type        = "String"
  value       = "off"
  tags        = var.tags

  lifecycle {
    # Terraform never lifts an emergency stop.
    ignore_changes = [value]
  }
}

# The function

resource "aws_cloudwatch_log_group" "function" {
  count = var.sweep ? 1 : 0

  name              = "/aws/lambda/${local.function_name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = local.kms_key_arn
  tags              = var.tags
}

resource "aws_lambda_function" "sweep" {
  #checkov:skip=CKV_AWS_117:It calls public APIs of AWS alone; function_vpc puts it into a VPC where one is demanded.
  #checkov:skip=CKV_AWS_272:Its zip is checked by the digests of SHA256SUMS; a signing profile belongs to whoever builds it.
  #checkov:skip=CKV_AWS_116:The state machine calls it and waits for its answer, so no event is lost; the schedule has the queue.
  count = var.sweep ? 1 : 0

  function_name                  = local.function_name
  description                    = "The steps of costctl's sweep."
  role                           = local.role_arns.central
  runtime                        = "provided.al2023"
  architectures                  = ["x86_64"]
  handler                        = "bootstrap"
  filename                       = "${var.artifacts_dir}/costctl-lambda.zip"
  source_code_hash               = filebase64sha256("${var.artifacts_dir}/costctl-lambda.zip")
  timeout                        = 900
  memory_size                    = 512
  reserved_concurrent_executions = var.reserved_concurrency
  kms_key_arn                    = local.kms_key_arn
  tags                           = var.tags

  environment {
    variables = local.sweep_environment
  }

  tracing_config {
    mode = "Active"
  }

  dynamic "vpc_config" {
    for_each = var.function_vpc == null ? [] : [var.function_vpc]

    content {
      subnet_ids         = vpc_config.value.subnet_ids
      security_group_ids = vpc_config.value.security_group_ids
    }
  }

  depends_on = [aws_cloudwatch_log_group.function, aws_iam_role_policy.central, aws_iam_role_policy.function]

  lifecycle {
    precondition {
      condition     = local.role_arns.central != null
      error_message = "The sweep needs a central role: existing_roles has to name it."
    }
  }
}

# The state machine

resource "aws_cloudwatch_log_group" "state_machine" {
  count = var.sweep ? 1 : 0

  name              = "/aws/vendedlogs/states/${var.name}-sweep"
  retention_in_days = var.log_retention_days
  kms_key_id        = local.kms_key_arn
  tags              = var.tags
}

resource "aws_sfn_state_machine" "sweep" {
  count = var.sweep ? 1 : 0

  name       = "${var.name}-sweep"
  role_arn   = local.role_arns.state_machine
  definition = replace(file("${path.module}/../step-functions/sweep.asl.json"), "$${FunctionArn}", aws_lambda_function.sweep[0].arn)
  tags       = var.tags

  logging_configuration {
    level                  = "ERROR"
    include_execution_data = true
    log_destination        = "${aws_cloudwatch_log_group.state_machine[0].arn}:*"
  }

  tracing_configuration {
    enabled = true
  }

  depends_on = [aws_iam_role_policy.state_machine]
}

# The schedule

resource "aws_sqs_queue" "not_started" {
  count = var.sweep ? 1 : 0

  name                      = "${var.name}-sweep-not-started"
  message_retention_seconds = 1209600
  kms_master_key_id         = local.kms_key_arn
  tags                      = var.tags
}

resource "aws_scheduler_schedule" "sweep" {
  count = var.sweep ? 1 : 0

  name                = "${var.name}-sweep"
  description         = "Starts a sweep: ${var.execute ? "one that acts" : "a rehearsal"}."
  schedule_expression = var.schedule
  kms_key_arn         = local.kms_key_arn

  flexible_time_window {
    mode                      = "FLEXIBLE"
    maximum_window_in_minutes = 5
  }

  target {
    arn      = aws_sfn_state_machine.sweep[0].arn
    role_arn = local.role_arns.schedule
    input    = jsonencode(var.execute ? { args = ["--execute", "--yes"] } : {})

    dead_letter_config {
      arn = aws_sqs_queue.not_started[0].arn
    }

    # A sweep that is late by more than an hour is the next one's work.
    retry_policy {
      maximum_event_age_in_seconds = 3600
      maximum_retry_attempts       = 10
    }
  }

  depends_on = [aws_iam_role_policy.schedule]
}
