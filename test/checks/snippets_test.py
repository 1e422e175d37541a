#!/usr/bin/env python3
"""Plants wrong blocks, regions and links, and expects snippets.py to find each."""

import tempfile
import unittest
from pathlib import Path

from snippets import faults

TOUR = {
    "README.md": "[the tour](examples/tour/README.md)\n",
    "include/curfew/sleep.hpp": "/// \\snippet sleep.cpp sleep\n",
    "examples/sleep.cpp": "//! [sleep]\nvoid sleep() {\n  co_await sleep_for(1s);\n}\n//! [sleep]\n",
    "examples/tour/01.cpp": "int main() {\n  print(1);\n}\n",
    "examples/tour/01.py": "async def main():\n    print(1)\n",
    "examples/tour/01.out": "1\n",
    "examples/steps/2_b.cpp": "int main() {\n  one();\n  two();\n  six();\n}\n",
    "examples/steps/10_c.cpp": "int main() {\n  one();\n\n  ten();\n  six();\n  end();\n}\n",
    "doc/steps.md": "```diff\n   one();\n-  two();\n+\n+  ten();\n@@\n+  end();\n```\n",
    "examples/tour/README.md": "# A tour\n[`01.cpp`](01.cpp)\n"
                               "```python\nasync def main():\n    print(1)\n```\n"
                               "```cpp\nint main() {\n  print(1);\n}\n```\n```text\n1\n```\n"
                               "```console\n$ whatever\n```\n",
}


def faults_of(files):
    """The faults of a project with these files, given as {path: text}."""
    with tempfile.TemporaryDirectory() as root:
        for path, text in files.items():
            file = Path(root, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        return list(faults(Path(root)))


class SnippetsTest(unittest.TestCase):
    def assert_fault(self, path, before, after, *words):
        """Changing the file in this way makes one fault, which says these words."""
        self.assertIn(before, TOUR[path])
        found = faults_of({**TOUR, path: TOUR[path].replace(before, after)})
        self.assertEqual(len(found), 1, found)
        for word in words:
            self.assertIn(word, found[0])

    def test_a_page_that_shows_what_the_examples_say_is_right(self):
        self.assertEqual(faults_of(TOUR), [])

    def test_a_page_that_shows_another_program_is_found(self):
        page = "examples/tour/README.md"
        self.assert_fault(page, "  print(1);", "  print(2);", page, "this cpp block", "print(2);")
        self.assert_fault(page, "    print(1)\n", "    print(2)\n", page, "this python block")
        self.assert_fault(page, "text\n1\n", "text\n2\n", page, "this text block")

    def test_an_example_that_changes_without_its_page_is_found(self):
        self.assert_fault("examples/tour/01.cpp", "print", "write", "this cpp block")
        self.assert_fault("examples/tour/01.py", "print", "write", "this python block")
        self.assert_fault("examples/tour/01.out", "1", "2", "this text block")

    def test_a_difference_that_is_none_is_found(self):
        page = "doc/steps.md"
        self.assert_fault(page, "-  two();", "-  too();", page, "this diff block", "too();")
        self.assert_fault(page, "-  two();\n", "", "this diff block")  # left out, and no `@@`
        self.assert_fault(page, "   one();", "-  one();", "this diff block")
        self.assert_fault(page, "+  end();", "   end();", "this diff block")
        self.assert_fault(page, "   one();\n-", "+  end();\n@@\n-", "this diff block")  # another order

    def test_a_step_that_changes_without_its_page_is_found(self):
        self.assert_fault("examples/steps/2_b.cpp", "two", "too", "this diff block")
        self.assert_fault("examples/steps/10_c.cpp", "  end();\n", "", "this diff block")

    def test_blocks_of_the_readme_are_checked_too(self):
        self.assert_fault("README.md", "\n", "\n```python\nprint(2)\n```\n", "README.md", "print(2)")

    def test_a_link_to_nothing_is_found(self):
        self.assert_fault("examples/tour/README.md", "(01.cpp)", "(02.cpp)", "there is no 02.cpp")
        self.assert_fault("README.md", "tour/README.md", "README.md", "there is no examples/README.md")

    def test_a_region_that_no_example_has_is_found(self):
        self.assert_fault("include/curfew/sleep.hpp", " sleep\n", " nap\n", "sleep.hpp", "[nap]")


if __name__ == "__main__":
    unittest.main()
