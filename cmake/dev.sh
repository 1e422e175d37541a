#!/usr/bin/env bash
# Everything a developer of curfew types; `cmake/dev.sh help` lists the words.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

minimum_boost=81           # of Boost 1.x
newest_boosts=(1.92 1.88)  # for trials; the first that can be had
clang=19

say() { printf '\ndev.sh: %s\n' "$*" >&2; }
die() { printf '\ndev.sh: %s\n' "$*" >&2; exit 1; }
have() { command -v "$1" >/dev/null; }

usage() {
  cat <<'TEXT'
bash cmake/dev.sh <word>

  demo                   build the example server and its load generator, and show them at work
  test [ctest options]   build and run the tests; PRESET=<name> takes another preset than dev,
                         CURFEW_CONFIGURE=<options> goes to CMake
  build [options of cmake --build]
                         the same without running them
  bench [--boost 1.88] [--peers] [--check] [options of benchmarks/report]
                         build and run the benchmarks with the newest Boost that can be had and with the
                         system's, or with the one that is named: build/bench/report. --peers runs other
                         systems as well, --check fails when a bar is missed
  format                 clang-format every C++ file that git knows
  matrix [quick | rows]  build and test with each compiler, Boost and sanitizer; a table at the end. rows is a
                         regular expression, as 'tsan' or '1.92'
  coverage               build and run the tests so that they say what they reach: build/coverage/report
  soak [seconds]         the example server with an address sanitizer amid clients that misbehave;
                         two minutes
  package                install, move and consume the library in every way, static and shared; checks the
                         vcpkg port and writes a registry with it: build/registry
  docs                   the site of the guide and the reference in build/docs, each link checked, a page of
                         each kind opened in Chromium
  help                   this text

On Debian and Ubuntu, missing packages are installed first (as root or with sudo); elsewhere you
are told what is needed. CURFEW_SKIP_INSTALL=1 takes the machine as it is.
Builds go to build/<preset> and the like. ccache is used where it is found.
TEXT
}

# ---- what has to be installed

installed() { dpkg-query -W -f '${db:Status-Status}\n' "$1" 2>/dev/null | grep -qx installed; }

# The versions of Boost, as the x of 1.x, among the package names on stdin.
boost_versions() { sed -nE 's/^libboost1\.([0-9]+)-dev.*/\1/p' | sort -n | awk -v min=$minimum_boost '$1 >= min'; }

# The Boost that is installed, else the oldest that will do.
choose_boost() {
  local found
  found=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' 'libboost1.*-dev' 2>/dev/null |
    grep ' installed$' | boost_versions | head -n 1 || true)
  [ -n "$found" ] || found=$(apt-cache search --names-only '^libboost1\.[0-9]+-dev$' | boost_versions | head -n 1 || true)
  [ -n "$found" ] && echo "1.$found"
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# A tool may come from anywhere; a library is looked for as a package.
#   missing_packages <package, or tool=package> ...
missing_packages() {
  local item
  for item; do
    case $item in
      *=*) have "${item%%=*}" || echo "${item#*=}" ;;
      *) installed "$item" || echo "$item" ;;
    esac
  done
}

update_apt() {
  [ -z "${apt_is_fresh-}" ] || return 0
  [ "$(id -u)" = 0 ] || have sudo || die "this needs root or sudo; or install by yourself: ${*:-the lists of packages}"
  as_root apt-get -qq update
  apt_is_fresh=1
}

apt_install() {
  update_apt "$@"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends --no-remove "$@"
}

tell_and_stop() {
  die "this is neither Debian nor Ubuntu; please install: g++ 12 or clang 16 or newer, CMake 3.25, Ninja, Python 3,
Boost 1.$minimum_boost or newer with its unit_test_framework and program_options, spdlog, OpenSSL, GoogleTest; Google Benchmark for
the benchmarks, clang++-$clang for its presets, Doxygen and Chromium for the documentation; ccache if you like. Then run with CURFEW_SKIP_INSTALL=1."
}

