#!/bin/sh
# The on-start script of idle-agent for JupyterLab apps. It always exits 0.
# shellcheck disable=SC2034 # start-agent.sh reads these
{
	APP_TYPE='JupyterLab'
	VERSION='@VERSION@'
	SHA256='@SHA256@'
	S3_URI='@S3_URI@'
	S3_REGION='@S3_REGION@'
	FILE='@FILE@'
}
admin_toml() {
	cat <<'ADMIN_TOML'
@ADMIN_TOML@
ADMIN_TOML
}
# include: start-agent.sh
