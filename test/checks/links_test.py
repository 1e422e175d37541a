#!/usr/bin/env python3
"""Plants wrong links, headers and pages, and expects links.py and what builds the site to find each."""

import sys
import tempfile
import unittest
from pathlib import Path

from links import faults, find_browser, faults_in_browser

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "doc/site"))
import headers  # noqa: E402
import pages  # noqa: E402

PAGE = "<html><head><title>{name}</title></head><body>{text}</body></html>"
SITE = {
    "index.html": '<h1 id="top">curfew</h1><a href="limits.html#wait_for">wait_for</a><img src="icon.svg">',
    "limits.html": '<a id="wait_for"></a><a href="index.html">back</a><a href="#wait_for">here</a>'
    '<a href="https://example.org/x">far</a>',
}


def faults_of(texts, find=faults):
    """The faults of a site with these pages."""
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder)
        (site / "icon.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>")
        for name, text in texts.items():
            (site / name).write_text(PAGE.format(name=name, text=text))
        return list(find(site))


class LinksTest(unittest.TestCase):
    def assert_fault(self, page, before, after, *words):
        self.assertIn(before, SITE[page])
        found = faults_of({**SITE, page: SITE[page].replace(before, after)})
        self.assertEqual(len(found), 1, found)
        for word in (page, *words):
            self.assertIn(word, found[0])

    def test_links_that_lead_somewhere_are_right(self):
        self.assertEqual(faults_of(SITE), [])

    def test_a_link_to_no_page_is_found(self):
        self.assert_fault("limits.html", '"index.html"', '"indx.html"', "indx.html")

    def test_a_link_to_no_place_of_a_page_is_found(self):
        self.assert_fault("index.html", "#wait_for", "#wait_four", "limits.html has no #wait_four")
        self.assert_fault("limits.html", '"#wait_for"', '"#wait_four"', "#wait_four")

    def test_a_picture_that_is_not_there_is_found(self):
        self.assert_fault("index.html", "icon.svg", "icon.png", "icon.png")

    def test_a_mark_that_was_not_filled_in_is_found(self):
        self.assert_fault("index.html", "curfew", "@SIDE@", "@SIDE@")

    def test_a_page_that_nothing_leads_to_is_found(self):
        found = faults_of({**SITE, "alone.html": '<a href="index.html">x</a>'})
        self.assertEqual(found, ["alone.html: no way leads there from the front page"])

    def test_an_empty_site_is_a_fault(self):
        self.assertEqual(len(faults_of({})), 1)


@unittest.skipUnless(find_browser(), "there is no Chromium")
class BrowserTest(unittest.TestCase):
    def complaints(self, text):
        return "\n".join(faults_of({"index.html": text}, lambda site: faults_in_browser(site, find_browser())))

    def test_a_script_that_fails_and_one_that_is_missing_are_found(self):
        found = self.complaints('<script>nothing.at_all()</script><script src="gone.js"></script>')
        self.assertIn("nothing is not defined", found)
        self.assertIn("gone.js", found)


class PreparingTest(unittest.TestCase):
    def test_a_function_object_is_read_as_a_function(self):
        read = headers.prepared(
            "#define X\n\nnamespace curfew {\n\n/// Waits.\nstruct nap_fn {\n  template <class Op>\n    requires(detail::ready<Op>)\n"
            "  auto operator()(Op&& op, detail::duration_limit limit = {},\n"
            "                  std::source_location where = std::source_location::current()) const {\n    return 1;\n  }\n"
            "  void operator()() const {\n    static_assert(false);\n  }\n};\n\n/// \\copydoc nap_fn\n"
            "inline constexpr nap_fn nap{};\n\n}  // namespace curfew\n",
            "nap.hpp",
            "limits",
        )
        self.assertIn("template <class Op> auto nap(Op&& op, duration limit = {});", read)
        self.assertEqual(read.count("nap("), 1)
        self.assertIn("`<curfew/nap.hpp>`", read)
        self.assertEqual(read.count("\n"), 21)

    def test_links_of_a_page_lead_to_pages_of_the_site(self):
        site = pages.Site(Path("."))
        site.pages.update({"README.md": "index", "doc/rules.md": "rules"})
        site.examples["examples/limits.cpp"] = "limits.html"
        read = site.page(
            "doc/rules.md",
            "# Rules\n\n## The `first`, of two\n\n[it](#the-first-of-two) [up](../README.md) [a](../examples/limits.cpp) "
            "[no](../CMakeLists.txt) `[&](int)`\n\n```cpp\n# [x](y)\n```\n",
        )
        self.assertIn("# Rules {#rules}", read)
        self.assertIn("## The `first`, of two {#rules-the-first-of-two}", read)
        self.assertIn('<a href="rules.html~~rules-the-first-of-two">it</a>', read)
        self.assertIn('<a href="index.html">up</a> <a href="limits.html">a</a> no `[&](int)`', read)
        self.assertIn("# [x](y)\n", read)


if __name__ == "__main__":
    unittest.main()
