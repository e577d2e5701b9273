#!/bin/sh
# Finds idle-agent, verifies it, starts it. A worker in a session of its own does it all; the
# script waits 4 s for it, shows its lines and ends with 0: nothing, also no home that hangs,
# holds up or fails an app's start.
set +eu
trap 'exit 0' EXIT HUP INT TERM
umask 022
PATH=${PATH:-/bin}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/opt/conda/bin
log=/var/log/apps/app_container.log
(: >>"$log") 2>/dev/null || log=/dev/null
state='' part='' lines=''
# To be run again: as another user, in another session.
text=$(cat "$0" 2>/dev/null)
case $text in *admin_toml*) ;; *) text= ;; esac

say() {
	line="$(date -u +%FT%TZ) idle-agent: $*"
	printf '%s\n' "$line" >>"$log"
	[ -z "$state" ] || printf '%s\n' "$line" >>"$state/start.log"
	if [ -z "$lines" ]; then printf '%s\n' "$line"; elif [ -f "$lines" ]; then printf '%s\n' "$line" >>"$lines"; fi
} 2>/dev/null
has() { command -v "$1" >/dev/null 2>&1; }
drop() { [ -z "$part" ] || rm -f "$part" "$part".*; }
alive() { kill -0 "$1" 2>/dev/null; }
# Whether process $1 lives after $2 fifths of a second.
outlives() {
	n=$2
	while alive "$1" && [ "$n" -gt 0 ]; do sleep 0.2 2>/dev/null || sleep 1; n=$((n - 1)); done
	alive "$1"
}
# Not a stranger's below /tmp.
# shellcheck disable=SC2012 # only the owner is read
ours() { [ ! -h "$1" ] && ls -ldn "$1" 2>/dev/null | (read -r _ _ owner _ && [ "$owner" = "$uid" ]); }
digest() { { sha256sum <"$1" || shasum -a 256 <"$1" || openssl dgst -sha256 -r <"$1"; } 2>/dev/null | cut -c 1-64; }

# Runs a command for at most $1 seconds; children left over would hold a pipe open.
bounded() {
	limit=$1
	shift
	if timeout 1 true 2>/dev/null; then
		timeout -s KILL "$limit" "$@" >"$part.out" 2>&1
		return
	fi
	"$@" >"$part.out" 2>&1 &
	job=$!
	(outlives $job $((limit * 5)) && kill -9 $job) >/dev/null 2>&1 &
	wait $job
}
runs() { bounded 5 "$1" --version; }

# accept WAY STATUS: only here does a file become the binary.
accept() {
	if [ "$2" != 0 ]; then
		say "$1 failed (exit $2): $(tail -n 1 "$part.out" | tr -cd '[:print:]' | cut -c 1-200)"
		return 1
	fi
	sum=$(digest "$part")
	if [ "$sum" != "$SHA256" ]; then
		say "REFUSED what came by $1: SHA-256 $sum, not $SHA256"
	elif chmod 755 "$part" && mv -f "$part" "$bin" && runs "$bin"; then
		say "verified $bin, by $1"
		return
	else
		say "cannot run $bin"
	fi
	return 1
}

# With the app's own credentials, whatever the user has set.
by_aws() {
	[ "$S3_URI" ] || return
	has aws || { say 'no aws here'; return 1; }
	(
		unset AWS_PROFILE AWS_DEFAULT_PROFILE AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_ROLE_ARN
		export AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null AWS_MAX_ATTEMPTS=2
		bounded 45 aws s3 cp --only-show-errors --region "$region" --cli-connect-timeout 5 --cli-read-timeout 15 "$S3_URI" "$part"
	)
	accept 'aws s3 cp' $?
}