# Whether there is some Chromium; one that is called otherwise is named by CHROMIUM.
have_chromium() { [ -n "${CHROMIUM-}" ] || have chromium || have chromium-browser || have google-chrome; }

# need <group> ...: installs what is missing of build, bench, coverage, clang, format, docs
need() {
  local group boost wanted=() missing=()
  [ -z "${CURFEW_SKIP_INSTALL-}" ] || return 0
  if ! have apt-get || ! have dpkg-query; then tell_and_stop; fi
  for group; do
    case $group in
      build)
        wanted+=('g++=g++' 'cmake=cmake' 'ninja=ninja-build' 'python3=python3' 'ccache=ccache'
          'pkg-config=pkgconf' 'openssl=openssl' libspdlog-dev libssl-dev libgtest-dev)
        ;;
      # python3-fonttools is content with munkres instead of scipy, which does not go with this Boost.
      bench) wanted+=(libbenchmark-dev python3-munkres python3-matplotlib 'valgrind=valgrind') ;;
      peers) wanted+=(python3-uvloop librust-tokio-dev) ;;
      coverage) wanted+=('gcovr=gcovr') ;;
      clang) wanted+=("clang++-$clang=clang-$clang" "libclang-rt-$clang-dev") ;;
      libc++) wanted+=("libc++-$clang-dev" "libc++abi-$clang-dev") ;;
      clang-16) wanted+=('clang++-16=clang-16') ;;
      format) wanted+=("clang-format-$clang=clang-format-$clang") ;;
      docs)
        wanted+=('doxygen=doxygen' 'python3=python3')
        if ! have_chromium; then
          update_apt
          [ -z "$(apt-cache search --names-only '^chromium$')" ] || wanted+=(chromium)
        fi
        ;;
    esac
  done
  if [[ " $* " == *" build "* ]]; then
    boost=$(choose_boost || true)
    if [ -z "$boost" ]; then
      update_apt
      boost=$(choose_boost || true)
    fi
    [ -n "$boost" ] || die "this system has no package of Boost 1.$minimum_boost or newer; please install one
