# What `costctl dashboard put --search --alarms` would put, and alarms over what Terraform makes.
# A test holds that costctl finds nothing that differs.

locals {
  # Seconds between two sweeps, by the schedule.
  schedule_parts = regex("^rate\\(([0-9]+) (minute|hour)", var.schedule)
  sweep_every    = tonumber(local.schedule_parts[0]) * (local.schedule_parts[1] == "hour" ? 3600 : 60)

  alarm_actions = [for topic in aws_sns_topic.notices : topic.arn]
}

resource "aws_sns_topic" "notices" {
  count = var.sweep ? 1 : 0

  name              = var.name
  kms_master_key_id = local.kms_key_arn
  tags              = var.tags
}

resource "aws_sns_topic_policy" "notices" {
  count = var.sweep ? 1 : 0

  arn = aws_sns_topic.notices[0].arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "Alarms"
        Effect    = "Allow"
        Principal = { Service = "cloudwatch.amazonaws.com" }
        Action    = "sns:Publish"
        Resource  = aws_sns_topic.notices[0].arn
        Condition = { StringEquals = { "aws:SourceAccount" = local.account } }
      },
      {
        Sid       = "Sweeps"
        Effect    = "Allow"
        Principal = { AWS = local.role_arns.central }
        Action    = "sns:Publish"
        Resource  = aws_sns_topic.notices[0].arn
      },
      {
        Sid       = "NothingWithoutTls"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sns:Publish"
        Resource  = aws_sns_topic.notices[0].arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })
}

resource "aws_sns_topic_subscription" "notices" {
  for_each = var.sweep ? var.alarm_emails : []

  topic_arn = aws_sns_topic.notices[0].arn
  protocol  = "email"
  endpoint  = each.value
}

resource "aws_cloudwatch_dashboard" "fleet" {
  count = var.sweep ? 1 : 0

  dashboard_name = var.name
  dashboard_body = replace(file("${path.module}/dashboard.json"), "us-east-1", local.region)
}

resource "aws_cloudwatch_metric_alarm" "sweep_did_not_run" {
  count = var.sweep ? 1 : 0

  alarm_name          = "${var.name}-sweep-did-not-run"
  alarm_description   = "No sweep of costctl came to its end for two intervals: nothing is looked at or stopped. Look at what starts it, and at its log."
  evaluation_periods  = 2
  datapoints_to_alarm = 2
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  treat_missing_data  = "breaching"
  alarm_actions       = local.alarm_actions
  ok_actions          = local.alarm_actions
  tags                = var.tags

  metric_query {
    id          = "sweeps"
    return_data = true

    metric {
      namespace   = "CostControl"
      metric_name = "SweepCompleted"
      period      = local.sweep_every
      stat        = "Sum"
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "coverage" {
  count = var.sweep && var.coverage_below_percent != null ? 1 : 0

  alarm_name          = "${var.name}-coverage"
  alarm_description   = "Less than ${var.coverage_below_percent} % of the running apps that could host an agent are watched by one. costctl coverage says which are not, and why."
  evaluation_periods  = 2
  datapoints_to_alarm = 2
  comparison_operator = "LessThanThreshold"
  threshold           = var.coverage_below_percent
  treat_missing_data  = "missing"
  alarm_actions       = local.alarm_actions
  ok_actions          = local.alarm_actions
  tags                = var.tags

  dynamic "metric_query" {
    for_each = { covered = "AppsCovered", uncovered = "AppsUncovered" }

    content {
      id          = metric_query.key
      return_data = false

      metric {
        namespace   = "CostControl"
        metric_name = metric_query.value
        period      = local.sweep_every
        stat        = "Average"
      }
    }
  }

  metric_query {
    id          = "result"
    label       = "${var.name}-coverage"
    expression  = "IF(covered + uncovered > 0, 100 * covered / (covered + uncovered), 100)"
    return_data = true
  }
}

resource "aws_cloudwatch_metric_alarm" "budget" {
  count = var.sweep && var.usd_per_month != null ? 1 : 0

  alarm_name          = "${var.name}-budget"
  alarm_description   = "What runs costs more than ${var.usd_per_month} USD a month at list prices, were it to run on like this: the threshold is a 730th of it an hour."
  evaluation_periods  = 2
  datapoints_to_alarm = 2
  comparison_operator = "GreaterThanThreshold"
  threshold           = floor(var.usd_per_month / 730 * 1000000 + 0.5) / 1000000
  treat_missing_data  = "missing"
  alarm_actions       = local.alarm_actions
  ok_actions          = local.alarm_actions
  tags                = var.tags

  metric_query {
    id          = "rate"
    return_data = true

    metric {
      namespace   = "CostControl"
      metric_name = "RunRate"
      period      = local.sweep_every
      stat        = "Average"
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "drift" {
  count = var.sweep ? 1 : 0

  alarm_name          = "${var.name}-drift"
  alarm_description   = "What stands in AWS is not what the policy's [desired] asks for, by the latest costctl drift --metrics. costctl drift says what, since when and how to mend it."
  evaluation_periods  = 1
  datapoints_to_alarm = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "missing"
  alarm_actions       = local.alarm_actions
  ok_actions          = local.alarm_actions
  tags                = var.tags

  metric_query {
    id          = "drift"
    return_data = true

    metric {
      namespace   = "CostControl"
      metric_name = "DriftFindings"
      period      = 86400
      stat        = "Maximum"
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "sweep_failed" {
  count = var.sweep ? 1 : 0

  alarm_name          = "${var.name}-sweep-failed"
  alarm_description   = "A sweep did not do all of it: something failed, was refused or was not seen. The execution's error says what, evidence/ has the details."
  namespace           = "AWS/States"
  metric_name         = "ExecutionsFailed"
  dimensions          = { StateMachineArn = aws_sfn_state_machine.sweep[0].arn }
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.alarm_actions
  ok_actions          = local.alarm_actions
  tags                = var.tags
}

resource "aws_cloudwatch_metric_alarm" "sweep_not_started" {
  count = var.sweep ? 1 : 0

  alarm_name          = "${var.name}-sweep-not-started"
  alarm_description   = "The schedule could not start a sweep: why stands in the messages of the queue."
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = aws_sqs_queue.not_started[0].name }
  statistic           = "Maximum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.alarm_actions
  ok_actions          = local.alarm_actions
  tags                = var.tags
}
