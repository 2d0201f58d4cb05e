#!/bin/sh
# Writes down what mutants record: runs and size, the medians of 21 campaigns, the chances of program
# and schedule, and the budget, ten times the mean. To be run after a change of the generator, of the
# shrinker or of a mutant; `./do campaign found` then agrees. A row whose budget was missed is measured again
# by the next call. Takes some minutes.
# Usage: checks/record_mutants.sh [PROGRAM]: build/midstride_laws_test
set -eu
program=$(realpath "${1:-build/midstride_laws_test}")
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"$program" --gtest_filter='*MutantsLong*' --gtest_output="json:$scratch/json" >"$scratch/log" 2>&1 || true
python3.11 - "$scratch/json" <<'SCRIPT'
import json, pathlib, re, sys

figures = {}
for suite in json.load(open(sys.argv[1]))["testsuites"]:
    for test in suite["testsuite"]:
        of_mutant = figures.setdefault(test["name"].split("/")[-1], {})
        for key in ("runs_median", "size", "size_max", "shape_permille", "schedule_permille", "runs_max"):
            if key in test:
                of_mutant[key] = int(test[key])


def round_up(number):  # to two digits
    unit = 10 ** max(len(str(number)) - 2, 0)
    return -(-number // unit) * unit


for path in sorted(pathlib.Path("model/mutants").glob("*.cpp")):
    before = path.read_text()
    rows = re.split(r'(?="[MZ]\d+",)', before)
    for at, row in enumerate(rows):
        figure = figures.get(row.split('"')[1] if row.startswith('"') else "", {})
        if "runs_max" in figure:
            figure["runs_max"] = round_up(figure["runs_max"])
        for key, value in figure.items():
            row = re.sub(rf"(\.{key} = )\d+", rf"\g<1>{value}", row)
        rows[at] = row
    if "".join(rows) != before:
        path.write_text("".join(rows))
        print("recorded:", path)
SCRIPT