(headers, unit_test_framework, program_options) and run with CURFEW_SKIP_INSTALL=1"
    wanted+=("libboost$boost-dev" "libboost-test$boost-dev" "libboost-program-options$boost-dev")
  fi
  mapfile -t missing < <(missing_packages "${wanted[@]}")
  [ ${#missing[@]} -gt 0 ] || return 0
  say "installing ${missing[*]}"
  apt_install "${missing[@]}"
}

# ---- building

# setup <group> ...: what every word that builds begins with
setup() {
  need "$@"
  if have ccache; then
    export CMAKE_CXX_COMPILER_LAUNCHER=${CMAKE_CXX_COMPILER_LAUNCHER-ccache}
    export CCACHE_SLOPPINESS=${CCACHE_SLOPPINESS-pch_defines,time_macros}
    # One checkout finds what another has compiled.
    export CCACHE_BASEDIR=${CCACHE_BASEDIR-$PWD} CCACHE_NOHASHDIR=${CCACHE_NOHASHDIR-1}
  fi
  export CTEST_PARALLEL_LEVEL=${CTEST_PARALLEL_LEVEL-$(nproc)}
}

# configure <preset> <folder> [cmake options]: says nothing unless it fails
configure() {
  local preset=$1 folder=$2
  shift 2
  mkdir -p "$folder"
  cmake --preset "$preset" -B "$folder" "$@" >"$folder/configure.log" 2>&1 ||
    { cat "$folder/configure.log" >&2; return 1; }
}

system_boost() {
  sed -nE 's/#define BOOST_LIB_VERSION "([0-9]+)_([0-9]+).*"/\1.\2/p' /usr/include/boost/version.hpp 2>/dev/null || true
}

# take_boost <version>: sets boost_option to what makes CMake find that Boost, which is unpacked
# below build/ unless the system has it
take_boost() {
  local folder=$PWD/build/boost-$1
  boost_option=
  [ "$1" != "$(system_boost)" ] || return 0
  bash cmake/boost-headers.sh "$1" "$folder" >&2 || return 1
  boost_option=-DCMAKE_PREFIX_PATH=$folder/usr
}

# uses_boost <folder> <version>: whether a configured folder found the Boost that was meant
uses_boost() {
  grep -q "^Boost_DIR:.*/Boost-$2\." "$1/CMakeCache.txt" && return
  say "$1 was to use Boost $2, but has $(grep ^Boost_DIR "$1/CMakeCache.txt")"
  return 1
}

# ---- the words

build_preset() {
  local preset=${PRESET-dev} groups=(build)
  [[ $preset != clang* ]] || groups+=(clang)
  setup "${groups[@]}"
  # shellcheck disable=SC2086  # several options
  configure "$preset" "build/$preset" ${CURFEW_CONFIGURE-}
  cmake --build "build/$preset" "$@"
}

run_build() { build_preset "$@"; }

run_test() {
  build_preset
  ctest --preset "${PRESET-dev}" "$@"
}

run_demo() {
  setup build
  configure release build/demo -DCURFEW_BUILD_TESTS=OFF -DCURFEW_BUILD_BENCHMARKS=OFF
  cmake --build build/demo --target http_server http_load
  bash examples/demo.sh build/demo/bin "$@"
}

# bench_with <boost> <parts> [options of benchmarks/report]: one build, one report
bench_with() {
  local boost=$1 parts=$2 folder=build/bench/boost-$1 boost_option python=python3
  shift 2
  take_boost "$boost" &&
    configure release "$folder" -DCMAKE_BUILD_TYPE=Release -DCURFEW_BUILD_TESTS=OFF -DCURFEW_BUILD_EXAMPLES=OFF \
      ${boost_option:+"$boost_option"} &&
    uses_boost "$folder" "$boost" && cmake --build "$folder" --target curfew_benchmarks || return 1
  # The distribution's has the distribution's matplotlib, whatever comes first in PATH.
  [ ! -x /usr/bin/python3 ] || python=/usr/bin/python3
  "$python" benchmarks/report --run "$folder/benchmarks/curfew_bench" --parts "$parts" \
    --out "build/bench/report/boost-$boost" "$@"
}

# run_peers: other systems, as far as this machine has them
run_peers() {
  local boost=$1 folder=$PWD/build/boost-$1
  (need peers) || say 'some of the other systems cannot be installed'
  bash cmake/boost-headers.sh "$boost" "$folder" cobalt container context >&2 || say "no Boost.Cobalt $boost"
  benchmarks/peers/run --out build/bench/peers --boost "$folder/usr"
}

run_bench() {
  local boosts=() peers='' options=() version failed=0 parts=times,echo,compile,instructions boost_option
  while [ $# -gt 0 ]; do
    case $1 in
      --boost) boosts=("${2?which Boost}"); shift 2 ;;
      --peers) peers=yes; shift ;;
      *) options+=("$1"); shift ;;
    esac
  done
  setup build bench
  if [ ${#boosts[@]} = 0 ]; then
    for version in "${newest_boosts[@]}"; do
      if take_boost "$version"; then boosts=("$version"); break; fi
    done
    version=$(system_boost)
    [[ -z $version || " ${boosts[*]-} " == *" $version "* ]] || boosts+=("$version")
  fi
  if [ -n "$peers" ]; then
    run_peers "${boosts[0]}"
    options+=(--peers build/bench/peers)
  fi
  for version in "${boosts[@]}"; do
    bench_with "$version" "$parts" ${options[@]+"${options[@]}"} || failed=1
    parts=times,echo  # what compiling takes, and instructions, are counted once
  done
  say "the reports are build/bench/report/*/report.md"
  return $failed
}

# The text of the report ends with the totals, which is what the README says.
run_coverage() {
  local folder=build/coverage ignored=(--exclude-throw-branches --exclude-unreachable-branches)
  setup build coverage
  # ccache and gcov do not agree on where the notes are.
  export CMAKE_CXX_COMPILER_LAUNCHER=
  configure coverage "$folder"
  cmake --build "$folder"
  find "$folder" -name '*.gcda' -delete
  ctest --preset coverage "$@"
  mkdir -p "$folder/report"
  gcovr --root . --object-directory "$folder" --filter include/ --filter src/ "${ignored[@]}" \
    --gcov-ignore-parse-errors --html-details "$folder/report/index.html" --json-summary "$folder/report/summary.json" \
    --txt "$folder/report/report.txt" "$folder"
  python3 test/checks/coverage.py "$folder/report/summary.json"
}

run_soak() {
  local seconds=${1-120}
  setup build
  configure asan-ubsan build/soak -DCURFEW_BUILD_TESTS=OFF
  cmake --build build/soak --target http_server
  # What was freed is kept from reuse for a while: for less than the soak lasts.
  ASAN_OPTIONS=quarantine_size_mb=8 python3 examples/http_server/soak.py "$seconds" build/soak/bin/http_server
}

run_format() {
  need format
  git ls-files -z '*.hpp' '*.cpp' | xargs -0 -r "clang-format-$clang" -i "$@"
}

run_package() {
  local folder linkage
  setup build
  for linkage in static shared; do
    folder=build/package-$linkage
    configure release "$folder" -DCURFEW_BUILD_EXAMPLES=OFF -DCURFEW_BUILD_BENCHMARKS=OFF -DCURFEW_SPDLOG=ON \
      "-DBUILD_SHARED_LIBS=$([ $linkage = shared ] && echo ON || echo OFF)"
    cmake --build "$folder" --target curfew curfew_testing curfew_spdlog
    ctest --test-dir "$folder" --no-tests=error --output-on-failure -L package
  done
  python3 cmake/vcpkg/write-registry.py build/registry || [ $? = 77 ]
}

run_docs() {
  local result=0
  need docs
  have doxygen || die "please install Doxygen 1.9.4 or newer"
  python3 doc/site/build.py . build/docs
  python3 test/checks/links.py build/docs build/docs/front.png || result=$?
  [ $result = 77 ] || return $result
}

# cell <preset> <boost> [name=<name> [without=<label>]] [options of CMake]: one row of the matrix. With a name it
# is a variant, which is built and tested with the examples alone, as these reach all of the library; without
# those of the label, which the variant cannot have.
cell() {
  local preset=$1 boost=$2 name='' folder boost_option start=$SECONDS result=passed build=() tests=(-LE 'source|package|docs')
  shift 2
  if [[ ${1-} == name=* ]]; then
    name=${1#name=}
    build=(--target examples/all)
    tests=(-R '^example/' -LE 'demo|python')
    shift
    if [[ ${1-} == without=* ]]; then
      tests=(-R '^example/' -LE "demo|python|${1#without=}")
      shift
    fi
  fi
  [[ "$preset${name:+, $name}, $boost" =~ $only ]] || return 0
  cells=$((cells + 1))
  folder=build/matrix/$preset${name:+-${name// /-}}-boost-$boost
  say "$preset${name:+, $name,} with Boost $boost, log in $folder/matrix.log"
  mkdir -p "$folder"
  if ! {
    take_boost "$boost" &&
      configure "$preset" "$folder" -DCURFEW_BUILD_BENCHMARKS=OFF ${boost_option:+"$boost_option"} "$@" &&
      uses_boost "$folder" "$boost" && cmake --build "$folder" "${build[@]}"
  } >"$folder/matrix.log" 2>&1; then
    result='FAILED to build'
  elif ! ctest --test-dir "$folder" --no-tests=error --output-on-failure "${tests[@]}" \
    >>"$folder/matrix.log" 2>&1; then
    result='FAILED its tests'
  fi
  if [ "$result" != passed ]; then
    failed=1
    tail -n 40 "$folder/matrix.log" >&2
  fi
  row "$preset${name:+, $name}" "$boost" "$result, $((SECONDS - start)) s"
}

row() { rows+=("$(printf '%-34s %-6s %s' "$@")"); }

# Sets boosts to the newest that can be had, and to those in between, down to the oldest that will do.
find_boosts() {
  local version boost_option
  boosts=()
  for version in "${newest_boosts[@]}" 1.83 1.$minimum_boost; do
    if take_boost "$version"; then boosts+=("$version"); else row - "$version" 'not to be had'; fi
  done
  [ ${#boosts[@]} -gt 0 ] || boosts=("$(system_boost)")
}

# What a user's program may be compiled with.
run_variants() {
  local system
  system=$(system_boost)
  cell dev "$system" name=shared -DBUILD_SHARED_LIBS=ON
  cell dev "$system" name=handler-tracking -DCMAKE_CXX_FLAGS=-DBOOST_ASIO_ENABLE_HANDLER_TRACKING
  cell dev "$system" name=no-deprecated -DCMAKE_CXX_FLAGS=-DBOOST_ASIO_NO_DEPRECATED
  # The servers read their options with Boost.Program_options, which needs type information, and run threads.
  cell dev "$system" name=no-rtti -DCMAKE_CXX_FLAGS=-fno-rtti -DCURFEW_EXAMPLE_SERVERS=OFF
  cell dev "$system" name=disable-threads without=threads -DCMAKE_CXX_FLAGS=-DBOOST_ASIO_DISABLE_THREADS -DCURFEW_EXAMPLE_SERVERS=OFF
}

run_matrix() {
  local rows=() failed=0 cells=0 boosts system version compiler only=${1-}
  [ "$only" != quick ] || only=
  setup build
  find_boosts
  system=$(system_boost)
  (need clang) && have "clang++-$clang" || row clang - 'not to be had'
  if [ "${1-}" = quick ]; then
    cell clang "${boosts[0]}"
    cell clang-asan-ubsan "$system"
  else
    for version in "${boosts[@]}"; do cell dev "$version"; done
    cell clang "${boosts[0]}"
    cell clang "${boosts[-1]}"
    # The system's compiled libraries go with g++'s: of another Boost nothing but headers is taken.
    if [ "${boosts[0]}" != "$system" ] && (need libc++); then
      cell clang "${boosts[0]}" name=libc++ -DCMAKE_CXX_FLAGS=-stdlib=libc++ -DCURFEW_SPDLOG=OFF -DCURFEW_EXAMPLE_SERVERS=OFF \
        -DCMAKE_DISABLE_FIND_PACKAGE_GTest=ON
    else
      row libc++ - 'not to be had'
    fi
    for compiler in g++-15 g++-14 g++-13 clang++-16; do
      if [ $compiler = clang++-16 ]; then (need clang-16) || true; fi
      if have $compiler; then cell dev "$system" "name=$compiler" -DCMAKE_CXX_COMPILER=$compiler; else row "$compiler" - 'not to be had'; fi
    done
    for compiler in asan-ubsan clang-asan-ubsan tsan clang-tsan delays; do cell $compiler "$system"; done
    run_variants
  fi
  [ $cells -gt 0 ] || die "no row of the matrix matches '$only': rows are as 'clang-tsan, 1.81' and 'dev, shared, 1.81'"
  printf '\n%-34s %-6s %s\n' build Boost result
  printf '%s\n' "${rows[@]}"
  return $failed
}

word=${1-help}
[ $# = 0 ] || shift
case $word in
  demo | build | test | bench | coverage | soak | format | matrix | package | docs) "run_$word" "$@" ;;
  help | -h | --help) usage ;;
  *) usage >&2; die "there is no word '$word'" ;;
esac
