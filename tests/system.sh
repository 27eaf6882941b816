#!/bin/sh
# Installs the system packages that some tests use; does nothing where they are there already.
set -eu
packages=""
for pair in chromium:chromium ogrinfo:gdal-bin pdftoppm:poppler-utils; do
    command -v "${pair%%:*}" >/dev/null 2>&1 || packages="$packages ${pair#*:}"
done
/usr/bin/python3 -c "import qgis.core" >/dev/null 2>&1 || packages="$packages python3-qgis"
[ -n "$packages" ] || exit 0
export DEBIAN_FRONTEND=noninteractive
apt-get update -q
# shellcheck disable=SC2086 # a list of words
apt-get install -q -y --no-install-recommends $packages
