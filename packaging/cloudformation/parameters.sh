#!/bin/sh
# Prints the parameters of agent.yaml: the on-start scripts as costctl lifecycle-script prints
# them, in pieces that a parameter can hold. Takes the app types, all four where none is named;
# the rest comes from the environment, as for costctl: COSTCTL_ARTIFACTS (s3://BUCKET/PREFIX),
# COSTCTL_KMS_KEY, COSTCTL_BINARY, COSTCTL_IDLE_TIMEOUT, COSTCTL_AGENT_SETTINGS …
set -eu

fail() {
  echo "parameters.sh: $1" >&2
  exit 2
}

# One parameter, after a comma unless it is the first.
parameter() {
  printf '%s\n  { "ParameterKey": "%s", "ParameterValue": "%s" }' "$comma" "$1" "$2"
  comma=','
}

case "${COSTCTL_ARTIFACTS:-}" in
  s3://?*/?*) ;;
  *) fail "COSTCTL_ARTIFACTS is not set; hint: s3://BUCKET/PREFIX, the output Artifacts of central.yaml" ;;
esac
[ -n "${COSTCTL_KMS_KEY:-}" ] || fail "COSTCTL_KMS_KEY is not set; hint: the output KeyArn of central.yaml"
costctl="${COSTCTL:-costctl}"
bucket="${COSTCTL_ARTIFACTS#s3://}"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
[ "$#" -gt 0 ] || set -- jupyterlab code-editor jupyter-server kernel-gateway

version="$("$costctl" --version)"
comma=''
{
  printf '['
  parameter AgentVersion "${version#costctl }"
  parameter BucketName "${bucket%%/*}"
  parameter KeyArn "$COSTCTL_KMS_KEY"
  for app_type in "$@"; do
    case "$app_type" in
      jupyterlab) name=JupyterLab ;;
      code-editor) name=CodeEditor ;;
      jupyter-server) name=JupyterServer ;;
      kernel-gateway) name=KernelGateway ;;
      *) fail "no app type $app_type; hint: jupyterlab, code-editor, jupyter-server, kernel-gateway" ;;
    esac
    "$costctl" lifecycle-script --app-type "$app_type" >"$work/script"
    sha256="$(sha256sum "$work/script")"
    sha256="${sha256%% *}"
    parameter "${name}Sha256" "$sha256"
    parameter "${name}Name" "idle-agent-$app_type-$(printf '%.12s' "$sha256")"
    # A parameter takes 4,096 characters, a lifecycle configuration 16,384.
    base64 -w 0 "$work/script" | fold -w 4096 >"$work/pieces"
    piece=0
    while IFS= read -r text || [ -n "$text" ]; do
      piece=$((piece + 1))
      [ "$piece" -le 4 ] || fail "the script of $app_type is too long for AWS"
      parameter "${name}Script$piece" "$text"
    done <"$work/pieces"
  done
  printf '\n]\n'
} >"$work/parameters"
cat "$work/parameters"
