#!/usr/bin/env python3
"""Builds the documentation site with Doxygen.

    build.py <root of the project> <folder of the site>

What Doxygen reads is prepared beside the site, in <folder>.input. Every warning is an error.
"""

import html
import re
import shutil
import subprocess
import sys
from pathlib import Path

import headers
import navigation
import pages

HERE = Path(__file__).resolve().parent
# The first of the guide; what else is in doc/ follows.
FIRST = ["README.md"]
LAST = [
    "examples/asyncio_tour/README.md",
    "test/conformance/README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
]
FOLDERS = {
    "": "Programs",
    "adopt": "A plain server, step by step",
    "from_asio": "From plain Asio",
    "asyncio_tour": "The tour for users of asyncio",
    "testing": "Tests of a program that uses curfew",
    "http_server": "The HTTP and HTTPS server",
    "http_load": "Its clients",
    "http_common": "What both share",
}


def topics_of(text):
    """{name of a header without its suffix: name of its topic}."""
    found = {}
    for topic, names in re.findall(r"\\defgroup (\w+).*?\\headers\{([^}]*)\}", text, re.DOTALL):
        found.update((name, topic) for name in names.split())
    return found


def prepare_headers(root, to, topics):
    include = root / "include/curfew"
    public = [*include.glob("*.hpp"), *include.glob("testing/*.hpp")]
    names = {path.relative_to(include).with_suffix("").as_posix(): path for path in public}
    names["version"] = root / "cmake/version.hpp.in"
    for name in sorted(names.keys() ^ topics.keys()):
        yield f"doc/site/topics.dox: {name}.hpp is " + ("in no topic" if name in names else "no public header")
    for name, path in names.items():
        file = to / f"{name}.hpp"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(
            headers.prepared(path.read_text(), f"{name}.hpp", None if name == "fwd" else topics.get(name))
        )


def order_of(root):
    """Pages come in the order in which the page of pages, or else the front page, has them."""
    index = root / "doc/README.md"
    listed = (index.read_text() if index.exists() else "") + (root / "README.md").read_text()
    links = [Path(link).name for link in re.findall(r"\]\(([^)#]+\.md)", listed)]

    def place(name):
        last = Path(name).name
        return (name != "doc/README.md", links.index(last) if last in links else len(links), name)

    return place


def prepare_pages(root, to, site):
    to.mkdir(parents=True)
    guide = sorted((path.relative_to(root).as_posix() for path in (root / "doc").glob("*.md")), key=order_of(root))
    for path in [*FIRST, *guide, *LAST]:
        if (root / path).exists():
            folder = Path(path).parent.name
            site.pages[path] = (
                "index"
                if path == "README.md"
                else (f"{folder}_{Path(path).stem}" if Path(path).stem == "README" else Path(path).stem).lower()
            )
    for path, name in site.pages.items():
        text = site.page(path, (root / path).read_text())
        (to / f"{name}.md").write_text(text)


def example_address(name):
    """What Doxygen calls the page of an example."""
    return (
        re.sub(r"[A-Z]", lambda match: "_" + match[0].lower(), name).replace("/", "_2").replace(".", "_8")
        + "-example.html"
    )


def find_examples(root, site):
    sources = [path for path in (root / "examples").rglob("*") if path.suffix in (".cpp", ".hpp", ".py")]
    for path in sorted(sources):
        site.examples[path.relative_to(root).as_posix()] = example_address(
            path.relative_to(root / "examples").as_posix()
        )


def prepare_examples(root, to, site):
    """A page for each example, and one that lists them."""
    text, listed = "", {}
    for path, address in site.examples.items():
        file = root / path
        name = file.relative_to(root / "examples").as_posix()
        said = html.escape(pages.introduction(file.read_text()), quote=False)
        text += f"/** \\example {name}\n * \\details {said}\n"
        output = file.with_suffix(".out") if file.suffix == ".cpp" else file.with_suffix(".py.out")
        if output.exists():
            text += " *\n * It prints:\n * \\verbatim\n" + output.read_text() + " \\endverbatim\n"
        text += " */\n"
        listed.setdefault(file.parent.relative_to(root / "examples").as_posix().removeprefix("."), []).append(
            f' * - <a href="{address}">`{file.name}`</a>' + (f": {said[0].lower()}{said[1:]}" if said else "")
        )
    text += "/** \\page programs Examples\n * Each program is built with warnings as errors, and run by the tests,\n"
    text += " * which compare what it prints.\n"
    for folder in sorted(listed, key=lambda name: [*FOLDERS, name].index(name)):
        anchor = pages.slug(f"examples/{folder}") if folder else "examples-alone"
        text += f" *\n * \\section {anchor} {FOLDERS.get(folder, folder)}\n" + "\n".join(listed[folder]) + "\n"
    (to / "examples.dox").write_text(text + " */\n")


def version_of(root):
    return re.search(r"^\s*VERSION (\S+)", (root / "CMakeLists.txt").read_text(), re.MULTILINE)[1]


def run_doxygen(root, inputs, to):
    """Runs it; the warnings, with the names of the files that they are about."""
    settings = (
        (HERE / "Doxyfile").read_text()
        + f"""
INPUT = {inputs}
STRIP_FROM_PATH = {inputs} {inputs}/include
STRIP_FROM_INC_PATH = {inputs}/include
EXAMPLE_PATH = {root}/examples
PROJECT_NUMBER = {version_of(root)}
OUTPUT_DIRECTORY = {to.parent}
HTML_OUTPUT = {to.name}
HTML_HEADER = {HERE}/header.html
HTML_FOOTER = {HERE}/footer.html
HTML_STYLESHEET = {HERE}/style.css
HTML_EXTRA_FILES = {HERE}/site.js {HERE}/icon.svg
LAYOUT_FILE = {HERE}/layout.xml
USE_MDFILE_AS_MAINPAGE = {inputs}/pages/index.md
GENERATE_TAGFILE = {inputs}/names.xml
WARN_LOGFILE = {inputs}/warnings.txt
"""
    )
    done = subprocess.run(["doxygen", "-"], input=settings, text=True, cwd=root)
    found = (inputs / "warnings.txt").read_text().replace(f"{inputs}/pages/", "").replace(f"{inputs}/", "")
    return found.splitlines() + ([f"doxygen ended with {done.returncode}"] if done.returncode else [])


def build(root, to):
    inputs = to.with_name(to.name + ".input")
    for folder in (inputs, to):
        shutil.rmtree(folder, ignore_errors=True)
    to.mkdir(parents=True)
    topics = topics_of((HERE / "topics.dox").read_text())
    site = pages.Site(root)
    find_examples(root, site)
    faults = list(prepare_headers(root, inputs / "include/curfew", topics))
    prepare_pages(root, inputs / "pages", site)
    prepare_examples(root, inputs, site)
    shutil.copy(HERE / "topics.dox", inputs)
    faults += run_doxygen(root, inputs, to)
    if faults:
        shutil.rmtree(to)
    else:
        navigation.finish(to, inputs / "names.xml", site, list(dict.fromkeys(topics.values())))
    return faults


if __name__ == "__main__":
    found = build(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve())
    print("\n".join(found) or f"the site is in {sys.argv[2]}")
    sys.exit(1 if found else 0)
