#!/bin/sh
# The long runs, whose figures the documentation quotes.
# Usage: checks/campaign.sh [PART...], all of them by default:
#   claims   1,000,000 runs of the model's subjects: nothing claimed is violated; how often each guarantee was exercised
#   found    what is given up by design and every mutant is found; the median number of runs until then, over 21 seeds
#   matrix   100,000 runs of every subject: claims and findings do not differ
#   stackless  10,000 random programs of tasklets and channels do on Debian's pypy3 what they do here
#   digests  1,000 seeds in 8 builds (g++, clang; -O0, -O3; with and without sanitizers) and in two processes
#   fuzzer   5 minutes of hostile scenario files under libFuzzer with the sanitizers
# CAMPAIGN_RUNS, CAMPAIGN_SEEDS, CAMPAIGN_MATRIX, CAMPAIGN_DIGESTS and CAMPAIGN_SECONDS replace these numbers. Ends
# at the first failure with exit 1.
set -eu
cd "$(dirname "$0")/.."
runs=${CAMPAIGN_RUNS:-1000000} seeds=${CAMPAIGN_SEEDS:-21}
matrix_runs=${CAMPAIGN_MATRIX:-100000} digest_runs=${CAMPAIGN_DIGESTS:-1000} seconds=${CAMPAIGN_SECONDS:-300}
runs_per_search=10000
out=build/campaign
midstride=build/midstride

fail() { echo "campaign: FAILED: $*" >&2; exit 1; }
subjects() { $midstride list subjects | awk -v kind="$1" 'index($1, kind "/") == 1 { print $1 }'; }
# Those that generated scenarios show, each with the flags that its row asks for.
mutants() {
  for mutant in $($midstride list mutants | awk '$1 ~ /^[MZ][0-9]+$/ { print $1 }'); do
    $midstride explain "$mutant" | sed -n 's/^ *find it .*midstride fuzz --subject \(.*\) --runs .*/\1/p'
  done
}

# What the awk programs below read from a summary line.
json='
function text(key, s) { return match(s, "\"" key "\": *\"[^\"]*\"") ? value(s) : "" }
function number(key, s) { return match(s, "\"" key "\": *[0-9.e+-]+") ? value(s) : "" }
function value(s) { s = substr(s, RSTART, RLENGTH); sub(/^"[^"]*": */, "", s); gsub(/"/, "", s); return s }
function part(key, s, from, until) {
  if (!match(s, "\"" key "\": *" from)) return ""
  s = substr(s, RSTART + RLENGTH); sub(until ".*", "", s); return s
}
'

