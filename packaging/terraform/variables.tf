# One line says what a variable is; the table in README.md is tested against this file.

# General

variable "name" {
  description = "What the names of roles, function, state machine, dashboard and alarms begin with."
  type        = string
  default     = "costctl"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,30}$", var.name))
    error_message = "name takes lower-case letters, digits and hyphens, 31 at most."
  }
}

variable "tags" {
  description = "Tags of everything that is made."
  type        = map(string)
  default     = {}
}

variable "existing_key" {
  description = "A KMS key that encrypts bucket, queue, topic, logs and environment; one is made where null. Its policy has to allow what kms.tf allows."
  type        = object({ arn = string })
  default     = null
}

# Artifacts: the bucket

variable "artifacts_dir" {
  description = "The folder with idle-agent and costctl-lambda.zip, which cargo xtask dist makes."
  type        = string
}

variable "bucket_name" {
  description = "The bucket that is made for binary, evidence and ledger; NAME-ACCOUNT-REGION where null."
  type        = string
  default     = null
}

variable "existing_bucket" {
  description = "A bucket of the central account to use, with its key: none is made, and the central account puts the binary there."
  type = object({
    name        = string
    region      = string
    kms_key_arn = string
  })
  default = null
}

variable "organization_id" {
  description = "The organization whose accounts may read the agent's binary in this bucket."
  type        = string
  default     = null
}

variable "source_vpce_ids" {
  description = "VPC endpoints through which apps have to read the binary; any way where empty."
  type        = list(string)
  default     = []
}

variable "source_vpce_exempt_arns" {
  description = "Principals that read the binary another way, such as the one that runs Terraform; wildcards are understood."
  type        = list(string)
  default     = []
}

variable "object_lock" {
  description = "Object Lock for everything in the bucket: days, and GOVERNANCE or COMPLIANCE. Only at its creation; nobody deletes such a bucket before the days are over."
  type = object({
    days = number
    mode = optional(string, "GOVERNANCE")
  })
  default = null
}

variable "access_logs" {
  description = "The bucket that takes the access logs of this one; none are written where null."
  type        = object({ bucket = string })
  default     = null
}

variable "force_destroy" {
  description = "Whether terraform destroy deletes the bucket with evidence and ledger in it."
  type        = bool
  default     = false
}

# The agent

variable "app_types" {
  description = "The app types that get a lifecycle configuration: JupyterLab, CodeEditor, JupyterServer, KernelGateway."
  type        = set(string)
  default     = ["JupyterLab", "CodeEditor", "JupyterServer", "KernelGateway"]

  validation {
    condition     = length(setsubtract(var.app_types, ["JupyterLab", "CodeEditor", "JupyterServer", "KernelGateway"])) == 0
    error_message = "app_types are JupyterLab, CodeEditor, JupyterServer and KernelGateway."
  }
}

variable "notebook_instances" {
  description = "Whether the lifecycle configuration idle-agent of notebook instances is made, for somebody to attach."
  type        = bool
  default     = true
}

variable "idle_timeout" {
  description = "The idle timeout where users say nothing, in minutes or seconds such as 60m."
  type        = string
  default     = "60m"

  validation {
    condition     = can(regex("^[1-9][0-9]*[ms]$", var.idle_timeout))
    error_message = "idle_timeout is such as 60m or 90s."
  }
}

variable "agent_settings" {
  description = "The administrator's settings, as in admin.toml: defaults, enforce and bounds, each with the agent's own keys."
  type = object({
    defaults = optional(any, {})
    enforce  = optional(any, {})
    bounds   = optional(any, {})
  })
  default = {}
}

variable "execution_role_names" {
  description = "Execution roles of Studio that get the agent's policy."
  type        = set(string)
  default     = []
}

variable "more_agent_policies" {
  description = "What else agents may stop: agent-shared-spaces, agent-notebook-instances."
  type        = set(string)
  default     = []

  validation {
    condition     = length(setsubtract(var.more_agent_policies, ["agent-shared-spaces", "agent-notebook-instances"])) == 0
    error_message = "more_agent_policies are agent-shared-spaces and agent-notebook-instances."
  }
}

# Roles

variable "existing_roles" {
  description = "ARNs of roles that a central team made: then none is made. packaging/iam has the documents; what is null is not used."
  type = object({
    reader        = string
    actor         = string
    installer     = optional(string)
    central       = optional(string)
    state_machine = optional(string)
    schedule      = optional(string)
  })
  default = null
}

