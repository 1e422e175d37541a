#!/usr/bin/env python3
"""Compiles a snippet that must not compile and looks for the words that say why.

    check.py <snippet> <compiler> <flag> ...

A snippet names the words in comments `// expect: <words>`, at least one; one that must compile says
`// expect nothing`. Only syntax and types are checked.
"""

import re
import subprocess
import sys
from pathlib import Path

snippet, *command = sys.argv[1:]
text = Path(snippet).read_text(encoding="utf-8")
expected = re.findall(r"^// expect: (.+)$", text, re.MULTILINE)
must_compile = re.search(r"^// expect nothing$", text, re.MULTILINE) is not None
if bool(expected) == must_compile:
    sys.exit(f"{snippet}: says not what to expect")

done = subprocess.run([*command, "-fsyntax-only", "-x", "c++", snippet], text=True,
                      stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
# Compilers quote and wrap differently.
said = " ".join(done.stdout.split())

if must_compile:
    if done.returncode != 0:
        sys.exit(f"{snippet} does not compile:\n{done.stdout}")
elif done.returncode == 0:
    sys.exit(f"{snippet} compiles")
else:
    missing = [words for words in expected if words not in said]
    if missing:
        sys.exit(f"{snippet}: the compiler does not say\n  " + "\n  ".join(missing) +
                 "\nbut\n" + done.stdout)
