# A VPC without a way out: what apps reach, they reach through VPC endpoints.

resource "aws_vpc" "studio" {
  #checkov:skip=CKV2_AWS_11:No packet leaves this VPC but to the endpoints, which CloudTrail tells of; flow logs are a choice of the network team.
  cidr_block           = var.cidr_block
  enable_dns_hostnames = true
  enable_dns_support   = true
  tags                 = { Name = "studio" }
}

# The one that AWS makes lets everything through, to whoever forgets to name another.
resource "aws_default_security_group" "studio" {
  vpc_id = aws_vpc.studio.id
}

resource "aws_subnet" "private" {
  for_each = { for n, zone in var.zones : "${var.region}${zone}" => n }

  vpc_id            = aws_vpc.studio.id
  availability_zone = each.key
  cidr_block        = cidrsubnet(var.cidr_block, 4, each.value)
  tags              = { Name = "studio-${each.key}" }
}

resource "aws_route_table" "private" {
  vpc_id = aws_vpc.studio.id
  tags   = { Name = "studio-private" }
}

resource "aws_route_table_association" "private" {
  for_each = aws_subnet.private

  subnet_id      = each.value.id
  route_table_id = aws_route_table.private.id
}

resource "aws_security_group" "apps" {
  #checkov:skip=CKV2_AWS_5:Domain and user profiles name it, which give it to each app.
  name        = "studio-apps"
  description = "Studio's apps: each other, the endpoints, nothing else"
  vpc_id      = aws_vpc.studio.id
  tags        = { Name = "studio-apps" }
}

# Kernels of one user talk to the user's server, on ports of their choice.
resource "aws_vpc_security_group_ingress_rule" "apps_from_apps" {
  security_group_id            = aws_security_group.apps.id
  description                  = "Apps of this domain"
  referenced_security_group_id = aws_security_group.apps.id
  ip_protocol                  = "-1"
}

resource "aws_vpc_security_group_egress_rule" "apps_to_vpc" {
  security_group_id = aws_security_group.apps.id
  description       = "Endpoints, volumes and apps of this VPC"
  cidr_ipv4         = aws_vpc.studio.cidr_block
  ip_protocol       = "-1"
}

resource "aws_vpc_security_group_egress_rule" "apps_to_s3" {
  security_group_id = aws_security_group.apps.id
  description       = "S3 through its gateway endpoint"
  prefix_list_id    = data.aws_prefix_list.s3.id
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

data "aws_prefix_list" "s3" {
  name = "com.amazonaws.${var.region}.s3"
}
