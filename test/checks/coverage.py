#!/usr/bin/env python3
"""Says what share of the library the tests reach, and fails where it is too little.

    coverage.py <summary that gcovr wrote as JSON>
"""

import json
import sys

LEAST = 95.0  # per cent of the lines

summary = json.load(open(sys.argv[1], encoding="utf-8"))
files = sorted(summary["files"], key=lambda f: f["line_percent"])
for f in files:
    missing = f["line_total"] - f["line_covered"]
    if missing:
        print(f"{f['line_percent']:5.1f} %  {missing:3} lines missing  {f['filename']}")
print(f"lines {summary['line_percent']:.1f} %, branches {summary['branch_percent']:.1f} %")
if summary["line_percent"] < LEAST:
    sys.exit(f"less than {LEAST} % of the lines")
