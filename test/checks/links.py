#!/usr/bin/env python3
"""Fails when a link or an anchor of the documentation site leads nowhere, and when a browser complains.

    links.py <folder of the site> [<file for a picture of the front page>]

Every page is read; the front page, a page of the guide, of the reference and of an example are opened in a
headless Chromium, wide and narrow. Ends with 77 where there is no Chromium and nothing else is wrong.
"""

import base64
import json
import os
import re
import select
import shutil
import subprocess
import sys
import tempfile
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PATIENCE = 120
SIZES = ((1440, 1000), (400, 800))
IN_BROWSER = """(() => {
  const found = [];
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wide > 0) found.push(`is ${wide} pixels too wide`);
  for (const image of document.images) if (!image.naturalWidth) found.push(`shows no ${image.src}`);
  if (getComputedStyle(document.querySelector(".bar")).position !== "sticky") found.push("has no style");
  const field = document.getElementById("search");
  field.value = "wait_for";
  field.dispatchEvent(new Event("input"));
  const first = document.querySelector("#found a");
  if (!first || !first.textContent.startsWith("wait_for")) found.push("does not find wait_for");
  field.value = "";
  field.dispatchEvent(new Event("input"));
  return found;
})()"""


class Page(HTMLParser):
    """What a page refers to, and what in it can be referred to."""

    def __init__(self, text):
        super().__init__()
        self.links, self.anchors, self.title, self.in_title = [], set(), "", False
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.in_title = tag == "title"
        for name, value in attributes:
            if name in ("href", "src"):
                self.links.append(value or "")
            elif name == "id" or (name == "name" and tag == "a"):
                self.anchors.add(value)

    def handle_data(self, data):
        if self.in_title:
            self.title += data

    def handle_endtag(self, tag):
        self.in_title = False


def faults_of_link(site, pages, name, link):
    file, _, anchor = link.partition("#")
    file = unquote(file) or name
    if not (site / file).is_file():
        yield f"{name}: there is no {file}"
    elif anchor and unquote(anchor) not in pages[file].anchors:
        yield f"{name}: {file} has no #{anchor}"


def reachable(pages, start):
    found, ahead = {start}, [start]
    while ahead:
        for link in pages[ahead.pop()].links:
            file = unquote(link.partition("#")[0])
            if file in pages and file not in found:
                found.add(file)
                ahead.append(file)
    return found


def faults(site):
    texts = {
        path.relative_to(site).as_posix(): path.read_text(encoding="utf-8") for path in sorted(site.rglob("*.html"))
    }
    pages = {name: Page(text) for name, text in texts.items()}
    if "index.html" not in pages:
        yield f"there is no front page in {site}"
        return
    for name, page in pages.items():
        if not page.title.strip():
            yield f"{name}: has no title"
        for mark in re.findall(r"@[A-Z]+@", texts[name]):
            yield f"{name}: {mark} was not filled in"
        for link in dict.fromkeys(page.links):
            if re.match(r"(https?|mailto):", link):
                continue  # of others
            yield from faults_of_link(site, pages, name, link)
    for name in sorted(pages.keys() - reachable(pages, "index.html")):
        yield f"{name}: no way leads there from the front page"


class Browser:
    """A headless Chromium, spoken to through a pipe in its DevTools protocol."""

    def __init__(self, program, profile):
        to_browser, self.output = os.pipe()
        self.input, from_browser = os.pipe()

        def place():  # it reads from 3 and writes to 4
            reading, writing = os.dup(to_browser), os.dup(from_browser)
            high = [os.dup2(reading, 103), os.dup2(writing, 104)]
            os.dup2(high[0], 3)
            os.dup2(high[1], 4)

        self.process = subprocess.Popen(
            [
                program,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--hide-scrollbars",
                "--no-first-run",
                "--disable-background-networking",
                f"--user-data-dir={profile}",
                "--remote-debugging-pipe",
                "about:blank",
            ],
            preexec_fn=place,
            close_fds=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_browser)
        os.close(from_browser)
        self.buffer, self.count, self.session, self.events = b"", 0, None, []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def receive(self):
        while b"\0" not in self.buffer:
            if not select.select([self.input], [], [], PATIENCE)[0]:
                raise RuntimeError(f"the browser has said nothing for {PATIENCE} s")
            data = os.read(self.input, 1 << 16)
            if not data:
                raise RuntimeError("the browser has ended")
            self.buffer += data
        message, _, self.buffer = self.buffer.partition(b"\0")
        message = json.loads(message)
        if "method" in message:
            self.events.append((message["method"], message.get("params", {})))
        return message

    def call(self, method, **parameters):
        self.count += 1
        message = {"id": self.count, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.output, data) :]
        while True:
            answer = self.receive()
            if answer.get("id") == self.count:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]

    def open(self, address, width, height):
        """Opens a page; what the browser complains of."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.events.clear()
        self.call("Page.navigate", url=address)
        while not any(method == "Page.loadEventFired" for method, _ in self.events):
            self.receive()
        answer = self.call("Runtime.evaluate", expression=IN_BROWSER, returnByValue=True)
        found = answer["result"].get("value") or []
        if "exceptionDetails" in answer:
            found.append(answer["exceptionDetails"].get("exception", {}).get("description", "a script fails"))
        return found + [complaint for event in self.events if (complaint := complaint_of(*event))]

    def picture(self):
        return base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"])

    def close(self):
        for pipe in (self.output, self.input):
            os.close(pipe)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def complaint_of(method, said):
    if method == "Runtime.exceptionThrown":
        return said["exceptionDetails"].get("exception", {}).get("description") or said["exceptionDetails"]["text"]
    if method == "Runtime.consoleAPICalled" and said["type"] in ("error", "warning", "assert"):
        return " ".join(str(argument.get("value", "")) for argument in said["args"])
    if method == "Log.entryAdded" and said["entry"]["level"] in ("error", "warning"):
        return f"{said['entry']['text']} {said['entry'].get('url', '')}"
    if method == "Network.loadingFailed":
        return f"something was not loaded: {said['errorText']}"
    return None


def looked_at(site):
    """The front page, and one of each kind."""
    names = sorted(path.name for path in site.glob("*.html"))
    kinds = (
        r"index\.html",
        r"(?!index|reference|programs|changelog|contributing|security|conformance)[a-z_-]+\.html",
        r"group__.*limits\.html",
        r"class.*__group\.html",
        r".*-example\.html",
    )
    return [
        next(name for name in names if re.fullmatch(kind, name))
        for kind in kinds
        if any(re.fullmatch(kind, name) for name in names)
    ]


def faults_in_browser(site, program, picture=None):
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Browser(program, profile)
        try:
            for name in looked_at(site):
                for width, height in SIZES:
                    for complaint in browser.open((site / name).as_uri(), width, height):
                        yield f"{name}, {width} pixels wide: {complaint}"
                    if picture and name == "index.html" and (width, height) == SIZES[0]:
                        picture.write_bytes(browser.picture())
        finally:
            browser.close()


def find_browser():
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)


def main(folder, picture=None):
    site, program = Path(folder).resolve(), find_browser()
    found = list(faults(site))
    if program and not found:
        found = list(faults_in_browser(site, program, picture and Path(picture)))
    print("\n".join(found[:50]) or f"every link of {len(list(site.rglob('*.html')))} pages leads somewhere")
    if found:
        return 1
    if not program:
        print("skipped: no page was opened in a browser, for there is no Chromium")
        return 77
    print(f"opened without a complaint: {', '.join(looked_at(site))}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