variable "central_role_arn" {
  description = "In a member account the role of the central account that may assume reader and actor; in the central one null."
  type        = string
  default     = null
}

variable "installer_principal_arns" {
  description = "Who may assume the installer; with none there is no installer."
  type        = list(string)
  default     = []
}

variable "external_id" {
  description = "The external id without which nobody assumes reader, actor and installer. It is no secret."
  type        = string
  default     = "costctl"

  validation {
    condition     = length(var.external_id) >= 2 && can(regex("^[A-Za-z0-9+=,.@:/-]+$", var.external_id))
    error_message = "external_id takes letters, digits and +=,.@:/-, two at least."
  }
}

variable "act_on_endpoints" {
  description = "Whether the actor may scale and delete endpoints, which costctl.toml and a flag have to ask for, too."
  type        = bool
  default     = false
}

variable "permissions_boundary_arn" {
  description = "The permissions boundary of every role that is made."
  type        = string
  default     = null
}

# The sweep

variable "sweep" {
  description = "Whether function, state machine and schedule are made: yes in the central account, no in a member."
  type        = bool
  default     = true
}

variable "execute" {
  description = "Whether the scheduled sweep acts. Without, it is a rehearsal that looks, notes and tells."
  type        = bool
  default     = false

  validation {
    condition     = !var.execute || var.policy_file != null
    error_message = "execute needs policy_file: who acts names the policy."
  }
}

variable "policy_file" {
  description = "The costctl.toml by which the sweep goes; the built-in policy where null."
  type        = string
  default     = null
}

variable "accounts" {
  description = "Accounts that the sweep looks at, by the reader and actor of each; its own alone where empty."
  type        = list(string)
  default     = []
}

variable "organization" {
  description = "Whether it looks at every active account of the organization instead."
  type        = bool
  default     = false

  validation {
    condition     = !var.organization || length(var.accounts) == 0
    error_message = "organization and accounts exclude each other."
  }
}

variable "regions" {
  description = "Regions that the sweep looks at; the provider's own where empty."
  type        = list(string)
  default     = []
}

variable "schedule" {
  description = "When the sweep runs, as EventBridge Scheduler says it. A rate in whole minutes or hours, for the alarm counts by it."
  type        = string
  default     = "rate(1 hour)"

  validation {
    condition     = can(regex("^rate\\([1-9][0-9]* (minute|minutes|hour|hours)\\)$", var.schedule))
    error_message = "schedule is such as rate(1 hour) or rate(30 minutes)."
  }
}

variable "sweep_environment" {
  description = "More flags of costctl sweep by their names as variables, such as COSTCTL_TAG_KEYS = \"Team\"."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for name in keys(var.sweep_environment) : startswith(name, "COSTCTL_")])
    error_message = "sweep_environment takes names that begin with COSTCTL_."
  }
}

variable "reserved_concurrency" {
  description = "How many calls of the function run at once, and no other function can take from it: as many as the state machine makes. -1 takes from the account's own."
  type        = number
  default     = 100
}

variable "function_vpc" {
  description = "Subnets and security groups of the function, where it has to run in a VPC."
  type = object({
    subnet_ids         = list(string)
    security_group_ids = list(string)
  })
  default = null
}

variable "log_retention_days" {
  description = "How long the logs of function and state machine are kept."
  type        = number
  default     = 365
}

# Dashboard and alarms

variable "alarm_emails" {
  description = "Who is told of alarms and of what sweeps did, by the topic that is made."
  type        = set(string)
  default     = []
}

variable "coverage_below_percent" {
  description = "Alarm when less than so many of a hundred apps are watched by an agent; no such alarm where null."
  type        = number
  default     = null
}

variable "usd_per_month" {
  description = "Alarm when what runs costs more than so many USD a month; no such alarm where null."
  type        = number
  default     = null
}

# VPC-only domains

variable "vpc_endpoints" {
  description = "The VPC of VPC-only domains, which gets the endpoints that Studio and the agent need; none are made where null."
  type = object({
    vpc_id             = string
    subnet_ids         = list(string)
    route_table_ids    = list(string)
    client_cidr_blocks = list(string)
    more_services      = optional(set(string), [])
  })
  default = null
}
