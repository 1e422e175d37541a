"""Turns pages of Markdown, as GitHub shows them, and the examples into pages of the site.

Headings get the anchors that GitHub gives them, and links to pages, to examples and to headings are
made to lead to what the site has of them. A link to a file that the site does not show becomes text.
"""

import html
import os
import re

BLOCK = re.compile(r"(^ *```.*?^ *```[^\n]*$)", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^(#{1,6}) (.+?)[ \t]*$", re.MULTILINE)
LINK = re.compile(r"\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\(([^)\s]+)\)")
HASH = "~~"  # Doxygen takes a "#" for a link of its own,
BAR = "\ue000"  # and a bar for the end of a cell
INTRODUCTION = re.compile(r"\A(?:// \S.*\n)+|\A(?:# \S.*\n)+")  # up to what is indented or empty


def slug(heading):
    """The anchor that GitHub gives a heading."""
    text = re.sub(r"[`*]|\]\([^)]*\)|\[", "", heading).lower()
    return re.sub(r"[^\w\- ]", "", text).replace(" ", "-")


def label(page, anchor):
    return f"{page}-{anchor}" if anchor else page


class Site:
    """Which page shows which file of the project: {path: name of the page}."""

    def __init__(self, root):
        self.root = root
        self.pages = {}  # Markdown, by its path
        self.examples = {}  # programs, by their path
        self.others = {"include/curfew": "reference.html", "examples": "programs.html"}

    def target(self, source, link):
        """Where a link of the page `source` leads in the site; None for what it does not show."""
        path, _, anchor = link.partition("#")
        if re.match(r"[a-z]+:", link):
            return link
        path = os.path.normpath(os.path.join(os.path.dirname(source), path)) if path else source
        if path in self.pages:
            page = self.pages[path]
            if not anchor:
                return f"{page}.html"
            return f"{page}.html{HASH}{label(page, anchor)}"
        if path in self.examples:
            return self.examples[path]
        if path in self.others:
            return self.others[path]
        folder = [example for example in self.examples if example.startswith(path + "/")]
        return f"programs.html{HASH}{slug(path)}" if folder else None

    def page(self, source, text):
        """What Doxygen reads of a page of Markdown."""
        name = self.pages[source]
        known = {}

        def heading(match):
            anchor = slug(match[2]) or "section"
            known[anchor] = known.get(anchor, -1) + 1
            if known[anchor]:
                anchor += f"-{known[anchor]}"
            first = match[1] == "#" and len(known) == 1
            if first and name == "index":
                return match[0]  # Doxygen names it itself
            return f"{match[1]} {match[2]} {{#{name if first else label(name, anchor)}}}"

        def link(match):
            if match[0].startswith("!"):
                return match[0]
            target = self.target(source, match[2])
            return f'<a href="{target}">{match[1]}</a>' if target else match[1]

        text = re.sub(r"`([^`\n]*\\\|[^`\n]*)`", in_a_cell, text)
        parts = BLOCK.split(text)
        for at in range(0, len(parts), 2):  # between the blocks of code
            parts[at] = linked(HEADING.sub(heading, parts[at]), link)
        return "".join(parts)


def in_a_cell(match):
    """Code of a table, in which GitHub wants its bars escaped, and Doxygen not."""
    return f"<code>{html.escape(match[1]).replace(chr(92) + '|', BAR)}</code>"


def linked(text, link):
    """The text with its links changed; those in code are none, but their text may be code."""
    kept = []

    def keep(match):
        kept.append(match[0])
        return f"\0{len(kept) - 1}\0"

    text = re.sub(r"`(?:[^`\n]|\n(?!\n))+`", lambda match: keep(match) if "](" in match[0] else match[0], text)
    text = LINK.sub(link, text)
    return re.sub("\0(\\d+)\0", lambda match: kept[int(match[1])], text)


def introduction(source):
    """The comment that a program begins with."""
    text = source.removeprefix("#!/usr/bin/env python3\n")
    match = INTRODUCTION.match(text)
    if match:
        return " ".join(line.lstrip("/# ").strip() for line in match[0].splitlines()).strip()
    match = re.match(r'"""(.*?)"""', text, re.DOTALL)
    return " ".join(match[1].split()) if match else ""
