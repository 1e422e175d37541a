#!/usr/bin/env python3
"""Plants cases, reasons and results, and expects conformance.py to read them and to find each fault."""

import unittest

from conformance import Case, cases_in, faults_of, page_of, reasons_in, results_in, rows_of

SOURCE = """\
#include "conformance.hpp"

BOOST_AUTO_TEST_SUITE(conforming_tokens)

CONFORMS("TT-01", every_waiter_of_a_token_wakes) { BOOST_TEST(true); }
// CONFORMS("TT-98", one_that_is_commented_out) {}
CONFORMS("TT-02",
         a_case_on_two_lines) {
}
BOOST_AUTO_TEST_CASE(no_row_of_the_table) {}
BOOST_AUTO_TEST_SUITE_END()
"""
REPORT = """\
<TestResult><TestSuite name="curfew" result="failed">
<TestSuite name="conforming_tokens" result="failed">
<TestCase name="every_waiter_of_a_token_wakes" result="passed" assertions_failed="0"></TestCase>
<TestCase name="a_case_on_two_lines" result="failed" assertions_failed="1"></TestCase>
</TestSuite></TestSuite></TestResult>
"""
FIRST = Case("TT-01", "every_waiter_of_a_token_wakes", "tokens_test.cpp", "conforming_tokens")
SECOND = Case("TT-02", "a_case_on_two_lines", "tokens_test.cpp", "conforming_tokens")
PASSED = {("conforming_tokens", FIRST.name): "passed", ("conforming_tokens", SECOND.name): "passed"}


class ParsingTest(unittest.TestCase):
    def test_cases_are_read_with_their_suite(self):
        self.assertEqual(cases_in(SOURCE, "tokens_test.cpp"), [FIRST, SECOND])

    def test_reasons_are_read_and_may_go_on_in_an_indented_line(self):
        reasons, faults = reasons_in("TS-24: There is no\n  such thing.\n\nTS-25: Nor that.\n", "a.txt")
        self.assertEqual(reasons, [["TS-24", "There is no such thing."], ["TS-25", "Nor that."]])
        self.assertEqual(faults, [])

    def test_a_line_that_is_no_reason_is_found(self):
        for line in ("TS-24 There is none.", "TS-24:", "There is none.", "TS-24: none"):
            _, faults = reasons_in(line, "a.txt")
            self.assertEqual(len(faults), 1, line)
            self.assertIn("a.txt", faults[0])

    def test_results_are_read_by_suite_and_case(self):
        self.assertEqual(results_in(REPORT), {**PASSED, ("conforming_tokens", SECOND.name): "failed"})


class FaultsTest(unittest.TestCase):
    def assert_fault(self, words, ids=("TT-01", "TT-02"), cases=(FIRST, SECOND), reasons=(), results=None):
        found = list(faults_of(list(ids), cases, reasons, PASSED if results is None else results))
        self.assertEqual(len(found), 1, found)
        self.assertIn(words, found[0])

    def test_a_suite_in_order_has_no_faults(self):
        found = faults_of(["TT-01", "TT-02", "TT-03"], [FIRST, SECOND], [["TT-03", "None."]], PASSED)
        self.assertEqual(list(found), [])

    def test_an_id_that_is_missing_twice_there_or_unknown_is_found(self):
        self.assert_fault("TT-02 is neither", cases=[FIRST])
        self.assert_fault("TT-01 appears twice", cases=[FIRST, FIRST, SECOND])
        self.assert_fault("TT-02 appears twice", cases=[FIRST], reasons=[["TT-02", "No."]] * 2)
        self.assert_fault("TT-01 is both", reasons=[["TT-01", "No."]])
        self.assert_fault("TT-02 is not in ids.txt", ids=["TT-01"])

    def test_a_case_that_fails_or_was_not_compiled_is_found(self):
        self.assert_fault("TT-02 a_case_on_two_lines: failed", results=results_in(REPORT))
        self.assert_fault("TT-01 every_waiter_of_a_token_wakes: not in the program",
                          results={("conforming_tokens", SECOND.name): "passed"})


class PageTest(unittest.TestCase):
    def test_the_page_has_a_table_for_each_area_and_totals(self):
        ids = ["WF-01", "TT-01", "TT-02"]
        page = page_of(rows_of(ids, [FIRST, SECOND], [["WF-01", "None."]], PASSED))
        self.assertIn("Together 3 rows: 2 passed, 1 not applicable.", page)
        self.assertIn("## Tokens\n\n2 rows: 2 passed, 0 not applicable.\n\n| id |", page)
        self.assertIn("| TT-01 | every waiter of a token wakes | [tokens_test.cpp](tokens_test.cpp) "
                      "| passed |\n", page)
        self.assertIn("| WF-01 |  |  | not applicable: None. |\n", page)
        self.assertLess(page.index("WF-01 |"), page.index("TT-01 |"))

    def test_what_failed_is_in_the_totals(self):
        page = page_of(rows_of(["TT-01", "TT-02"], [FIRST, SECOND], [], results_in(REPORT)))
        self.assertIn("2 rows: 1 passed, 0 not applicable, 1 did not pass.", page)


if __name__ == "__main__":
    unittest.main()
