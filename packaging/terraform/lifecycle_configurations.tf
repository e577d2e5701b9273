# The on-start scripts as `costctl lifecycle-script` renders them, under the names and with the
# tags that `costctl install` gives them: so that either finds what the other made. A test holds it.

locals {
  scripts_dir = "${path.module}/../../lifecycle-scripts"
  slugs = {
    JupyterLab    = "jupyterlab"
    CodeEditor    = "code-editor"
    JupyterServer = "jupyter-server"
    KernelGateway = "kernel-gateway"
    Notebook      = "notebook-instance"
  }

  agent_version = regex("(?m)^version = \"([^\"]+)\"", file("${path.module}/../../Cargo.toml"))[0]

  # As TOML writes tables: sections and keys by name.
  agent_defaults = merge(var.agent_settings.defaults, { idle-timeout = var.idle_timeout })
  agent_sections = {
    bounds   = var.agent_settings.bounds
    defaults = local.agent_defaults
    enforce  = var.agent_settings.enforce
  }
  admin_toml = join("\n\n", [
    for section, settings in local.agent_sections : join("\n", concat(
      ["[${section}]"],
      [
        for key, value in settings :
        "${key} = ${can(tostring(value)) ? jsonencode(value) : "[${join(", ", [for one in value : jsonencode(one)])}]"}"
      ],
    )) if length(settings) > 0
  ])

  # The first line of the part that all include is for reading it alone.
  start_agent = trimsuffix(replace(file("${local.scripts_dir}/start-agent.sh"), "/\\A[^\n]*\n/", ""), "\n")

  # The settings come last: what stands in them is not filled in again.
  scripts = {
    for app_type in setunion(var.app_types, ["Notebook"]) : app_type => replace(replace(replace(replace(replace(replace(replace(
      file("${local.scripts_dir}/${local.slugs[app_type]}.sh"),
      "# include: start-agent.sh", local.start_agent),
      "@VERSION@", local.agent_version),
      "@SHA256@", local.binary_sha256),
      "@S3_URI@", "s3://${local.bucket_name_or_existing}/${local.binary_key}"),
      "@S3_REGION@", local.bucket_region),
      "@FILE@", ""),
    "@ADMIN_TOML@", local.admin_toml)
  }

  # Known before the bucket is there: the plan shows the names.
  bucket_name_or_existing = local.makes_bucket ? local.bucket_name : var.existing_bucket.name
}

resource "aws_sagemaker_studio_lifecycle_config" "agent" {
  for_each = { for app_type, script in local.scripts : app_type => script if contains(var.app_types, app_type) }

  studio_lifecycle_config_name     = "idle-agent-${local.slugs[each.key]}-${substr(sha256(each.value), 0, 12)}"
  studio_lifecycle_config_app_type = each.key
  studio_lifecycle_config_content  = base64encode(each.value)

  tags = merge(var.tags, {
    "costctl:managed" = "idle-agent"
    "costctl:version" = local.agent_version
    "costctl:sha256"  = sha256(each.value)
  })

  lifecycle {
    # It is immutable, and settings name it: the new one has to be there first.
    create_before_destroy = true

    precondition {
      condition     = length(base64encode(each.value)) <= 16384
      error_message = "The script of ${each.key} is longer than SageMaker takes: shorten agent_settings."
    }
  }

  # An app that starts now looks for the binary.
  depends_on = [aws_s3_object.binary]
}

# Of notebook instances there is one, updated in place, which is why its name has no digits.
resource "aws_sagemaker_notebook_instance_lifecycle_configuration" "agent" {
  count = var.notebook_instances ? 1 : 0

  name     = "idle-agent"
  on_start = base64encode(local.scripts["Notebook"])
  tags     = var.tags

  depends_on = [aws_s3_object.binary]
}
