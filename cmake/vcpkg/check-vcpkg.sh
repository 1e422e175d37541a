#!/usr/bin/env bash
# Installs the port with a real vcpkg, as an overlay in each given triplet and then from a registry,
# and builds and runs test/consumer with it. Exits 77 where there is no vcpkg.
#   cmake/vcpkg/check-vcpkg.sh [--system-deps] [triplet …]
# --system-deps: Boost and spdlog come from the system, and nothing is downloaded.
set -euo pipefail
repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
ports=$repository/cmake/vcpkg/ports
root=${VCPKG_ROOT:-${VCPKG_INSTALLATION_ROOT:-}}
if [ -z "$root" ] || [ ! -x "$root/vcpkg" ]; then
  echo 'check-vcpkg: skipped, for there is no vcpkg: VCPKG_ROOT names none'
  exit 77
fi
system=
if [ "${1-}" = --system-deps ]; then system=yes; shift; fi
[ $# -gt 0 ] || set -- x64-linux
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export VCPKG_DISABLE_METRICS=1 VCPKG_BINARY_SOURCES=clear

mkdir "$work/stubs"
if [ "$system" ]; then
  export VCPKG_FORCE_SYSTEM_BINARIES=1 X_VCPKG_ASSET_SOURCES=x-block-origin
  for port in boost-asio boost-system spdlog; do
    mkdir "$work/stubs/$port"
    echo "{\"name\": \"$port\", \"version\": \"0\"}" >"$work/stubs/$port/vcpkg.json"
    echo 'set(VCPKG_POLICY_EMPTY_PACKAGE enabled)' >"$work/stubs/$port/portfile.cmake"
  done
fi

cp "$ports/curfew/vcpkg.json" "$work/manifest.json"
"$root/vcpkg" format-manifest "$work/manifest.json" >/dev/null
diff -u "$ports/curfew/vcpkg.json" "$work/manifest.json"

# consume <folder> <triplet> <name of a configuration, or none>
consume() {
  local app=$work/$1 triplet=$2
  mkdir "$app"
  cp "$repository"/test/consumer/*.cpp "$repository/test/consumer/CMakeLists.txt" "$app/"
  cat >"$app/vcpkg.json" <<'JSON'
{"name": "app", "version": "0", "dependencies": [{"name": "curfew", "features": ["spdlog", "testing"]}]}
JSON
  cp "$3" "$app/vcpkg-configuration.json"
  cmake -S "$app" -B "$app/build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DHOW=find_package -DWITH=spdlog,testing \
    -DCMAKE_TOOLCHAIN_FILE="$root/scripts/buildsystems/vcpkg.cmake" \
    -DVCPKG_TARGET_TRIPLET="$triplet" -DVCPKG_HOST_TRIPLET="$triplet" \
    "-DVCPKG_INSTALL_OPTIONS=--enforce-port-checks;--x-buildtrees-root=$work/trees;--x-packages-root=$work/packages"
  cmake --build "$app/build"
  ctest --test-dir "$app/build" --no-tests=error --output-on-failure
}

for triplet; do
  echo "check-vcpkg: $triplet, the overlay port"
  echo "{\"overlay-ports\": [\"$ports\", \"$work/stubs\"]}" >"$work/configuration.json"
  consume "overlay-$triplet" "$triplet" "$work/configuration.json"
done

if [ "$system" ]; then
  echo "check-vcpkg: $1, the registry"
  baseline=$(python3 "$repository/cmake/vcpkg/write-registry.py" "$work/registry" --url "file://$repository" | sed -n 's/.*baseline //p')
  cat >"$work/configuration.json" <<JSON
{"default-registry": null,
 "registries": [{"kind": "git", "repository": "file://$work/registry", "baseline": "$baseline", "packages": ["curfew"]}],
 "overlay-ports": ["$work/stubs", "$root/ports/vcpkg-cmake", "$root/ports/vcpkg-cmake-config"]}
JSON
  consume registry "$1" "$work/configuration.json"
fi
echo 'check-vcpkg: passed'
