#!/bin/sh
# midstride's one door: ./do VERB, the same commands at home and in CI. ./do help lists the verbs.
set -eu
cd "$(dirname "$0")"

# package, what needs it (build: every verb; test: test, check and campaign), why
packages='
build-essential        build  g++ 12 and the C++ library
cmake                  build  the build system
ninja-build            build  runs the build
libboost-context1.81-dev build  the context switch below every tasklet
libfmt-dev             build  text output
libcli11-dev           build  the command line
nlohmann-json3-dev     build  the JSON lines of --json
python3.11-dev         build  the real CPython 3.11 as a subject
libgtest-dev           build  unit tests
libgmock-dev           build  their matchers
librapidcheck-dev      build  property tests
libbenchmark-dev       build  ./do bench
clang-19               test   the second compiler for every digest, and libFuzzer
libclang-rt-19-dev     test   its sanitizer and fuzzer run-times
clang-format-14        test   the format of the tree
pypy3                  test   its stackless module, against which ./do campaign holds our order
'

help() {
  cat <<'HELP'
midstride finds the moment at which hot code reloading breaks something that is running.

./do fuzz [ARGUMENTS]   build, then 30 seconds over every subject of this machine
                        (arguments: build/midstride fuzz --help)
./do test               unit tests, laws, checks; then the long tests, everything again with sanitizers
                        by a second compiler, and the digests of both builds
./do test --quick       unit tests, laws, checks
./do replay FILE...     build, then show what happens in a scenario file
./do build [TARGET...]  leave the release program at build/midstride
./do bench [ARGUMENTS]  reload latency, cost of a turn, scenarios per second
./do campaign [PART...] the long runs: claims, mutants, matrix, Stackless, digests, fuzzer (about an hour)
./do check              format, layers, each header alone, forbidden words
./do setup              install what is missing from Debian, and say why
HELP
}

stop() { echo "./do: $*" >&2; exit 2; }

# missing USE...: the packages of these uses that are not installed. Where there is no dpkg, CMake
# has the last word.
missing() {
  command -v dpkg-query >/dev/null || return 0
  for use in "$@"; do
    echo "$packages" | awk -v use="$use" '$2 == use { print $1 }'
  done | while read -r package; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || echo "$package"
  done
}

# setup USE...: installs what is missing; silent, and without network, if nothing is.
setup() {
  absent=$(missing "$@")
  [ -n "$absent" ] || return 0
  command -v apt-get >/dev/null || stop "not a Debian; install by hand: $(echo $absent)"
  echo "midstride needs from Debian:"
  for package in $absent; do
    echo "$packages" | awk -v package="$package" '
      $1 == package { $1 = $2 = ""; printf "  %-26s%s\n", package, $0 }'
  done
  root=
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || stop "neither root nor sudo; run as root: apt-get install $(echo $absent)"
    root=sudo
  fi
  $root apt-get update -q
  $root env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends $absent
}

# build PRESET [TARGET...]
build() {
  preset=$1
  shift
  if [ "$preset" = release ]; then directory=build; else directory=build/$preset; fi
  mkdir -p "$directory"
  log=$directory/configure.log
  cmake --preset "$preset" >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
  cmake --build --preset "$preset" ${1:+--target} "$@"
}

# part WORDS...: one line that says what is being tested, with the minutes so far.
part() { echo; echo "== $(minutes) $*"; }
minutes() {
  seconds=$(($(date +%s) - started))
  printf '%d:%02d' $((seconds / 60)) $((seconds % 60))
}

# All four, so that one run says everything that is wrong.
check() {
  wrong=
  for one in format layers headers words; do
    checks/$one.sh || wrong="$wrong $one"
  done
  [ -z "$wrong" ] || { echo "./do check: FAILED:$wrong" >&2; exit 1; }
}

quick_tests() {
  part "release build and its quick tests"
  build release
  ctest --preset release -L quick --no-tests=error -j "$(nproc)"
  part "checks"
  check
  checks/selftest.sh
}

# The second build is clang's at -O0 with both sanitizers: it is as far from the first as can be,
# and compiles in half the time. It is slow, so each law tries fewer cases.
other_tests() {
  part "long tests"
  ctest --preset release --no-tests=error -L long -E MutantsLong -j "$(nproc)"
  part "the whole suite by clang -O0 under AddressSanitizer and UndefinedBehaviorSanitizer"
  build clang
  # Transcripts and long tests would take minutes there; digests are compared below.
  RC_PARAMS="${RC_PARAMS:-max_success=5}" ctest --preset clang --no-tests=error -L quick -E approved -j "$(nproc)"
  part "digests: g++ -O3 against clang -O0 with sanitizers"
  checks/digests.sh build/midstride build/clang/midstride 100
  part "a program of somebody else's, built on the installed library"
  checks/consumer/run.sh
}

# fuzz ARGUMENTS...: 30 seconds of every subject, unless the arguments say how long or what.
fuzz() {
  length='--time 30s'
  what='--subject all'
  for argument in "$@"; do
    case $argument in
      --time | --time=* | --runs | --runs=*) length='' ;;
      --subject | --subject=* | *.scenario) what='' ;;
      -h | --help) length='' what='' ;;
    esac
  done
  # shellcheck disable=SC2086  # each is one option and its value, or nothing
  build/midstride fuzz $length $what "$@"
}

verb=${1:-help}
[ $# = 0 ] || shift
started=$(date +%s)
case $verb in
  setup) setup build test; echo "everything that midstride needs is installed" ;;
  build) setup build; build release "${@:-midstride}" ;;
  fuzz) setup build; build release midstride; fuzz "$@" ;;
  replay) setup build; build release midstride; build/midstride replay "$@" ;;
  bench) setup build; build release midstride_bench; build/midstride_bench "$@" ;;
  check) setup build test; check ;;
  campaign) setup build test; checks/campaign.sh "$@" ;;
  test)
    case ${1:-} in '' | --quick) ;; *) stop "test takes --quick or nothing: $1" ;; esac
    setup build test
    # The last line says how it ended, whatever happened before.
    trap '[ $? = 0 ] || echo "./do test: FAILED after $(minutes)"' EXIT
    quick_tests
    [ "${1:-}" = --quick ] || other_tests
    echo
    echo "./do test: everything passed in $(minutes)"
    ;;
  help | -h | --help) help ;;
  *) stop "no such verb: $verb (./do help)" ;;
esac
