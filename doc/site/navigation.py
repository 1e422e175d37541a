"""Gives the pages that Doxygen wrote what is around the text: where one is, what there is besides, names
to search; and makes links of the names in their texts."""

import html
import json
import re
import xml.etree.ElementTree as ElementTree

import pages

# Lists that Doxygen writes, for which the site has its own, and what none of its pages uses.
UNUSED = [
    "annotated.html",
    "classes.html",
    "concepts.html",
    "dir_*.html",
    "doxygen_crawl.html",
    "examples.html",
    "files.html",
    "functions*.html",
    "globals*.html",
    "hierarchy.html",
    "modules.html",
    "namespace*.html",
    "pages.html",
    "*-members.html",
    "*.png",
    "*.js",
    "doxygen.svg",
    "tabs.css",
    "navtree.css",
]
OURS = ["site.js", "names.js"]
KINDS = {"enumeration": "enum", "variable": "constant", "typedef": "type", "define": "macro", "slot": "function"}
CODE = re.compile(r"<code>((?:curfew::)?(?:testing::)?)(\w+(?:::\w+)*)((?:\(|\.on|&lt;)[^<]*)?</code>")
PROJECT = ["changelog", "contributing", "security", "conformance_readme"]


class Names:
    """What the tag file says: topics with what is in them, pages, classes and where all names are."""

    def __init__(self, tags):
        self.topics, self.pages, self.classes, self.places, self.headers = {}, {}, {}, {}, {}
        for compound in ElementTree.parse(tags).getroot():
            kind = compound.get("kind")
            name, file = compound.findtext("name"), compound.findtext("filename")
            if kind == "group":
                self.topics[name] = (compound.findtext("title"), file, compound)
            elif kind == "file" and name.endswith(".hpp"):
                self.headers["curfew" + compound.findtext("path").rpartition("/curfew")[2] + name] = file
            elif kind == "page":
                self.pages[file.removesuffix(".html")] = (compound.findtext("title"), compound)
            elif kind in ("class", "struct", "concept") and "<" not in name:
                self.classes[name] = (kind, file)
                self.add(name, kind, file)
                for member in compound.findall("member"):
                    self.add_member(f"{name}::", member)
        for _, _, group in self.topics.values():
            for member in group.findall("member"):
                self.add_member("", member)
                for value in member.findall("enumvalue"):
                    self.add(
                        f"{member.findtext('name')}::{value.text}",
                        "value",
                        f"{value.get('file')}#{value.get('anchor')}",
                    )

    def add(self, name, kind, address):
        self.places.setdefault(short(name), (KINDS.get(kind, kind), address))

    def add_member(self, scope, member):
        name = short(member.findtext("name"))
        if scope and (name == scope.split("::")[-2] or name.startswith(("~", "operator"))):
            return
        self.add(scope + name, member.get("kind"), address_of(member))

    def members_of(self, topic):
        """(name, address) of each class and each function of a topic, as the headers have them."""
        seen = {}
        for child in self.topics[topic][2]:
            if child.tag in ("class", "concept") and "<" not in child.text:
                name = short(child.text)
                if "::" not in name and child.text in self.classes:
                    seen.setdefault(name, self.classes[child.text][1])
            elif child.tag == "member":
                name = short(child.findtext("name"))
                if not name.startswith("operator"):
                    seen.setdefault(name, address_of(child))
        return sorted(seen.items())


def short(name):
    """A name as its users write it."""
    return name.removeprefix("curfew::").removeprefix("testing::")


def address_of(member):
    return f"{member.findtext('anchorfile')}#{member.findtext('anchor')}"


def link(address, text, here, more=""):
    current = ' aria-current="page"' if address == here else ""
    return f'<a href="{address}"{current}{more}>{html.escape(text)}</a>'


def title_of(names, page):
    if page == "index":
        return "Overview"
    return re.sub(r"</?tt>", "", html.unescape(names.pages[page][0])) if page in names.pages else page


def side(names, site, topics, here):
    guide = [page for page in site.pages.values() if page not in PROJECT]
    project = [page for page in PROJECT if page in site.pages.values()]
    text = "<h2>Guide</h2><ul>"
    text += "".join(f"<li>{link(f'{page}.html', title_of(names, page), here)}</li>" for page in guide)
    text += f'</ul><h2>{link("reference.html", "Reference", here)}</h2><ul>'
    for topic in topics:
        title, file, _ = names.topics[topic]
        members = names.members_of(topic)
        inside = here == file or here in (address for _, address in members)
        text += f"<li>{link(file, html.unescape(title), here)}"
        if inside:
            text += "<ul>" + "".join(f"<li>{link(address, name, here)}</li>" for name, address in members) + "</ul>"
        text += "</li>"
    text += f'</ul><h2>{link("programs.html", "Examples", here)}</h2>'
    if project:
        text += "<h2>Project</h2><ul>"
        text += "".join(f"<li>{link(f'{page}.html', title_of(names, page), here)}</li>" for page in project) + "</ul>"
    return f"<details open><summary>Pages</summary>{text}</details>"


def on_this_page(text):
    """The sections of a page, or the members of a class."""
    found = re.findall(r'<h1><a class="anchor" id="([^"]+)"></a>\s*(.*?)</h1>', text, re.DOTALL)
    if len(found) < 2:
        members = re.findall(
            r'<h2 class="memtitle"><span class="permalink"><a href="#(\w+)">.*?</span>(.*?)</h2>', text, re.DOTALL
        )
        found = list(
            {
                re.sub(r"(\(\))? *<span.*|\(\)$", "", name, flags=re.DOTALL): anchor
                for anchor, name in reversed(members)
            }.items()
        )
        found = [(anchor, name) for name, anchor in reversed(found)]
    if len(found) < 2:
        return ""
    items = "".join(
        f'<li><a href="#{anchor}">{re.sub("<[^>]+>", "", name).strip()}</a></li>' for anchor, name in found
    )
    return f"<h2>On this page</h2><ul>{items}</ul>"


