"""What a project that takes curfew as a subproject may rely on.

    cmake_rules.py <root of the project>

Every option and cache variable begins with CURFEW_ and is off, or a text, unless curfew is the top
level; nothing is downloaded; what a parent may have brought is looked for only where it is not there;
nothing is set for the whole of a build; warnings and defines of curfew's own build are private.
"""

import re
import sys
from pathlib import Path

COMMAND = re.compile(r"^[ \t]*(\w+)[ \t]*\(((?:[^()\"#]|\"(?:[^\"\\]|\\.)*\"|#[^\n]*|\((?:[^()]|\([^()]*\))*\))*)\)", re.MULTILINE)
DOWNLOADS = re.compile(r"FetchContent|ExternalProject|file\(\s*DOWNLOAD|CPMAddPackage|git clone|curl|wget")
GLOBAL = {"add_compile_options", "add_compile_definitions", "add_definitions", "add_link_options", "include_directories",
          "link_directories", "link_libraries"}
GLOBAL_VARIABLE = re.compile(r"^CMAKE_(CXX_(STANDARD|FLAGS|EXTENSIONS|VISIBILITY)|POSITION_INDEPENDENT|.*_OUTPUT_DIRECTORY|BUILD_TYPE)")


def commands(text):
    for match in COMMAND.finditer(re.sub(r"^[ \t]*#.*$", "", text, flags=re.MULTILINE)):
        yield match.group(1).lower(), match.group(2).split(), match.group(2)


def faults_of(name, text):
    if found := DOWNLOADS.search(text):
        yield f"{name}: {found.group()} downloads"
    for command, words, arguments in commands(text):
        if command == "option" and not words[0].startswith("CURFEW_"):
            yield f"{name}: the option {words[0]} does not begin with CURFEW_"
        if command == "option" and words[-1] not in ("OFF", "${PROJECT_IS_TOP_LEVEL}"):
            yield f"{name}: the option {words[0]} is on in a parent project"
        if command == "set" and "CACHE" in words and not words[0].startswith("CURFEW_"):
            yield f"{name}: the cache variable {words[0]} does not begin with CURFEW_"
        if command in GLOBAL:
            yield f"{name}: {command} is for the whole of a parent's folder"
        if command == "set" and GLOBAL_VARIABLE.match(words[0]):
            yield f"{name}: {words[0]} is the parent's"
        if command == "target_compile_options" and re.search(r"\b(PUBLIC|INTERFACE)\b", arguments):
            yield f"{name}: compile options for users: {' '.join(words)}"
    yield from unguarded(name, text)


def unguarded(name, text):
    """Each find_package and find_dependency is inside an if(NOT TARGET ...) of its own package."""
    inside = []
    for command, words, arguments in commands(text):
        if command == "if":
            inside.append(arguments)
        elif command in ("else", "elseif"):
            inside[-1] = arguments
        elif command == "endif":
            inside.pop()
        elif command in ("find_package", "find_dependency"):
            guard = re.compile(rf"NOT TARGET {re.escape(words[0])}::")
            if not any(guard.search(condition) for condition in inside):
                yield f"{name}: {words[0]} is looked for even where a parent has brought it"


def faults(root):
    # The folders below test/, examples/ and benchmarks/ are for developers.
    for path in [root / "CMakeLists.txt", *sorted((root / "cmake").glob("curfew*.cmake*"))]:
        yield from faults_of(path.name, path.read_text())


if __name__ == "__main__":
    found = list(faults(Path(sys.argv[1])))
    print("\n".join(found) or "nothing that a parent project would notice")
    sys.exit(1 if found else 0)