claims() {
  echo "== claims: $runs runs over the model's subjects"
  each=$((runs / $(subjects model | wc -l) + 1))
  subjects model | xargs -P "$(nproc)" -I {} sh -c '
    file=$1/claims-$(echo "$2" | tr / _).json
    $3 fuzz --subject "$2" --runs "$4" --seed 1 --keep-going --json "$file" >"$file.out" 2>&1 && exit
    cat "$file.out"
    exit 255
  ' - "$out" {} "$midstride" "$each" || fail "a claimed guarantee was violated, or what is given up was not found"
  awk "$json"'
    /"type": *"summary"/ {
      printf "%-44s%10d runs%12d turns%8.1f s\n",
        text("subject", $0), number("runs", $0), number("turns", $0), number("seconds", $0)
      runs += number("runs", $0); seconds += number("seconds", $0); subjects++
      n = split(part("exercised", $0, "[{]", "[}]"), pair, ",")
      for (i = 1; i <= n; i++) { split(pair[i], kv, ":"); gsub(/[" ]/, "", kv[1]); exercised[kv[1]] += kv[2] }
    }
    END {
      for (g in exercised) printf "exercised %-34s%10d runs\n", g, exercised[g] | "sort"
      close("sort")
      printf "claims: %d runs of %d subjects in %.0f s of processor time: ", runs, subjects, seconds
      print "no claimed guarantee was violated"
    }' "$out"/claims-*.json
}

# Each subject and seed is a search of its own; the table has the median of the runs until the first
# violation.
found() {
  echo "== found: what is given up by design, and every mutant, from $seeds seeds of at most $runs_per_search runs"
  [ -n "$(mutants)" ] || fail "midstride explain does not say how mutants are found"
  { subjects model; mutants; } | while read -r subject flags; do
    for seed in $(seq "$seeds"); do echo "$seed $subject${flags:+ $flags}"; done
  done | xargs -P "$(nproc)" -L 1 sh -c '
    out=$1 midstride=$2 runs=$3 seed=$4 subject=$5
    shift 5
    file=$out/found-$(echo "$subject" | tr / _)-$seed.json code=0
    $midstride fuzz --subject "$subject" "$@" --runs "$runs" --seed "$seed" --keep-going --json "$file" >"$file.out" 2>&1 || code=$?
    case $code in 0 | 1) ;; *) cat "$file.out"; exit 255 ;; esac
  ' - "$out" "$midstride" "$runs_per_search" || fail "a search did not end with a verdict"
  awk "$json"'
    /"type": *"summary"/ {
      subject = text("subject", $0); seen[subject]
      n = split(part("violated", $0, "\\[", "\\]"), object, "}")
      for (i = 1; i <= n; i++)
        if ((g = text("guarantee", object[i])) != "") print subject, g, number("first_run", object[i])
    }' "$out"/found-*.json | LC_ALL=C sort -k1,1 -k2,2 -k3,3n | awk -v seeds="$seeds" '
    function row() {
      if (!n) return
      middle = n >= (seeds + 1) / 2 ? run[int((seeds + 1) / 2)] : "-"
      printf "%-44s%-24s found from %d of %d seeds, median run %s\n", subject, guarantee, n, seeds, middle
    }
    $1 != subject || $2 != guarantee { row(); subject = $1; guarantee = $2; n = 0 }
    { run[++n] = $3 }
    END { row() }' | tee "$out/found.txt"
  # By the guarantee that its row names. Those whose budget is larger are searched for below only.
  mutants | while read -r mutant flags; do
    row=$($midstride explain "$mutant")
    guarantee=$(echo "$row" | sed -n 's/^ *caught by *//p')
    budget=$(echo "$row" | sed -n 's/^ *budget .* within //p')
    [ "$budget" -gt "$runs_per_search" ] || grep -q "^$mutant *$guarantee " "$out/found.txt" ||
      fail "$mutant was not found by $guarantee"
  done
  echo "== found: what mutants record is what is measured"
  cmake --build --preset release --target midstride_laws_test >"$out/log" || fail "the laws do not build: $(cat "$out/log")"
  ctest --preset release --no-tests=error -R MutantsLong >"$out/log" || fail "mend the rows: checks/record_mutants.sh: $(cat "$out/log")"
}

matrix() {
  echo "== matrix: $matrix_runs runs of every subject"
  $midstride matrix --runs "$matrix_runs" --json "$out/matrix.json" || fail "claims and findings differ"
}

stackless() {
  echo "== stackless: 10000 random programs here and on the stackless module of pypy3"
  command -v pypy3 >/dev/null || { echo "stackless: passed over, pypy3 is not installed"; return; }
  cmake --build --preset release --target midstride_laws_test >"$out/log" || fail "the laws do not build: $(cat "$out/log")"
  build/midstride_laws_test --gtest_also_run_disabled_tests --gtest_filter='ChannelPrograms.*' >"$out/programs.txt" ||
    fail "no programs: $(tail "$out/programs.txt")"
  pypy3 checks/stackless_pypy.py "$out/programs.txt" || fail "pypy3 does something else"
}

digests() {
  echo "== digests: $digest_runs seeds, every build against build/midstride (g++ -O3)"
  checks/digests.sh $midstride $midstride "$digest_runs"
  for compiler in g++ clang++-19; do
    for level in -O0 -O3; do
      for sanitizers in '' '-fsanitize=address,undefined -fno-sanitize-recover=all'; do
        directory=build/digest-$compiler$level${sanitizers:+-asan}
        cmake -S . -B "$directory" -G Ninja -DCMAKE_BUILD_TYPE=None -DCMAKE_CXX_COMPILER=$compiler \
          -DCMAKE_CXX_FLAGS="$level $sanitizers" -DMIDSTRIDE_TESTS=OFF -DMIDSTRIDE_BENCH=OFF >"$out/log"
        cmake --build "$directory" --target midstride >"$out/log" ||
          fail "$directory does not build: $(cat "$out/log")"
        checks/digests.sh $midstride "$directory/midstride" "$digest_runs"
      done
    done
  done
}

fuzzer() {
  echo "== fuzzer: $seconds seconds of scenario files"
  cmake --preset fuzz >"$out/log"
  cmake --build --preset fuzz --target scenario_text_fuzzer >"$out/log" ||
    fail "the fuzzer does not build: $(cat "$out/log")"
  mkdir -p "$out/texts"
  find corpus -name '*.scenario' -exec cp {} "$out/texts" \;
  build/fuzz/scenario_text_fuzzer -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
    -print_final_stats=1 -artifact_prefix="$out/" "$out/texts" >"$out/fuzzer.log" 2>&1 ||
    fail "an input breaks the reader: $(tail -50 "$out/fuzzer.log")"
  grep -E '^(Done|stat::(number_of_executed_units|slowest_unit_time_sec|peak_rss_mb))' "$out/fuzzer.log"
}

[ $# -gt 0 ] || set -- claims found matrix stackless digests fuzzer
cmake --preset release >/dev/null
cmake --build --preset release --target midstride
rm -rf "$out"
mkdir -p "$out"
for part in "$@"; do
  case $part in
    claims | found | matrix | stackless | digests | fuzzer) $part ;;
    *) fail "no such part: $part" ;;
  esac
done
echo "campaign: passed: $*"
