#!/usr/bin/env python3
"""Runs a program whose test hangs, and checks that it is ended and says why.

    hangs.py <program>
"""

import signal
import subprocess
import sys

done = subprocess.run([sys.argv[1]], stderr=subprocess.PIPE, text=True, timeout=60)
print(done.stderr)
expected = ["has not returned within 500 ms", '"waiting" waits', '"test"']
missing = [words for words in expected if words not in done.stderr]
if missing:
    print("it does not say:", missing)
if done.returncode != -signal.SIGABRT:
    print("it was not aborted, but ended with", done.returncode)
sys.exit(1 if missing or done.returncode != -signal.SIGABRT else 0)