def places(here, names):
    part = (
        "programs.html"
        if here.endswith("-example.html") or here == "programs.html"
        else (
            "index.html"
            if here.removesuffix(".html") in names.pages and here != "reference.html"
            else "reference.html"
        )
    )
    return "".join(
        f'<a href="{address}"{" class=chosen" if address == part else ""}>{text}</a>'
        for address, text in (("index.html", "Guide"), ("reference.html", "Reference"), ("programs.html", "Examples"))
    )


def with_lists(text, names):
    """With the lists of all headers and of all topics, where a page wants them."""
    rows = ""
    for topic, (title, file, _) in names.topics.items():
        members = ", ".join(f"<code>{name}</code>" for name, _ in names.members_of(topic))
        if members:
            rows += f'<tr><td><a href="{file}">{title}</a></td><td>{members}</td></tr>'
    listed = "".join(
        f'<li><code>&lt;<a href="{file}">{name}</a>&gt;</code></li>' for name, file in sorted(names.headers.items())
    )
    text = text.replace("[[headers]]", f"</p><ul>{listed}</ul><p>")
    return text.replace("[[topics]]", f'</p><table class="markdownTable">{rows}</table><p>')


def with_links(text, names, here):
    """Names of curfew in code lead to what is said of them."""

    def linked(match):
        known = names.places.get(match[2])
        if not known or known[1] == here:
            return match[0]
        return f'<code><a href="{known[1]}">{match[1]}{match[2]}</a>{match[3] or ""}</code>'

    def included(match):
        file = names.headers.get(match[1])
        return f'&lt;<a href="{file}">{match[1]}</a>&gt;' if file else match[0]

    text = re.sub(r"&lt;(curfew/[\w/]+\.hpp)&gt;", included, text)
    parts = re.split(r"(<a [^>]*>.*?</a>|<h\d.*?</h\d>)", text, flags=re.DOTALL)
    return "".join(part if part.startswith(("<a ", "<h")) else CODE.sub(linked, part) for part in parts)


def tidy(text):
    """Without what needs Doxygen's own scripts, and what it says twice."""
    text = re.sub(r'<div class="ttc".*?</div></div>\n', "", text)
    # A local variable that is called like a function is none.
    text = re.sub(
        r'(?<!\.)(?<!-&gt;)(<a id="\w+" name="\w+"></a>)?<a class="code hl_\w+" href="[^"]*">(\w+)</a>', r"\1\2", text
    )
    text = re.sub(r'<h2 [^>]*>(<a id="details"[^>]*></a>)?\s*Detailed Description</h2>', r"\1", text)
    text = re.sub(r'<script type="text/javascript">.*?</script>', "", text, flags=re.DOTALL)
    text = re.sub(r'<span class="tt">(.*?)</span>', r"<code>\1</code>", text)
    text = re.sub(r'<div class="summary">.*?</div>', "", text, count=1, flags=re.DOTALL)
    text = re.sub(r'\s*<a href="[^"]*">More\.\.\.</a>', "", text)
    text = re.sub(r'<img src="closed.png"[^>]*>(&#160;)?| onclick="[^"]*"', "", text)
    text = re.sub(r'<a href="doxygen_crawl.html"[^>]*></a>', "", text)
    text = re.sub(r'<div id="nav-path".*?</div>', "", text, flags=re.DOTALL)
    text = re.sub(r'<p><a href="[^"]*-members.html">.*?</a></p>', "", text)
    text = re.sub(
        r'<div class="title">(.*?) (?:Class|Struct|Concept)( Template)? Reference', r'<div class="title">\1', text
    )
    text = re.sub(r'<div class="title">(.*?) File Reference', r'<div class="title">&lt;curfew/\1&gt;', text)
    text = re.sub(r'<a class="el" href="(?:namespace|dir_)[^"]*">(.*?)</a>', r"\1", text)
    text = re.sub(r'<a href="\w+::[^"]*">(.*?)</a>', r"\1", text)  # `http::read` is no address
    text = re.sub(r"(?:&lt;|<)tt(?:&gt;|>)(.*?)(?:&lt;|<)/tt(?:&gt;|>)", r"<code>\1</code>", text)
    text = re.sub(r"<title>.*?</title>", lambda match: re.sub(r"</?code>", "", match[0]), text)
    return text.replace(pages.HASH, "#").replace(pages.BAR, "|")


def finish(to, tags, site, topics):
    names = Names(tags)
    for pattern in UNUSED:
        for file in to.glob(pattern):
            if file.name not in OURS:
                file.unlink()
    for file in sorted(to.glob("*.html")):
        here, text = file.name, tidy(file.read_text())
        if here == "programs.html" or not here.endswith("-example.html"):
            text = with_links(with_lists(text, names), names, here)
        around = {
            "@PLACES@": places(here, names),
            "@SIDE@": side(names, site, topics, here),
            "@HERE@": on_this_page(text),
        }
        for mark, content in around.items():
            text = text.replace(mark, content)
        if here == "index.html":
            text = text.replace("<body>", '<body class="front">')
        file.write_text(text)
    rows = [[title_of(names, page), "page", f"{page}.html"] for page in site.pages.values()]
    rows += [[name, kind, address] for name, (kind, address) in sorted(names.places.items())]
    (to / "names.js").write_text(f"const curfewNames = {json.dumps(rows, ensure_ascii=False, indent=0)};\n")
