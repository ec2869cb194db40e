#!/usr/bin/env bash
# Builds deploy/Containerfile, unless nothing it is built from has changed: image.sh REPOSITORY FOLDER
#
# FOLDER keeps headcast.tar, the image, and what makes the next build short. The official Swift image is not needed:
# in its place stands a Debian with the machine's own Swift, mounted.
set -euo pipefail
repository="$1" folder="$2"
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"

mkdir -p "$folder/tmp"
exec 9>"$folder/lock"
flock 9

cd "$repository"
contents=(.dockerignore Package.swift openapi.yaml Sources deploy/Containerfile deploy/install deploy/packages)
sum="$(tar -c --sort=name --mtime=@0 --owner=0 --group=0 "${contents[@]}" "$here/image.sh" | sha256sum)"
if [[ -e "$folder/headcast.tar" && "$(cat "$folder/sum" 2>/dev/null)" == "$sum" ]]; then exit 0; fi

export TMPDIR="$folder/tmp" CONTAINERS_CONF="$here/containers.conf"
podman() {
    command podman --root "$folder/store" --runroot "$folder/tmp/run" --tmpdir "$folder/tmp/libpod" \
        --storage-driver vfs "$@"
}

# What the official image has beside Swift, as far as a build needs it.
base_packages=binutils,ca-certificates,git,libcurl4,libncurses6,libsqlite3-0,libxml2
base="localhost/swift:$(sha256sum <<<"$base_packages" | head -c 12)"
if ! podman image exists "$base"; then
    rm -rf "$folder/base"
    debootstrap --variant=minbase --include="$base_packages" bookworm "$folder/base"
    tar -c -C "$folder/base" --exclude='./var/cache/apt/archives/*.deb' . |
        podman import -q -c 'ENV PATH=/opt/swift/usr/bin:/usr/sbin:/usr/bin:/sbin:/bin' - "$base"
    rm -rf "$folder/base"
fi

# Swift is where it says that its libraries are, which `which` does not tell where swift is a proxy.
swift="$(swift -print-target-info | sed -n 's|.*"runtimeResourcePath": "\(.*\)/lib/swift".*|\1|p')"
volumes=(--volume "$swift:/opt/swift/usr:ro" --volume "$folder/gitconfig:/etc/gitconfig:ro")

# Where git reads packages from other places than their URLs, so does the build.
printf '[safe]\n\tdirectory = *\n' >"$folder/gitconfig"
while read -r key value; do
    git config --file "$folder/gitconfig" --add "$key" "$value"
    place="${key#url.}" place="${place%.insteadof}"
    if [[ -d "$place" ]]; then volumes+=(--volume "$place:$place:ro"); fi
done < <(git config --get-regexp '^url\..*\.insteadof$')

rm -f "$folder/sum"
# Without layers: this store copies whole folders for each.
podman build --layers=false --isolation chroot "${volumes[@]}" --build-arg SWIFT_IMAGE="$base" \
    --file deploy/Containerfile --tag localhost/headcast .
rm -f "$folder/headcast.tar"
podman save -q --format oci-archive --output "$folder/headcast.tar" localhost/headcast
podman image prune --force >/dev/null
echo "$sum" >"$folder/sum"
