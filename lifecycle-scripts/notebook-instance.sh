#!/bin/sh
# The on-start script of idle-agent for notebook instances. It always exits 0.
# Only SageMaker/ below the home outlives a stop of the instance.
# shellcheck disable=SC2034 # start-agent.sh reads these
{
	APP_TYPE='notebook instance'
	VERSION='@VERSION@'
	SHA256='@SHA256@'
	S3_URI='@S3_URI@'
	S3_REGION='@S3_REGION@'
	FILE='@FILE@'
	KEEP_IN=/home/ec2-user/SageMaker
}
admin_toml() {
	cat <<'ADMIN_TOML'
@ADMIN_TOML@
ADMIN_TOML
}
# All is done as ec2-user: its commands find the agent, and no link below its home leads root astray.
prepare() {
	for by in runuser setpriv su; do
		[ "$(id -u)" = 0 ] || return 0
		{ [ "$text" ] && has $by && id ec2-user >/dev/null 2>&1; } || continue
		export HOME=/home/ec2-user
		say "starting as ec2-user, by $by"
		case $by in
		runuser) runuser -u ec2-user -- /bin/sh -c "$text" "$0" ;;
		setpriv) setpriv --reuid ec2-user --regid "$(id -g ec2-user)" --init-groups /bin/sh -c "$text" "$0" ;;
		su) su -s /bin/sh ec2-user -c "$text" "$0" ;;
		esac && exit
	done
	export HOME=/root
	KEEP_IN=/root
	say 'starting as root: no way to become ec2-user, whose commands will not find the agent'
}
# include: start-agent.sh
