#!/bin/sh
# The one-way rule, on #include lines: sim <- model <- properties <- runtimes <- {cli, fuzz, bench};
# nothing includes upwards, leaves and runtimes never include each other, and each third-party
# library is named in one place.
# Usage: checks/layers.sh [ROOT]. Prints one line per violation; exit 1 if there is one.
set -eu
cd "${1:-$(dirname "$0")/..}"

files=$(find sim model properties runtimes cli fuzz bench -name '*.[ch]pp' 2>/dev/null | LC_ALL=C sort)
[ -n "$files" ] || { echo "layers: no sources below $PWD" >&2; exit 1; }

# shellcheck disable=SC2086  # no file of ours has a space in its name
awk '
BEGIN {
  split("sim model properties runtimes cli fuzz bench", name, " ")
  split("0 1 2 3 4 4 4", height, " ")
  for (i in name) level[name[i]] = height[i]
  # library, the includes that name it, the only files that may
  rule("RapidCheck", "^rapidcheck", "^properties/laws_[^/]*_test\\.cpp$")
  rule("Boost.Context", "^boost/", "^(sim/fiber\\.[ch]pp|bench/raw_jump\\.cpp)$")
  rule("Google Benchmark", "^benchmark/", "^bench/")
  rule("GoogleTest", "^g(test|mock)/", "_test\\.[ch]pp$")
  rule("Python.h", "^(Python|frameobject|internal/pycore_.*)\\.h$", "^runtimes/cpython/")
  rule("lua.h", "^(lua|lauxlib|lualib)\\.h(pp)?$", "^runtimes/lua/")
  rule("CLI11", "^CLI/", "^cli/")
}
function rule(library, includes, place) {
  library_of[++rules] = library; includes_of[rules] = includes; place_of[rules] = place
}
function unit(path, part) {  # what may include itself only: a folder, or one runtime
  split(path, part, "/")
  return part[1] == "runtimes" ? part[1] "/" part[2] : part[1]
}
function wrong(why) { printf "%s:%d: %s\n", FILENAME, FNR, why; bad = 1 }
/^[ \t]*#[ \t]*include[ \t]*[<"]/ {
  quoted = $0 ~ /include[ \t]*"/
  path = $0; sub(/^[^<"]*[<"]/, "", path); sub(/[>"].*/, "", path)
  split(FILENAME, from, "/"); split(path, to, "/")
  for (r = 1; r <= rules; r++)
    if (path ~ includes_of[r] && FILENAME !~ place_of[r])
      wrong("includes <" path ">: " library_of[r] " is named in " place_of[r] " only")
  if (to[1] in level) {
    if (level[to[1]] > level[from[1]])
      wrong(from[1] " includes upwards: " path)
    else if (level[to[1]] == level[from[1]] && unit(path) != unit(FILENAME))
      wrong(unit(FILENAME) " includes its sibling: " path)
  } else if (quoted)
    wrong("\"" path "\" is not written from the root")
}
END { exit bad }
' $files && echo "layers: $(echo "$files" | wc -l) files keep the one-way rule"
