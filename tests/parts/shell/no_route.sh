#!/bin/bash
# A network namespace with a loopback and nothing else: RESOLV_CONF PROGRAM …
# Names are asked of an address outside, so that whoever asks one is seen.
set -e
ip link set lo up
mount --bind "$1" /etc/resolv.conf
shift
exec "$@"
