#!/usr/bin/env python3
"""Plants what a parent project would notice, and expects cmake_rules.py to find it."""

import unittest
from pathlib import Path

from cmake_rules import commands, faults_of

ROOT = Path(__file__).resolve().parents[2]


class CMakeRulesTest(unittest.TestCase):
    def assert_fault(self, text, *words):
        found = list(faults_of("a.cmake", text))
        self.assertEqual(len(found), 1, found)
        for word in words:
            self.assertIn(word, found[0])

    def assert_right(self, text):
        self.assertEqual(list(faults_of("a.cmake", text)), [])

    def test_the_projects_own_files_are_read(self):
        names = [name for name, *_ in commands((ROOT / "CMakeLists.txt").read_text())]
        for command, least in (("option", 7), ("add_library", 6), ("target_link_libraries", 3), ("if", 8)):
            self.assertGreaterEqual(names.count(command), least, command)
        self.assertEqual(names.count("if"), names.count("endif"))
        names = [name for name, *_ in commands((ROOT / "cmake/curfew-dependencies.cmake").read_text())]
        self.assertEqual(names.count("find_package"), 4)

    def test_options(self):
        self.assert_right('option(CURFEW_X "Build (much) more" OFF)\noption(CURFEW_Y "Y" ${PROJECT_IS_TOP_LEVEL})')
        self.assert_fault('option(BUILD_X "X" OFF)', "BUILD_X", "CURFEW_")
        self.assert_fault('option(CURFEW_X "X" ON)', "CURFEW_X", "on")
        self.assert_fault('set(X "" CACHE STRING "")', "X", "CURFEW_")

    def test_downloads(self):
        self.assert_fault("include(FetchContent)", "downloads")
        self.assert_fault("file(DOWNLOAD https://a b)", "downloads")

    def test_what_a_parent_may_have_brought(self):
        self.assert_right("if(NOT TARGET Boost::headers)\n  find_package(Boost CONFIG)\nendif()")
        self.assert_right('elseif_is_none()\nif(A)\nelseif(B AND NOT TARGET spdlog::spdlog)\nfind_dependency(spdlog)\nendif()')
        self.assert_fault("find_package(Boost CONFIG)", "Boost")
        self.assert_fault("if(NOT TARGET Boost::headers)\nelse()\nfind_package(Boost)\nendif()", "Boost")
        self.assert_fault("if(NOT TARGET Boost::headers)\nfind_package(Threads)\nendif()", "Threads")

    def test_what_is_for_a_whole_build(self):
        self.assert_fault("add_compile_options(-Wall)", "add_compile_options")
        self.assert_fault("set(CMAKE_CXX_STANDARD 20)", "CMAKE_CXX_STANDARD")
        self.assert_fault("include_directories(include)", "include_directories")

    def test_warnings_are_private(self):
        self.assert_right("target_compile_options(curfew PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wall>)")
        self.assert_fault("target_compile_options(curfew PUBLIC -Wall)", "-Wall")


if __name__ == "__main__":
    unittest.main()
