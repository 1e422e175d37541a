#!/usr/bin/env bash
# Creates the Conan package from the system's Boost and spdlog, in few large pieces that are not
# optimised, and builds and runs test/consumer with it. Exits 77 where there is no Conan; that the
# recipes compile is seen all the same.
#   cmake/conan/check-conan.sh <work folder> [linkage …]
set -euo pipefail
repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=${1:?into which folder}
shift
[ $# -gt 0 ] || set -- static shared
rm -rf "$work"
mkdir -p "$work"
for recipe in conanfile.py test/consumer/conanfile.py; do
  PYTHONPYCACHEPREFIX=$work/pycache python3 -m py_compile "$repository/$recipe"
done
if ! command -v conan >/dev/null; then
  echo 'check-conan: skipped, for there is no Conan; the recipes are Python'
  exit 77
fi
export CONAN_HOME=$work/home
conan profile detect
# stub <name> <version> <package_info>: a package for what the system has
stub() {
  mkdir "$work/$1"
  cat >"$work/$1/conanfile.py" <<RECIPE
from conan import ConanFile
class Stub(ConanFile):
    name, version = "$1", "$2"
    def package_info(self):
        self.cpp_info.includedirs = self.cpp_info.libdirs = []
$3
RECIPE
  conan export "$work/$1"
}
stub boost 1.81.0 '        self.cpp_info.set_property("cmake_file_name", "Boost")
        headers = self.cpp_info.components["headers"]
        headers.includedirs = headers.libdirs = []
        headers.set_property("cmake_target_name", "Boost::headers")'
stub spdlog 1.10.0 '        self.cpp_info.set_property("cmake_target_name", "spdlog::spdlog")
        self.cpp_info.system_libs = ["spdlog", "fmt"]
        self.cpp_info.defines = ["SPDLOG_COMPILED_LIB", "SPDLOG_FMT_EXTERNAL", "SPDLOG_SHARED_LIB"]'

# Nothing is written into the checkout.
cat >"$work/profile" <<PROFILE
include(default)
[settings]
compiler.cppstd=20
[conf]
tools.cmake.cmaketoolchain:generator=Ninja
tools.cmake.cmaketoolchain:extra_variables={"CMAKE_UNITY_BUILD": "ON", "CMAKE_UNITY_BUILD_BATCH_SIZE": "16"}
tools.cmake.cmaketoolchain:user_presets=
tools.cmake.cmake_layout:test_folder=$(cd "$work" && pwd)/test
tools.build:cxxflags=["-O0"]
PROFILE
for linkage; do
  echo "check-conan: $linkage"
  conan create "$repository" --no-remote --profile:all "$work/profile" --build=missing --build="curfew/*" \
    -o "&:shared=$([ "$linkage" = shared ] && echo True || echo False)" -o '&:with_spdlog=True' -o '&:with_testing=True'
done
echo 'check-conan: passed'
