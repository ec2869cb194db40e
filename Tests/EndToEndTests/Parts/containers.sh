#!/usr/bin/env bash
# A container engine that leaves nothing behind: containers.sh FOLDER
#
# The first process of namespaces of its own, so that all containers end when it ends. It serves podman's interface at
# FOLDER/podman.sock and keeps everything else in FOLDER, too.
set -euo pipefail
folder="$1"
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"

# Only these namespaces see it: no systemd, no cgroups, and nothing of the machine's own containers.
mkdir -p /var/lib/containers "$folder/tmp"
mount -t tmpfs none /run
mount -t tmpfs none /sys/fs/cgroup
mount -t tmpfs none /var/lib/containers

export TMPDIR="$folder/tmp" CONTAINERS_CONF="$here/containers.conf"
podman --root "$folder/store" --runroot "$folder/run" --tmpdir "$folder/libpod" --storage-driver vfs \
    --network-config-dir "$folder/networks" system service --time 0 "unix://$folder/podman.sock" &
wait
