#!/usr/bin/env bash
# instrumented_tbb.sh FOLDER: builds oneTBB for ThreadSanitizer there, from the source of the Debian
# package. With Debian's library it does not see how tasks wait for each other.
set -euo pipefail
mkdir -p "$1/lists/partial"
cd "$1"
. /etc/os-release
key=/usr/share/keyrings/debian-archive-keyring.gpg
echo "deb-src [signed-by=$key] http://deb.debian.org/debian $VERSION_CODENAME main" > sources.list
# Lists of its own: those of this machine need not have sources.
get="apt-get -q -o Dir::Etc::SourceList=$PWD/sources.list -o Dir::Etc::SourceParts=/dev/null \
  -o Dir::State::Lists=$PWD/lists"
$get update
rm -rf onetbb-*
$get source --only-source onetbb
cmake -S onetbb-*/ -B build -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo -DTBB_SANITIZE=thread \
  -DTBB_TEST=OFF -DTBB_STRICT=OFF -DTBBMALLOC_BUILD=OFF
cmake --build build
cp -P build/*/libtbb.so* .
