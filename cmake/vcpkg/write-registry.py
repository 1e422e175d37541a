#!/usr/bin/env python3
"""Writes a vcpkg registry with the port of curfew: a git repository that a user names in the
vcpkg-configuration.json of a project.

    write-registry.py <folder> [--url <where users get curfew>] [--commit <which>] [--tag <of the release>]

Without --url that is the remote `origin`, else this checkout. From GitHub the archive of the release's
tag is taken; from elsewhere, the commit, HEAD unless another is named.
"""

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PORT = ROOT / "cmake/vcpkg/ports/curfew"
# The source of the overlay port: its comment and the line below that.
OVERLAY_SOURCE = re.compile(r"\A(?:#.*\n)+get_filename_component\(SOURCE_PATH .*\)\n")


def git(*arguments, at=ROOT, text=True):
    return subprocess.run(["git", "-C", str(at), *arguments], check=True, capture_output=True, text=text).stdout


def archive_sha512(name, version, tag):
    """That of what GitHub makes of a tag: git's archive, packed without a name and a time."""
    tar = git("archive", "--format=tar", f"--prefix={name}-{version}/", tag, text=False)
    packed = subprocess.run(["gzip", "-cn"], input=tar, check=True, capture_output=True).stdout
    return hashlib.sha512(packed).hexdigest()


def source_of(url, commit, version, tag):
    github = re.fullmatch(r"(?:https://github\.com/|git@github\.com:)([^/]+)/([^/]+?)(?:\.git)?/?", url)
    if github:
        owner, name = github.groups()
        sha512 = archive_sha512(name, version, tag or f"v{version}")
        return f"""vcpkg_from_github(
    OUT_SOURCE_PATH SOURCE_PATH
    REPO {owner}/{name}
    REF "v${{VERSION}}"
    SHA512 {sha512}
    HEAD_REF main
)
"""
    return f"""vcpkg_from_git(
    OUT_SOURCE_PATH SOURCE_PATH
    URL {url}
    REF {commit}
    HEAD_REF main
)
"""


def portfile(source):
    text, count = OVERLAY_SOURCE.subn(lambda _: source, (PORT / "portfile.cmake").read_text())
    if count != 1:
        raise SystemExit("write-registry: the portfile does not begin with the overlay's source")
    return text


def origin():
    try:
        return git("remote", "get-url", "origin").strip()
    except subprocess.CalledProcessError:
        return ROOT.as_uri()


def write_json(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=2) + "\n")


def write(folder, url, commit, tag):
    manifest = json.loads((PORT / "vcpkg.json").read_text())
    version = manifest["version"]
    text = portfile(source_of(url, commit, version, tag))

    shutil.rmtree(folder, ignore_errors=True)
    port = folder / "ports/curfew"
    port.mkdir(parents=True)
    shutil.copy(PORT / "vcpkg.json", port)
    (port / "portfile.cmake").write_text(text)

    git("init", "--quiet", "--initial-branch=main", str(folder))
    # What is written twice from one commit is the same twice.
    when = git("show", "--no-patch", "--format=%cI", commit).strip()
    os.environ.update(GIT_AUTHOR_DATE=when, GIT_COMMITTER_DATE=when)
    who = ["-c", "user.name=curfew", "-c", "user.email=curfew@localhost", "-c", "core.autocrlf=false"]
    git(*who, "add", "ports", at=folder)
    tree = git("write-tree", "--prefix=ports/curfew/", at=folder).strip()
    write_json(folder / "versions/baseline.json",
               {"default": {"curfew": {"baseline": version, "port-version": 0}}})
    write_json(folder / "versions/c-/curfew.json", {"versions": [{"version": version, "git-tree": tree}]})
    git(*who, "add", "versions", at=folder)
    git(*who, "commit", "--quiet", "-m", f"curfew {version}", at=folder)
    return git("rev-parse", "HEAD", at=folder).strip()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--url")
    parser.add_argument("--commit", default="HEAD")
    parser.add_argument("--tag")
    options = parser.parse_args()
    if subprocess.run(["git", "-C", str(ROOT), "rev-parse", "HEAD"], capture_output=True).returncode:
        print("write-registry: this is no git checkout, so there is no commit to name")
        raise SystemExit(77)
    commit = git("rev-parse", options.commit + "^{commit}").strip()
    if git("status", "--porcelain", "--", "CMakeLists.txt", "cmake", "include", "src"):
        print("write-registry: the checkout differs from its commit, which is what the port takes")
    baseline = write(options.folder.resolve(), options.url or origin(), commit, options.tag)
    print(f"write-registry: {options.folder}, baseline {baseline}")


if __name__ == "__main__":
    main()
