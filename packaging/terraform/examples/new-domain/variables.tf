variable "region" {
  description = "Where."
  type        = string
  default     = "us-east-1"
}

variable "artifacts_dir" {
  description = "What cargo xtask dist made."
  type        = string
}

variable "tags" {
  description = "What everything is tagged with, domain, user profiles and, by propagation, apps and spaces too."
  type        = map(string)
  default     = { CostCenter = "1001", DataClassification = "internal", Environment = "production" }
}

variable "teams" {
  description = "The teams, each with its users: each team has an execution role and a cost center of its own."
  type = map(object({
    cost_center = string
    users       = set(string)
  }))
  default = {
    research = { cost_center = "1001", users = ["alice", "bob"] }
    risk     = { cost_center = "1002", users = ["carol"] }
  }
}

variable "idle_timeout" {
  description = "The agent's idle timeout where users say nothing."
  type        = string
  default     = "60m"
}

variable "execute" {
  description = "Whether the hourly sweep acts."
  type        = bool
  default     = false
}

variable "object_lock" {
  description = "Object Lock for evidence, such as { days = 365 }."
  type = object({
    days = number
    mode = optional(string, "GOVERNANCE")
  })
  default = null
}

variable "hidden_instance_types" {
  description = "What Studio does not offer; `costctl allowlist compile` makes the list of an allowlist."
  type        = list(string)
  default     = ["ml.p4d.24xlarge", "ml.p5.48xlarge", "ml.g5.48xlarge"]
}

variable "zones" {
  description = "The letters of the availability zones, each of which gets a subnet and an address of each endpoint."
  type        = list(string)
  default     = ["a", "b"]
}

variable "cidr_block" {
  description = "The addresses of the VPC: Studio takes up to four for each user."
  type        = string
  default     = "10.42.0.0/16"
}
