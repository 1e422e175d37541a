#!/usr/bin/env python3
"""Plants wrong includes and expects layers.py to find each."""

import tempfile
import unittest
from pathlib import Path

from layers import faults


def faults_of(files):
    """The faults of a project with these files, given as {path: [what it includes]}."""
    with tempfile.TemporaryDirectory() as root:
        for path, includes in files.items():
            file = Path(root, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text("".join(f"#include {header}\n" for header in includes))
        return list(faults(root))


class LayersTest(unittest.TestCase):
    def assert_fault(self, path, header, *words):
        found = faults_of({path: [header]})
        self.assertEqual(len(found), 1, found)
        for word in (path, *words):
            self.assertIn(word, found[0])

    def test_includes_of_the_own_layer_and_to_the_left_are_right(self):
        self.assertEqual(faults_of({
            "include/curfew/clock.hpp": ["<curfew/fwd.hpp>", "<vector>", "<boost/asio.hpp>"],
            "include/curfew/wait_for.hpp": ["<curfew/clock.hpp>", "<curfew/impl/wait_for.hpp>"],
            "include/curfew/impl/wait_for.hpp": ["<curfew/detail/verdict.hpp>"],
            "include/curfew/curfew.hpp": ["<curfew/wait_for.hpp>"],
            "include/curfew/testing/virtual_time.hpp": ["<curfew/wait_for.hpp>"],
            "src/region.cpp": ["<curfew/detail/region.hpp>"],
            "src/testing/virtual_time.cpp": ["<curfew/curfew.hpp>"],
        }), [])

    def test_a_header_that_includes_to_the_right_is_found(self):
        self.assert_fault("include/curfew/error.hpp", "<curfew/sleep.hpp>", "'operations'")

    def test_a_detail_header_that_includes_to_the_right_is_found(self):
        self.assert_fault("include/curfew/detail/region.hpp", "<curfew/timeout.hpp>", "timeout")

    def test_a_source_that_includes_to_the_right_is_found(self):
        self.assert_fault("src/timing_wheel.cpp", "<curfew/wait_for.hpp>", "wait_for")

    def test_quotation_marks_and_odd_spaces_hide_nothing(self):
        self.assert_fault("src/clock.cpp", ' "curfew/wait_for.hpp"', "wait_for")
        found = faults_of({
            "include/curfew/clock.hpp": ['"sleep.hpp"'],
            "include/curfew/sleep.hpp": [],
        })
        self.assertEqual(len(found), 1, found)

    def test_nothing_but_testing_includes_testing(self):
        for path in ("include/curfew/curfew.hpp", "include/curfew/wait_for.hpp", "src/clock.cpp"):
            self.assert_fault(path, "<curfew/testing/virtual_time.hpp>", "'testing'")

    def test_the_library_does_not_include_its_umbrella(self):
        self.assert_fault("include/curfew/wait_for.hpp", "<curfew/curfew.hpp>", "'umbrella'")

    def test_an_unknown_file_is_told_where_to_be_added(self):
        self.assert_fault("include/curfew/brand_new.hpp", "<vector>", "add it to LAYERS")
        self.assert_fault("src/brand_new.cpp", "<vector>", "add it to LAYERS")

    def test_an_empty_project_is_a_fault(self):
        self.assertEqual(len(faults_of({})), 1)


if __name__ == "__main__":
    unittest.main()