# Secrets by stdin: everybody sees arguments. -q: no ~/.curlrc.
ask() { curl -qsf --noproxy '*' -m 4 -K - "$@"; }
credentials() {
	url=$AWS_CONTAINER_CREDENTIALS_FULL_URI
	[ -z "$AWS_CONTAINER_CREDENTIALS_RELATIVE_URI" ] || url=http://169.254.170.2$AWS_CONTAINER_CREDENTIALS_RELATIVE_URI
	header="Authorization: $AWS_CONTAINER_AUTHORIZATION_TOKEN"
	if [ -z "$url" ]; then
		imds=http://169.254.169.254/latest
		header="X-aws-ec2-metadata-token: $(ask -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' $imds/api/token </dev/null)"
		url=$imds/meta-data/iam/security-credentials/
		url=$url$(printf 'header = "%s"' "$header" | ask $url | sed 1q)
	fi
	printf 'header = "%s"' "$header" | ask "$url" | tr -d '\r\n'
}
member() { printf %s "$json" | sed -n 's/.*"'"$1"'" *: *"\([^"]*\)".*/\1/p' | sed 's|\\/|/|g'; }
by_curl() {
	[ "$S3_URI" ] || return
	has curl || { say 'no curl here'; return 1; }
	json=$(credentials)
	[ "$json" ] || { say 'no credentials for curl'; return 1; }
	domain=amazonaws.com
	case $region in cn-*) domain=$domain.cn ;; esac
	url=${AWS_ENDPOINT_URL_S3:-${AWS_ENDPOINT_URL:-https://s3.$region.$domain}}
	url=${url%/}/${S3_URI#s3://}
	# S3 wants that hash; not every curl adds it.
	printf 'user = "%s:%s"\nheader = "x-amz-security-token: %s"\nheader = "x-amz-content-sha256: UNSIGNED-PAYLOAD"' \
		"$(member AccessKeyId)" "$(member SecretAccessKey)" "$(member Token)" |
		curl -qsSf --connect-timeout 5 -m 45 -K - --aws-sigv4 "aws:amz:$region:s3" -o "$part" "$url" >"$part.out" 2>&1
	accept 'curl --aws-sigv4' $?
}

by_file() {
	[ "$FILE" ] || return
	bounded 20 cp "$FILE" "$part"
	accept "the file $FILE" $?
}

# Sets $dir and $bin. Writing sees a quota, too.
find_binary() {
	for dir in "$home" "$tmp"; do
		bin=$dir/bin/$name part=$state/.part-run
		if [ ! -f "$bin" ] || ! ours "$dir"; then
			continue
		elif [ "$(digest "$bin")" != "$SHA256" ]; then
			say "REFUSED $bin: not SHA-256 $SHA256"
			rm -f "$bin"
		elif runs "$bin"; then
			return
		fi
	done
	for dir in "$home" "$tmp"; do
		bin=$dir/bin/$name
		mkdir "$dir/bin" 2>/dev/null
		part=$(mktemp "$dir/bin/.part-XXXXXX" 2>/dev/null)
		if ours "$dir" && dd if=/dev/zero of="$part" bs=65536 count=192 2>/dev/null; then
			by_aws || by_curl || by_file
			set -- $?
			drop
			# Not on a noexec file system.
			if [ "$1" = 0 ] || [ ! -f "$bin" ]; then return "$1"; fi
		else
			say "no room in $dir"
			drop
		fi
	done
	return 1
}

# The agent by a short name, for people.
write_command() {
	new=$dir/.new-$$ link=$HOME/.local/bin/idle-agent
	{
		printf '#!/bin/sh\n# idle-agent %s, written at the start of the app\n' "$VERSION"
		[ -z "$admin" ] || printf "export IDLE_AGENT_ADMIN_FILE='%s'\n" "$admin"
		printf "exec '%s' \"\$@\"\n" "$bin"
	} >"$new" && chmod 755 "$new" && mv -f "$new" "$dir/idle-agent"
	[ ! -d "${link%/*}" ] || [ -e "$link" ] || ln -sf "$dir/idle-agent" "$link"
} 2>/dev/null

# Leftovers go once nobody can be writing them, versions unless an agent may run them.
clean_up() {
	find "$dir/bin" -name '.part-*' -mmin +10 -exec rm -f {} + 2>/dev/null
	[ -z "$SHARED_HOME" ] || return
	used=" $(for exe in /proc/[0-9]*/exe; do readlink "$exe"; done 2>/dev/null | tr '\n' ' ') $bin "
	for old in "$dir"/bin/idle-agent-*; do
		case $used in *" $old "*) continue ;; esac
		rm -f "$old"
		say "removed $old"
	done
}

# In place, as an agent may be writing it.
trim() {
	[ "$(wc -c <"$1")" -gt 262144 ] && tail -c 65536 "$1" >"$1.new" && cat "$1.new" >"$1"
	rm -f "$1.new"
} 2>/dev/null

start_agent() {
	admin=
	if [ "$(admin_toml | tr -d '[:space:]')" ]; then
		export IDLE_AGENT_ADMIN_FILE="${admin:=$state/admin.toml}"
		if ! { admin_toml >"$admin.$$" && mv -f "$admin.$$" "$admin"; } 2>/dev/null; then
			say "NOT STARTED: cannot write $admin"
			return
		fi
	fi
	cd "$HOME" 2>/dev/null || cd /
	where=$log
	if [ "$log" = /dev/null ]; then
		where=$state/agent.log
		trim "$where"
		"$bin" run --supervise --record-file "$state/records.jsonl" 2>>"$where" &
	else
		"$bin" run --supervise --output json >>"$log" 2>&1 &
	fi
	if outlives $! 8; then
		say "started $bin (version $VERSION, $APP_TYPE, uid $uid, pid $!)"
	else
		wait $!
		case $? in
		5) say 'another agent runs in this app already; this one left' ;;
		*) say "NOT RUNNING: the agent ended at once; why stands in $where" ;;
		esac
	fi
	write_command
	clean_up
}

