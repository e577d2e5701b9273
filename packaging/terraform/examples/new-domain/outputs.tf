output "domain_id" {
  description = "The domain."
  value       = aws_sagemaker_domain.studio.id
}

output "artifacts_url" {
  description = "For COSTCTL_ARTIFACTS."
  value       = module.costctl.artifacts_url
}

output "evidence_url" {
  description = "For COSTCTL_EVIDENCE."
  value       = module.costctl.evidence_url
}

output "ledger_url" {
  description = "For COSTCTL_LEDGER."
  value       = module.costctl.ledger_url
}

output "kms_key_arn" {
  description = "For COSTCTL_KMS_KEY."
  value       = module.costctl.kms_key_arn
}

output "topic_arn" {
  description = "For COSTCTL_NOTIFY and COSTCTL_SNS_TOPIC."
  value       = module.costctl.topic_arn
}

output "state_machine_arn" {
  description = "The sweep."
  value       = module.costctl.state_machine_arn
}
