# What a VPC-only domain reaches AWS through: Studio itself, the agent's two services, and S3 for
# the binary. `costctl doctor --vpc` tells what is missing in a VPC that somebody else made.

locals {
  makes_endpoints = var.vpc_endpoints != null

  # By the part of its name that tells them apart; what each is for stands in README.md.
  interface_services = local.makes_endpoints ? merge(
    {
      for service in setunion(["sagemaker.api", "sagemaker.runtime", "sts", "logs", "monitoring"], var.vpc_endpoints.more_services) :
      service => "com.amazonaws.${local.region}.${service}"
    },
    { studio = "aws.sagemaker.${local.region}.studio" },
  ) : {}

  # Whose credentials pass: nobody takes data out with another account's.
  endpoint_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "OwnPrincipalsAlone"
      Effect    = "Allow"
      Principal = { AWS = "*" }
      Action    = "*"
      Resource  = "*"
      Condition = { StringEquals = { "aws:PrincipalAccount" = local.account } }
    }]
  })
}

resource "aws_security_group" "endpoints" {
  count = local.makes_endpoints ? 1 : 0

  name        = "${var.name}-vpc-endpoints"
  description = "HTTPS from Studio's apps to the VPC endpoints"
  vpc_id      = var.vpc_endpoints.vpc_id
  tags        = merge(var.tags, { Name = "${var.name}-vpc-endpoints" })
}

resource "aws_vpc_security_group_ingress_rule" "endpoints" {
  # By number: addresses may be known only once the VPC is there.
  for_each = { for n, block in try(var.vpc_endpoints.client_cidr_blocks, []) : tostring(n) => block }

  security_group_id = aws_security_group.endpoints[0].id
  description       = "HTTPS from apps"
  cidr_ipv4         = each.value
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  tags              = var.tags
}

resource "aws_vpc_endpoint" "interface" {
  for_each = local.interface_services

  vpc_id              = var.vpc_endpoints.vpc_id
  service_name        = each.value
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = true
  subnet_ids          = var.vpc_endpoints.subnet_ids
  security_group_ids  = [aws_security_group.endpoints[0].id]
  policy              = local.endpoint_policy
  tags                = merge(var.tags, { Name = "${var.name}-${each.key}" })
}

resource "aws_vpc_endpoint" "s3" {
  count = local.makes_endpoints ? 1 : 0

  vpc_id            = var.vpc_endpoints.vpc_id
  service_name      = "com.amazonaws.${local.region}.s3"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = var.vpc_endpoints.route_table_ids
  policy            = local.endpoint_policy
  tags              = merge(var.tags, { Name = "${var.name}-s3" })
}