work() {
	trap 'exit 0' INT TERM
	trap '' HUP
	trap drop EXIT
	find_room
	if [ -z "$state" ]; then
		say "NOT STARTED: neither $home nor $tmp can be written"
		return
	fi
	# A pipe there would hold up all that is said.
	[ -f "$state/start.log" ] || rm -rf "$state/start.log"
	trim "$state/start.log"
	if [ "${#SHA256}" != 64 ] || [ -z "$(digest /dev/null)" ]; then
		say 'NOT STARTED: this script names no SHA-256, or nothing here computes one'
		return
	fi
	# A network may come up late.
	for again in 15 60 ''; do
		if find_binary; then
			start_agent
			return
		fi
		[ "$again" ] || break
		say "no binary yet; trying again in $again s"
		sleep "$again"
	done
	say "NOT STARTED: no binary with SHA-256 $SHA256 was to be had"
}

# Sets $state, where lines are kept.
find_room() {
	# No home yet: its maker makes it.
	[ ! -d "${home%/*}" ] || mkdir -p "$home"
	mkdir -m 700 "$tmp"
	set -- "$home" "$tmp"
	[ -z "$SHARED_HOME" ] || shift
	for dir; do
		ours "$dir" && (echo >"$dir/.new-$$") && [ -s "$dir/.new-$$" ] && state=${state:-$dir}
		rm -f "$dir/.new-$$"
	done
} 2>/dev/null

uid=$(id -u) mode=$1 lines=$2
if has prepare; then prepare; fi
[ "$HOME" ] || eval "export HOME=~$(id -un)"
home=${KEEP_IN:-$HOME}/.idle-agent
tmp=/tmp/idle-agent-$uid
name=idle-agent-$(printf %.12s "$SHA256")
region=${S3_REGION:-${AWS_REGION:-${AWS_DEFAULT_REGION:-us-east-1}}}
if [ "$mode" = work ]; then
	work
	exit
fi
lines=$(mktemp /tmp/.idle-agent-start-XXXXXX 2>/dev/null)
if [ "$text" ] && has setsid; then set -- setsid /bin/sh -c "$text" "$0" work "$lines"; else set -- work; fi
"$@" </dev/null >/dev/null 2>&1 &
outlives $! 20 && say 'still at work in the background'
[ -z "$lines" ] || cat "$lines"
rm -f "$lines"
