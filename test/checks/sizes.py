#!/usr/bin/env python3
"""Fails when a header has become too long to be read in one go.

    sizes.py <root of the project>
"""

import sys
from pathlib import Path

LIMIT = 300

root = Path(sys.argv[1])
headers = sorted(root.glob("include/curfew/**/*.hpp"))
lines = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in headers}
too_long = {path: count for path, count in lines.items() if count > LIMIT}
for path, count in too_long.items():
    print(f"{path.relative_to(root)}: {count} lines, {LIMIT} are allowed")
if not headers:
    print(f"there are no headers in {root}")
sys.exit(1 if too_long or not headers else 0)
