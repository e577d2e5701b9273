#!/bin/sh
# The on-start script of idle-agent for Studio Classic's KernelGateway apps. It always exits 0.
# The home is on a volume that the user's other Classic apps share: logs and settings stay in
# /tmp, and no older version is removed, as another app may be running it.
# shellcheck disable=SC2034 # start-agent.sh reads these
{
	APP_TYPE='KernelGateway'
	VERSION='@VERSION@'
	SHA256='@SHA256@'
	S3_URI='@S3_URI@'
	S3_REGION='@S3_REGION@'
	FILE='@FILE@'
	SHARED_HOME=yes
}
admin_toml() {
	cat <<'ADMIN_TOML'
@ADMIN_TOML@
ADMIN_TOML
}
# include: start-agent.sh
