#!/bin/sh
# Every check fails on a planted example, by the message that names it, and passes on the same tree
# without it.
# Usage: checks/selftest.sh. Exit 1 at the first check that can be fooled.
set -eu
checks=$(cd "$(dirname "$0")" && pwd)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT

cp "$checks/../.clang-format" "$tree"
cd "$tree"
mkdir -p sim model properties runtimes/cpython runtimes/lua cli bench
git init -q .
git config user.name planted
git config user.email planted@example.org
printf '// A clean header.\n#pragma once\n\nint below();\n' >sim/below.hpp
printf '#include "sim/below.hpp"\n\nint above() { return below(); }\n' >model/above.cpp
printf '// Another.\n#pragma once\n' >runtimes/lua/other.hpp
git add . && git commit -qm 'A clean tree.'

planted=0
# fooled WHY: ends the self-test with what the check said.
fooled() {
  cat "$tree/.git/out"
  echo "selftest: $*" >&2
  exit 1
}
# passes CHECK: the clean tree passes.
passes() {
  sh "$checks/$1" "$tree" >"$tree/.git/out" 2>&1 || fooled "$1 fails on a clean tree"
}
# catches CHECK FILE LINE MESSAGE: with LINE in FILE the check fails and says MESSAGE.
catches() {
  printf '%s\n' "$3" >"$2"
  if sh "$checks/$1" "$tree" >"$tree/.git/out" 2>&1 || ! grep -qF "$4" "$tree/.git/out"; then
    fooled "$1 does not catch '$3' in $2"
  fi
  rm "$2"
  planted=$((planted + 1))
}

for check in layers.sh headers.sh format.sh words.sh; do passes $check; done

catches layers.sh sim/up.cpp '#include "model/above.hpp"' 'sim includes upwards'
catches layers.sh model/up.cpp '# include <cli/x.hpp>' 'model includes upwards'
catches layers.sh bench/side.cpp '#include "cli/x.hpp"' 'bench includes its sibling'
catches layers.sh runtimes/cpython/side.cpp '#include "runtimes/lua/other.hpp"' 'runtimes/cpython includes its sibling'
catches layers.sh model/near.cpp '#include "near.hpp"' 'not written from the root'
catches layers.sh properties/law.cpp '#include <rapidcheck.h>' 'RapidCheck is named in'
catches layers.sh model/fiber.cpp '#include <boost/context/fiber.hpp>' 'Boost.Context is named in'
catches layers.sh sim/speed.cpp '#include <benchmark/benchmark.h>' 'Google Benchmark is named in'
catches layers.sh sim/check.cpp '#include <gtest/gtest.h>' 'GoogleTest is named in'
catches layers.sh cli/py.cpp '#include <Python.h>' 'Python.h is named in'
catches layers.sh runtimes/cpython/lua.cpp '#include "lua.h"' 'lua.h is named in'
catches layers.sh properties/args.cpp '#include <CLI/CLI.hpp>' 'CLI11 is named in'

catches headers.sh model/needs.hpp 'inline std::string name();' 'model/needs.hpp does not compile alone'
catches format.sh sim/spaces.cpp 'int  f( ) ;' 'sim/spaces.cpp'

# One planted line per rule of forbidden.txt; a rule without one is caught below.
while IFS='|' read -r file line; do
  catches words.sh "$file" "$line" "$file:1:"
done <<'PLANTED'
README.md|TODO: finish
docs.txt|see /home/somebody/notes
cli/a.cpp|void f() { assert(1); }
cli/a.cpp|using namespace std;
sim/a.cpp|std::random_device d;
sim/a.cpp|std::mt19937 g;
model/a.cpp|std::uniform_int_distribution<int> d;
model/a.cpp|int r = rand();
model/a.cpp|std::unordered_map<int, int> m;
model/a.hpp|std::size_t h = std::hash<int>{}(1);
properties/a.cpp|auto t = std::chrono::steady_clock::now();
sim/a.cpp|auto t = time(nullptr);
sim/a.cpp|auto v = std::getenv("HOME");
sim/a.cpp|auto d = __DATE__;
sim/a.cpp|std::thread t;
sim/a.cpp|std::map<Frame*, int> m;
model/a.cpp|void f() { std::cout << 1; }
PLANTED
rules=$(grep -cE '^(all|code|core) ' "$checks/forbidden.txt")
lines=$(sed -n '/^done <<.PLANTED/,/^PLANTED/p' "$checks/selftest.sh" | grep -c '|')
[ "$rules" = "$lines" ] || fooled "$rules rules in forbidden.txt, $lines planted lines"

# A comment may name what code may not, and history is searched too.
printf '// Not std::hash: it differs.\n' >sim/comment.cpp
passes words.sh
rm sim/comment.cpp
git commit -q --allow-empty -m 'FIXME later.'
if sh "$checks/words.sh" "$tree" >"$tree/.git/out" 2>&1 ||
  ! grep -q '^commit .*: FIXME later' "$tree/.git/out"; then
  fooled "words.sh does not read the history"
fi

# Two programs that disagree from run 37 of one subject on: the digests differ and that run is
# named.
cat >"$tree/program" <<'PROGRAM'
#!/bin/sh
while [ $# -gt 0 ]; do
  case $1 in --subject) subject=$2 ;; --runs) runs=$2 ;; --json) json=$2 ;; esac
  shift
done
[ "$subject" != all ] || subject='model/swap model/handle'
for one in $subject; do
  digest=0
  [ "$one $((runs >= ${DIFFERENT_FROM:-1000}))" != 'model/swap 1' ] || digest=1
  echo "{\"type\": \"summary\", \"subject\": \"$one\", \"runs\": $runs, \"turns\": 9, \"digest\": \"$digest\"}"
done >"$json"
PROGRAM
printf '#!/bin/sh\nDIFFERENT_FROM=37 exec "%s/program" "$@"\n' "$tree" >"$tree/other"
chmod +x "$tree/program" "$tree/other"
sh "$checks/digests.sh" "$tree/program" "$tree/program" >"$tree/.git/out" 2>&1 ||
  fooled "digests.sh sees a difference where there is none"
if sh "$checks/digests.sh" "$tree/program" "$tree/other" >"$tree/.git/out" 2>&1 ||
  ! grep -qF 'model/swap: the first run that differs is run 37' "$tree/.git/out"; then
  fooled "digests.sh does not see a difference"
fi

echo "selftest: $((planted + 2)) planted faults, all caught"
