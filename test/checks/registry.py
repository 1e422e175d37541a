"""Writes a vcpkg registry, and checks that it has the form that vcpkg reads.

    registry.py <root of the project> <folder>
"""

import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path


def git(folder, *arguments):
    return subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True, text=True).stdout


def object_id(kind, data):
    return hashlib.sha1(f"{kind} {len(data)}\0".encode() + data).digest()


def tree_id(folder):
    """What git calls a folder, computed without git."""
    entries = []
    for path in sorted(folder.iterdir(), key=lambda p: p.name + ("/" if p.is_dir() else "")):
        mode, value = (b"40000", tree_id(path)) if path.is_dir() else (b"100644", object_id("blob", path.read_bytes()))
        entries.append(mode + b" " + path.name.encode() + b"\0" + value)
    return object_id("tree", b"".join(entries))


def faults(registry, root):
    ports = sorted(p.name for p in (registry / "ports").iterdir())
    if ports != ["curfew"]:
        yield f"there are the ports {ports}"
    manifest = json.loads((registry / "ports/curfew/vcpkg.json").read_text())
    version = manifest["version"]
    if manifest != json.loads((root / "cmake/vcpkg/ports/curfew/vcpkg.json").read_text()):
        yield "the manifest is not the overlay port's"

    baseline = json.loads((registry / "versions/baseline.json").read_text())
    if baseline != {"default": {"curfew": {"baseline": version, "port-version": 0}}}:
        yield f"the baseline is {baseline}"
    versions = json.loads((registry / "versions/c-/curfew.json").read_text())["versions"]
    if [v["version"] for v in versions] != [version] or any(set(v) != {"version", "git-tree"} for v in versions):
        yield f"the versions are {versions}"
    for entry in versions:
        if entry["git-tree"] != tree_id(registry / "ports/curfew").hex():
            yield f"git-tree {entry['git-tree']} is not that of ports/curfew"
        if entry["git-tree"] != git(registry, "rev-parse", "HEAD:ports/curfew").strip():
            yield "git-tree is not what is committed"
    if git(registry, "status", "--porcelain"):
        yield "not everything is committed"

    portfile = (registry / "ports/curfew/portfile.cmake").read_text()
    source = re.match(r"vcpkg_from_git\(\n    OUT_SOURCE_PATH SOURCE_PATH\n    URL (\S+)\n    REF ([0-9a-f]{40})\n", portfile)
    github = re.match(r"vcpkg_from_github\(\n    OUT_SOURCE_PATH SOURCE_PATH\n    REPO \S+/\S+\n"
                      r'    REF "v\$\{VERSION\}"\n    SHA512 [0-9a-f]{128}\n', portfile)
    if source and subprocess.run(["git", "-C", str(root), "cat-file", "-e", source[2] + "^{commit}"]).returncode:
        yield f"there is no commit {source[2]}"
    if not (source or github):
        yield "the portfile does not begin with a download"
    if "CMAKE_CURRENT_LIST_DIR" in portfile:
        yield "the portfile looks around where it lies"


def written(root, folder, *arguments):
    done = subprocess.run([sys.executable, "-B", str(root / "cmake/vcpkg/write-registry.py"), str(folder), *arguments])
    if done.returncode:
        sys.exit(done.returncode)
    yield from faults(folder, root)


if __name__ == "__main__":
    project, registry = (Path(argument).resolve() for argument in sys.argv[1:])
    found = [*written(project, registry.with_name(registry.name + "-of-a-release"), "--url",
                      "https://github.com/somebody/curfew", "--tag", "HEAD"),
             *written(project, registry)]
    print("\n".join(found) or "the registry has the form that vcpkg reads")
    sys.exit(1 if found else 0)
