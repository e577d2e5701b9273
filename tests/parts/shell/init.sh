#!/bin/bash
# The first process of a test's app container: makes the mounts, says the id
# that it has outside, then reaps orphans until its stdin is closed, however
# the test went. When it ends, the kernel ends whatever else is inside.
#
# bash, as it also reaps while it waits for input, which dash does not.
set -e
# This /proc is still the one outside.
read -r outside _ </proc/self/stat
mount -t proc proc /proc
mount -t devpts -o newinstance,ptmxmode=0666,mode=0620 devpts /dev/pts
mount --bind /dev/pts/ptmx /dev/ptmx
echo "ready $outside"
while read -r _; do :; done
