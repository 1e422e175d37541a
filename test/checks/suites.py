#!/usr/bin/env python3
"""Fails when the suites of the test program are not the ones that its source files are named after.

    suites.py <test program> <suite> ...
"""

import subprocess
import sys

program, *expected = sys.argv[1:]
listing = subprocess.run([program, "--list_content"], check=True, text=True,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout
# Suites that files share are listed once; a "*" marks what is enabled.
found = {line.partition("*")[0].split(":")[0].strip()
         for line in listing.splitlines() if line and not line[0].isspace()}

for suite in sorted(set(expected) - found):
    print(f"{suite}_test.cpp holds no suite {suite}")
for suite in sorted(found - set(expected)):
    print(f"{suite} is never run: put it into a suite that is named after its file")
for suite in sorted(suite for suite in set(expected) if expected.count(suite) > 1):
    print(f"there are two files {suite}_test.cpp")
sys.exit(0 if sorted(expected) == sorted(found) else 1)
