# The domain. What its users get stands here once, and user profiles add nothing to it but an
# execution role: so nothing of a profile hides it.
#
# What the provider (5.100) cannot set: hidden versions of the SageMaker Distribution and trusted
# identity propagation. Tags of spaces are their makers'; `costctl drift` looks at them.

resource "aws_sagemaker_domain" "studio" {
  domain_name             = "studio"
  auth_mode               = "IAM"
  app_network_access_type = "VpcOnly"
  vpc_id                  = aws_vpc.studio.id
  subnet_ids              = [for subnet in aws_subnet.private : subnet.id]
  kms_key_id              = aws_kms_key.studio.arn
  tag_propagation         = "ENABLED"

  domain_settings {
    # CloudTrail then names the user profile in every call of a shared execution role.
    execution_role_identity_config = "USER_PROFILE_NAME"
    security_group_ids             = [aws_security_group.apps.id]
  }

  default_user_settings {
    execution_role      = aws_iam_role.execution[keys(var.teams)[0]].arn
    security_groups     = [aws_security_group.apps.id]
    auto_mount_home_efs = "Disabled"
    studio_web_portal   = "ENABLED"
    default_landing_uri = "studio::"

    jupyter_lab_app_settings {
      built_in_lifecycle_config_arn = module.costctl.lifecycle_config_arns["JupyterLab"]

      # SageMaker's own idle shutdown, as a net below the agent.
      app_lifecycle_management {
        idle_settings {
          lifecycle_management        = "ENABLED"
          idle_timeout_in_minutes     = 480
          min_idle_timeout_in_minutes = 60
          max_idle_timeout_in_minutes = 480
        }
      }
    }

    code_editor_app_settings {
      built_in_lifecycle_config_arn = module.costctl.lifecycle_config_arns["CodeEditor"]

      app_lifecycle_management {
        idle_settings {
          lifecycle_management        = "ENABLED"
          idle_timeout_in_minutes     = 480
          min_idle_timeout_in_minutes = 60
          max_idle_timeout_in_minutes = 480
        }
      }
    }

    # Studio Classic has no built-in slot: its apps are not offered, and start with ours where
    # somebody starts one all the same.
    jupyter_server_app_settings {
      lifecycle_config_arns = [module.costctl.lifecycle_config_arns["JupyterServer"]]

      default_resource_spec {
        instance_type        = "system"
        lifecycle_config_arn = module.costctl.lifecycle_config_arns["JupyterServer"]
      }
    }

    kernel_gateway_app_settings {
      lifecycle_config_arns = [module.costctl.lifecycle_config_arns["KernelGateway"]]

      default_resource_spec {
        instance_type        = "ml.t3.medium"
        lifecycle_config_arn = module.costctl.lifecycle_config_arns["KernelGateway"]
      }
    }

    sharing_settings {
      notebook_output_option = "Disabled"
    }

    space_storage_settings {
      default_ebs_storage_settings {
        default_ebs_volume_size_in_gb = 20
        maximum_ebs_volume_size_in_gb = 100
      }
    }

    studio_web_portal_settings {
      hidden_app_types      = ["JupyterServer", "Canvas"]
      hidden_instance_types = var.hidden_instance_types
    }
  }

  default_space_settings {
    execution_role  = aws_iam_role.execution[keys(var.teams)[0]].arn
    security_groups = [aws_security_group.apps.id]

    jupyter_lab_app_settings {
      built_in_lifecycle_config_arn = module.costctl.lifecycle_config_arns["JupyterLab"]

      app_lifecycle_management {
        idle_settings {
          lifecycle_management        = "ENABLED"
          idle_timeout_in_minutes     = 480
          min_idle_timeout_in_minutes = 60
          max_idle_timeout_in_minutes = 480
        }
      }
    }

    jupyter_server_app_settings {
      lifecycle_config_arns = [module.costctl.lifecycle_config_arns["JupyterServer"]]

      default_resource_spec {
        instance_type        = "system"
        lifecycle_config_arn = module.costctl.lifecycle_config_arns["JupyterServer"]
      }
    }

    kernel_gateway_app_settings {
      lifecycle_config_arns = [module.costctl.lifecycle_config_arns["KernelGateway"]]

      default_resource_spec {
        instance_type        = "ml.t3.medium"
        lifecycle_config_arn = module.costctl.lifecycle_config_arns["KernelGateway"]
      }
    }

    space_storage_settings {
      default_ebs_storage_settings {
        default_ebs_volume_size_in_gb = 20
        maximum_ebs_volume_size_in_gb = 100
      }
    }
  }

  # The home of users who are gone is theirs to give up, not Terraform's.
  retention_policy {
    home_efs_file_system = "Retain"
  }

  lifecycle {
    # What `costctl allowlist apply` hides is its own.
    ignore_changes = [default_user_settings[0].studio_web_portal_settings[0].hidden_instance_types]
  }

  # Apps that start now find a way to AWS.
  depends_on = [module.costctl.vpc_endpoint_ids, aws_iam_role_policy.execution]
}

resource "aws_sagemaker_user_profile" "user" {
  for_each = merge([for team, of in var.teams : { for user in of.users : user => team }]...)

  domain_id         = aws_sagemaker_domain.studio.id
  user_profile_name = each.key

  user_settings {
    execution_role  = aws_iam_role.execution[each.value].arn
    security_groups = [aws_security_group.apps.id]
  }

  tags = {
    Team       = each.value
    CostCenter = var.teams[each.value].cost_center
  }
}
