output "bucket" {
  description = "The name of the bucket."
  value       = local.bucket
}

output "kms_key_arn" {
  description = "The key that encrypts it all: the central account's in a member."
  value       = local.kms_key_arn
}

output "artifacts_url" {
  description = "For COSTCTL_ARTIFACTS."
  value       = local.artifacts_url
}

output "evidence_url" {
  description = "For COSTCTL_EVIDENCE."
  value       = local.evidence_url
}

output "ledger_url" {
  description = "For COSTCTL_LEDGER."
  value       = local.ledger_url
}

output "lifecycle_config_arns" {
  description = "The lifecycle configuration of each app type, to stand as its built-in (Studio Classic: default) one."
  value       = { for app_type, config in aws_sagemaker_studio_lifecycle_config.agent : app_type => config.arn }
}

output "agent_policy_arn" {
  description = "The policy that execution roles of Studio need; null with existing_roles."
  value       = local.makes_roles ? aws_iam_policy.agent["agent"].arn : null
}

output "role_arns" {
  description = "The roles: reader, actor, installer, central, state_machine, schedule; null for what there is not."
  value       = local.role_arns
}

output "state_machine_arn" {
  description = "The state machine of the sweep; null without it."
  value       = one(aws_sfn_state_machine.sweep[*].arn)
}

output "topic_arn" {
  description = "The topic of alarms and notices; null without the sweep."
  value       = one(aws_sns_topic.notices[*].arn)
}

output "kill_switch" {
  description = "The SSM parameter that stops every sweep while its value is not off; null without the sweep."
  value       = one(aws_ssm_parameter.stop[*].name)
}

output "vpc_endpoint_ids" {
  description = "The VPC endpoints by the names of their services."
  value       = merge({ for name, endpoint in aws_vpc_endpoint.interface : name => endpoint.id }, { for endpoint in aws_vpc_endpoint.s3 : "s3" => endpoint.id })
}
