#!/usr/bin/env python3
"""The table of the conformance suite, test/conformance/README.md: made anew, or with --check compared.

    conformance.py [--check] <root of the project> <test program>

Fails when a case fails or is not in the program, when an id is used twice, is both a case and not
applicable or is neither, and, with --check, when the table is not the one that would be made.
"""

import argparse
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

AREAS = {
    "WF": "Waiting with a limit", "TS": "Timeout scopes", "RS": "Moving a deadline", "SH": "Shields",
    "TC": "Cancelling a task", "SY": "Events, locks and queues", "TG": "Task groups",
    "GA": "Gather", "WA": "Wait", "AC": "As completed", "RN": "Running and shutting down",
    "TT": "Tokens", "VC": "The virtual clock", "AX": "Asio's own traps",
}
INTRODUCTION = """\
# The conformance suite

What Python's asyncio, Trio, anyio, tokio, Kotlin's coroutines, Go's contexts, .NET and folly agree on
when something is cancelled or runs out of time is written down in their tests. Each row here is one
such behaviour, restated for Asio's coroutines, or a trap that only Asio has. Where the systems
disagree, curfew has one rule, and the row tests that.

A case carries its id: `curfew_tests --run_test=@WF-01` runs one alone. This page is made from the
sources and from a run of the program:

    python3 test/checks/conformance.py . build/dev/test/curfew_tests
"""
ID = r"[A-Z]{2}-\d+"


@dataclass
class Case:
    id: str
    name: str
    file: str
    suite: str


def cases_in(text, file):
    """The cases of one source, and the suite that they are in."""
    text = re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE)
    suite = re.search(r"BOOST_(?:AUTO|FIXTURE)_TEST_SUITE\(\s*(\w+)", text)
    found = re.findall(rf'\bCONFORMS\(\s*"({ID})"\s*,\s*(\w+)\s*\)', text)
    return [Case(id, name, file, suite[1] if suite else "") for id, name in found]


def reasons_in(text, file):
    """{id: reason} of one list, and its faults. An indented line goes on with the one before it."""
    reasons, faults = [], []
    for line in text.splitlines():
        match = re.fullmatch(rf"({ID}): (\S.*)", line)
        if match:
            reasons.append([match[1], match[2].strip()])
        elif line[:1].isspace() and line.strip() and reasons:
            reasons[-1][1] += " " + line.strip()
        elif line.strip():
            faults.append(f"{file}: this is no `id: reason`: {line}")
    faults += [f"{file}: {id} gives no reason of one sentence"
               for id, reason in reasons if not reason.endswith(".")]
    return reasons, faults


def results_in(report):
    """{(suite, case): result} of Boost.Test's detailed report in XML."""
    results = {}

    def visit(node, suite):
        for each in node:
            if each.tag == "TestCase":
                results[suite, each.get("name")] = each.get("result")
            elif each.tag == "TestSuite":
                visit(each, suite or each.get("name"))

    master = xml.fromstring(report).find("TestSuite")
    visit(master, "")
    return results


def faults_of(ids, cases, reasons, results):
    """What is wrong with a suite: no id may be missing, used twice or unknown, no case may fail."""
    as_case, as_reason = Counter(c.id for c in cases), Counter(id for id, _ in reasons)
    for id in ids:
        if not as_case[id] and not as_reason[id]:
            yield f"{id} is neither a case nor not applicable"
    for id in sorted(set(as_case) | set(as_reason)):
        if id not in ids:
            yield f"{id} is not in ids.txt"
        if as_case[id] and as_reason[id]:
            yield f"{id} is both a case and not applicable"
        elif as_case[id] + as_reason[id] > 1:
            yield f"{id} appears twice"
    for case in cases:
        result = results.get((case.suite, case.name), "not in the program")
        if result != "passed":
            yield f"{case.file}: {case.id} {case.name}: {result}"


def rows_of(ids, cases, reasons, results):
    """{id: (behaviour, where, result)} in the order of the ids."""
    rows = {id: ("", "", "not applicable: " + reason) for id, reason in reasons}
    for case in cases:
        rows[case.id] = (case.name.replace("_", " "), f"[{case.file}]({case.file})",
                         results.get((case.suite, case.name), "not in the program"))
    return {id: rows[id] for id in ids if id in rows}


def count(rows):
    passed = sum(result == "passed" for _, _, result in rows.values())
    no = sum(result.startswith("not applicable") for _, _, result in rows.values())
    others = len(rows) - passed - no
    return (f"{len(rows)} rows: {passed} passed, {no} not applicable"
            + (f", {others} did not pass" if others else "") + ".\n")


def page_of(rows):
    page = [INTRODUCTION, "Together " + count(rows)]
    for prefix in dict.fromkeys(id[:2] for id in rows):
        area = {id: row for id, row in rows.items() if id[:2] == prefix}
        lines = [f"| {id} | {name} | {where} | {result} |" for id, (name, where, result) in area.items()]
        page.append("\n".join([f"## {AREAS[prefix]}\n", count(area), "| id | behaviour | where | result |",
                               "|---|---|---|---|", *lines]) + "\n")
    return "\n".join(page)


def run(program, suites):
    """The program's report on those suites, whether or not all passes."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.xml")
        selection = [f"--run_test={suite}" for suite in suites]
        subprocess.run([program, *selection, "--report_level=detailed", "--report_format=XML",
                        f"--report_sink={report}", "--log_level=nothing"], check=False)
        if not report.exists() or not report.stat().st_size:
            sys.exit(f"{program} died before it could report")
        return report.read_text(encoding="utf-8")


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--check", action="store_true")
    arguments.add_argument("root", type=Path)
    arguments.add_argument("program")
    given = arguments.parse_args()
    folder = given.root / "test/conformance"

    ids = (folder / "ids.txt").read_text().split()
    cases = [case for path in sorted(folder.glob("*_test.cpp"))
             for case in cases_in(path.read_text(encoding="utf-8"), path.name)]
    lists = [reasons_in(path.read_text(encoding="utf-8"), path.name)
             for path in sorted(folder.glob("not_applicable/*.txt"))]
    reasons = [reason for found, _ in lists for reason in found]
    results = results_in(run(given.program, sorted({case.suite for case in cases})))

    faults = [fault for _, found in lists for fault in found]
    faults += faults_of(ids, cases, reasons, results)
    page = page_of(rows_of(ids, cases, reasons, results))
    readme = folder / "README.md"
    if not given.check:
        readme.write_bytes(page.encode())
    elif not readme.exists() or readme.read_text(encoding="utf-8") != page:
        faults.append("test/conformance/README.md is out of date. To make it anew:\n"
                      f"    python3 test/checks/conformance.py . {given.program}")
    print("\n".join(faults) or "every behaviour has its case, and every case passed")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
