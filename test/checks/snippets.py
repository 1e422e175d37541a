"""What the documentation shows is what the examples compile.

Fails when a \\snippet of a header names a region that no example has, when a block of C++, of Python
or of expected output in a page is not to be found, word for word, in an example or in its .out file,
and when a page links to a file that is not there. A block of `diff` is to be found in the difference of two
programs that follow each other in a folder, as 0_plain.cpp and 1_limits.cpp do; a line `@@` leaves some of
it out. Pages are README.md and those in doc/ and examples/.
"""

import difflib
import re
import sys
import textwrap
from pathlib import Path

MARKER = re.compile(r"^[ \t]*//! \[.*\]\n", re.MULTILINE)
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^):#]+)\)")


STEP = re.compile(r"\d+_\w+\.cpp")


def block_in(kind, block, texts):
    if kind == "diff":
        return any(diff_in(block, text) for text in texts)
    wanted = textwrap.dedent(block).strip()
    return any(wanted in text for text in texts)


def diff_in(block, text):
    """Whether whole lines of the text are those of the block, in its order; what `@@` stands for is left out."""
    at = 0
    for part in block.split("@@\n"):
        at = text.find("\n" + part.rstrip("\n") + "\n", at)
        if at < 0:
            return False
        at += len(part)
    return True


def differences(folder):
    """What changes from each step of a folder to the next: all lines of both, with `-`, `+` or a space."""
    steps = sorted((p for p in folder.glob("*.cpp") if STEP.fullmatch(p.name)),
                   key=lambda p: int(p.name.partition("_")[0]))
    for one, other in zip(steps, steps[1:]):
        before, after = one.read_text().splitlines(), other.read_text().splitlines()
        lines = list(difflib.unified_diff(before, after, lineterm="", n=len(before) + len(after)))
        yield "\n".join(["", *(line.rstrip() for line in lines[3:]), ""])  # without the three of the heading


def every_indentation(text):
    """The text as it stands, and dedented by what a function or two put in front of it."""
    text = MARKER.sub("", text)
    for depth in (0, 2, 4):
        yield re.sub(rf"^ {{{depth}}}", "", text, flags=re.MULTILINE)


def faults_of_page(root, path, texts):
    page = path.read_text()
    name = path.relative_to(root)
    for kind, block in BLOCK.findall(page):
        if kind in texts and not block_in(kind, block, texts[kind]):
            yield f"{name}: this {kind} block is in no example:\n{textwrap.indent(block, '    ')}"
    for target in LINK.findall(BLOCK.sub("", page)):
        if not (path.parent / target).exists():
            yield f"{name}: there is no {target}"


def faults(root):
    examples = root / "examples"
    sources = sorted(examples.rglob("*.[ch]pp"))
    regions = {(p.name, name) for p in sources for name in re.findall(r"//! \[(.*)\]", p.read_text())}
    texts = {
        "cpp": [t for p in sources + sorted((root / "test/consumer").glob("*.cpp"))
                for t in every_indentation(p.read_text())],
        "python": [p.read_text() for p in sorted(examples.rglob("*.py"))],
        "text": [p.read_text() for p in sorted(examples.rglob("*.out"))],
        "diff": [text for folder in sorted({p.parent for p in sources}) for text in differences(folder)],
    }
    for path in sorted((root / "include").rglob("*.hpp")):
        for file, name in re.findall(r"\\snippet (\S+) (\S+)", path.read_text()):
            if (file, name) not in regions:
                yield f"{path.relative_to(root)}: there is no region [{name}] in an example {file}"
    for page in [root / "README.md", *sorted((root / "doc").glob("*.md")), *sorted(examples.rglob("*.md"))]:
        yield from faults_of_page(root, page, texts)


if __name__ == "__main__":
    found = list(faults(Path(sys.argv[1]).resolve()))
    print("\n".join(found) or "every snippet and every block of a page is in an example")
    sys.exit(1 if found else 0)
