#!/usr/bin/python3
"""What tools/bench makes of the reports: rows, ratios, comparison, table, charts, page."""
import json
import os
import sys
import unittest
import xml.etree.ElementTree as ElementTree

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "..", "..", "bench")]
from runner import chart, charts, figures, page, table, workloads  # noqa: E402
from runner.failure import Failure  # noqa: E402


def report(contender, size, p50s, answers=("1", "2", "3"), **more):
    return {"contender": contender, "version": contender.title() + " 1.0", "size": str(size),
            "loadSeconds": 1.5, "storedBytes": str(15 * size), "residentBytes": str(2**28),
            "figures": [{"question": q, "asked": "3", "p50Us": p50, "p99Us": 10 * p50,
                         "answers": list(answers)} for q, p50 in p50s.items()], **more}


def results():
    """A quick run's, with round figures."""
    def workload(*reports):
        equal, wrong = figures.compare_answers({r["contender"]: r for r in reports})
        return {"title": "t", "options": {"size": 1}, "commit": "abc", "equal": equal,
                "wrong": len(wrong), "reports": {r["contender"]: r for r in reports}}

    million = 1_000_000
    return {
        "size": million, "quick": True, "date": "2031-05-02",
        "machine": {"processor": "Quick", "cores": 2, "memory_gib": 8, "disk": "big", "system": "Debian"},
        "workloads": {
            "growth-100000": workload(report("annals", 100_000, {"group": 5, "all": 200}),
                                      report("postgresql", 100_000, {"group": 50, "all": 9_000})),
            "growth-1000000": workload(report("annals", million, {"group": 10, "all": 500}),
                                       report("model", million, {"group": 3, "all": 600}),
                                       report("postgresql", million, {"group": 500, "all": 90_000}),
                                       report("duckdb", million, {"group": 20_000, "all": 10_000})),
            "late-both-1": workload(report("annals", million, {"group": 30})),
            "rebuild": workload(report("annals", million, {"rebuild": 1_000_000})),
        },
        "log": [{"name": "append, 64 writers", "unit": "events/s", "ours": 30_000, "peer": 40_000,
                 "peerName": "RocksDB", "ratio": 0.75}],
        "inserts": {"per_second": 10_000, "version": "PostgreSQL 15.1"},
    }


def row(name, peer_name):
    found = [r for r in figures.rows_of(results()) if (r.name, r.peer_name) == (name, peer_name)]
    assert len(found) == 1, (name, peer_name, [(r.name, r.peer_name) for r in figures.rows_of(results())])
    return found[0]


class RatioTest(unittest.TestCase):
    def test_is_above_one_where_ours_takes_less(self):
        self.assertEqual(figures.Row("n", "µs", 10, 500, "p").ratio, 50)
        self.assertEqual(figures.Row("n", "µs", 500, 10, "p").ratio, 0.02)

    def test_is_above_one_where_ours_does_more(self):
        self.assertEqual(figures.Row("n", "events/s", 500, 10, "p", figures.MORE).ratio, 50)
        self.assertEqual(figures.Row("n", "events/s", 10, 500, "p", figures.MORE).ratio, 0.02)

    def test_is_absent_without_a_peer(self):
        alone = figures.Row("n", "µs", 10)
        self.assertIsNone(alone.ratio)
        self.assertIsNone(alone.met)

    def test_meets_a_goal_from_it_upwards(self):
        self.assertTrue(figures.Row("n", "µs", 10, 500, "p", goal=50).met)
        self.assertFalse(figures.Row("n", "µs", 10, 499, "p", goal=50).met)

    def test_json_has_the_six_fields(self):
        self.assertEqual(figures.Row("n", "µs", 3, 1, "p", goal=9).as_json(),
                         {"name": "n", "unit": "µs", "ours": 3.0, "peer": 1.0, "peerName": "p", "ratio": 0.3333})
        alone = json.loads(json.dumps(figures.Row("n", "µs", 12345.678).as_json()))
        self.assertEqual(alone, {"name": "n", "unit": "µs", "ours": 12350.0, "peer": None, "peerName": None,
                                 "ratio": None})


class RowsTest(unittest.TestCase):
    ONE = "as of (v, k), one of 200 groups, 1 M contributions"

    def test_compare_with_the_goal_and_every_peer_but_the_model(self):
        self.assertEqual(row(f"{self.ONE}, p50", "the goal").ratio, 2)
        self.assertEqual(row(f"{self.ONE}, p99", "the goal").ratio, 2)
        postgresql = row(f"{self.ONE}, p50", "Postgresql 1.0")
        self.assertEqual((postgresql.ratio, postgresql.met), (50, False))
        duckdb = row(f"{self.ONE}, p50", "Duckdb 1.0")
        self.assertEqual((duckdb.ratio, duckdb.met), (2_000, True))
        self.assertFalse([r for r in figures.rows_of(results()) if r.peer_name == "Model 1.0"])

    def test_milliseconds_are_a_thousand_microseconds(self):
        goal = row("as of (v, k), all 200 groups, 1 M, p50", "the goal")
        self.assertEqual((goal.unit, goal.ours, goal.ratio), ("ms", 0.5, 2))

    def test_growth_and_lateness_compare_annals_with_itself(self):
        self.assertEqual(row("one group, 1 M contributions, p50", "Annals, 100 k").ratio, 0.5)
        late = row("one group, 100% late on both axes, p50", "Annals, on time")
        self.assertAlmostEqual(late.ratio, 1 / 3)
        self.assertFalse(late.met)

    def test_rates_are_better_when_higher(self):
        self.assertEqual(row("rebuild of three projections", "the goal").ratio, 2)
        self.assertEqual(row("append, 64 writers", "RocksDB").ratio, 0.75)
        inserts = row("append, 64 writers", "PostgreSQL 15.1, one row a transaction")
        self.assertEqual((inserts.ratio, inserts.met), (3, True))

    def test_space_is_a_contributions_share(self):
        disk = row("index on disk, a contribution of 1 M", "the goal")
        self.assertEqual((disk.ours, disk.met), (15, True))
        self.assertEqual(row("resident memory, 1 M contributions", "the goal").ours, 0.25)

    def test_nothing_measured_gives_no_rows(self):
        self.assertEqual(figures.rows_of({"size": 10, "quick": True, "workloads": {}}), [])


class ComparisonTest(unittest.TestCase):
    def test_counts_equal_answers_as_far_as_both_were_asked(self):
        reports = {"annals": report("annals", 9, {"group": 1}, "1234"),
                   "model": report("model", 9, {"group": 1}, "123"),
                   "duckdb": report("duckdb", 9, {"group": 1}, "12")}
        self.assertEqual(figures.compare_answers(reports), (5, []))

    def test_names_the_question_and_both_answers_of_a_difference(self):
        reports = {"annals": report("annals", 9, {"group": 1}, ["1", "7", "3"]),
                   "model": report("model", 9, {"group": 1})}
        equal, wrong = figures.compare_answers(reports)
        self.assertEqual(equal, 2)
        self.assertEqual(wrong, ["question group 2: annals answers 7, model 2"])

    def test_without_the_model_the_first_peer_is_right(self):
        reports = {"annals": report("annals", 9, {"group": 1}, "123"),
                   "duckdb": report("duckdb", 9, {"group": 1}, "124")}
        self.assertEqual(figures.compare_answers(reports)[0], 2)

    def test_alone_nothing_is_compared(self):
        self.assertEqual(figures.compare_answers({"annals": report("annals", 9, {"group": 1})}), (0, []))


class TableTest(unittest.TestCase):
    def test_numbers_have_three_significant_digits(self):
        for value, text in ((0, "0"), (0.012345, "0.0123"), (1, "1.00"), (9.999, "10.0"), (47.36, "47.4"),
                            (999.6, "1,000"), (12345, "12,300"), (500_000, "500,000"), (None, "–")):
            self.assertEqual(table.number(value), text)

    def test_columns_are_aligned_and_repetition_is_left_out(self):
        text = table.aligned([figures.Row("a figure", "µs", 10, 20, "the goal", goal=1),
                              figures.Row("a figure", "µs", 10, 5_000, "Somebody", goal=1000),
                              figures.Row("other", "µs", 1)])
        self.assertEqual(text.splitlines(), [
            "figure     Annals  against   its figure  better by  goal",
            "a figure  10.0 µs  the goal     20.0 µs     2.00 ×  ≥ 1 ×: met",
            "                   Somebody    5,000 µs      500 ×  ≥ 1,000 ×: missed",
            "other     1.00 µs",
        ])

    def test_markdown_has_a_cell_for_every_column(self):
        lines = table.markdown(figures.rows_of(results())).splitlines()
        self.assertGreater(len(lines), 15)
        for line in lines:
            self.assertEqual(line.count("|"), len(table.HEADINGS) + 1, line)


class ChartTest(unittest.TestCase):
    def test_every_chart_is_well_formed_and_inside_its_frame(self):
        drawn = charts.all_charts(results())
        self.assertEqual(sorted(drawn), ["growth.svg", "growth_all_groups.svg", "lateness.svg"])
        for name, svg in drawn.items():
            root = ElementTree.fromstring(svg)
            width, height = map(float, root.get("viewBox").split()[2:])
            circles = [e for e in root.iter() if e.tag.endswith("circle")]
            self.assertTrue(circles, name)
            for circle in circles:
                self.assertTrue(0 < float(circle.get("cx")) < width, name)
                self.assertTrue(0 < float(circle.get("cy")) < height, name)

    def test_growth_has_annals_and_the_peers_but_not_the_model(self):
        svg = charts.all_charts(results())["growth.svg"]
        for text in ("Annals 1.0", "Postgresql 1.0", "Duckdb 1.0", ">100 k<", ">1 M<", ">10 µs<", ">10 ms<"):
            self.assertIn(text, svg)
        self.assertNotIn("Model", svg)

    def test_more_is_higher_on_both_kinds_of_axis(self):
        for logarithmic, ticks in ((True, ((1, "1"), (100, "100"))), (False, ((0, "0"), (100, "100")))):
            axis = chart.Axis("y", logarithmic, ticks)
            self.assertAlmostEqual(axis.place(100, 300, 40), 40)
            self.assertGreater(axis.place(10, 300, 40), axis.place(20, 300, 40))
        self.assertAlmostEqual(chart.Axis("y", True, ((1, ""), (100, ""))).place(10, 0, 10), 5)

    def test_ticks_enclose_the_values(self):
        for values in ([0.3, 7], [12], [950, 10_001], [5]):
            for ticks in (chart.decades(values, str), chart.steps_from_zero(values, str)):
                self.assertLessEqual(ticks[0][0], min(values))
                self.assertGreaterEqual(ticks[-1][0], max(values))
                self.assertGreater(len(ticks), 1)


class PageTest(unittest.TestCase):
    TEXT = "before\n<!-- measured: a -->\nold\n<!-- end -->\nafter\n<!-- measured: b -->\n<!-- end -->\n"

    def test_only_what_is_marked_is_replaced(self):
        filled = page.fill(self.TEXT, {"a": "new\n", "b": "more\n"})
        self.assertEqual(filled, "before\n<!-- measured: a -->\nnew\n<!-- end -->\nafter\n"
                                 "<!-- measured: b -->\nmore\n<!-- end -->\n")
        self.assertEqual(page.fill(filled, {"a": "new\n", "b": "more\n"}), filled)

    def test_a_missing_mark_is_named(self):
        with self.assertRaisesRegex(Failure, "measured: c"):
            page.fill(self.TEXT, {"c": ""})

    def test_a_partial_run_replaces_its_own_workloads(self):
        old, new = results(), results()
        new["workloads"] = {"rebuild": {**new["workloads"]["rebuild"], "commit": "def"}}
        merged = page.merge(old, new)
        self.assertEqual(list(merged["workloads"]), ["growth-100000", "growth-1000000", "late-both-1", "rebuild"])
        self.assertEqual(merged["workloads"]["rebuild"]["commit"], "def")
        self.assertEqual(merged["workloads"]["late-both-1"]["commit"], "abc")

    def test_another_machines_workloads_are_not_mixed_in(self):
        new = {**results(), "machine": {"processor": "Other"}, "workloads": {}}
        self.assertEqual(page.merge(results(), new)["workloads"], {})

    def test_stored_results_hold_no_answers(self):
        self.assertNotIn("answers", json.dumps(page.slim(results())))
        self.assertEqual(figures.rows_of(page.slim(results())), figures.rows_of(results()))


class WorkloadsTest(unittest.TestCase):
    def test_every_workload_has_answers_to_compare(self):
        for quick in (True, False):
            for peers in ([], ["duckdb"], list(workloads.PEERS)):
                for workload in workloads.all_workloads(10_000_000, quick, peers):
                    def asked(contender, workload=workload):
                        return {ask.partition(":")[0] for ask in workload.asks.get(contender, [])}
                    others = set().union(*(asked(c) for c in workload.asks if c != "annals"))
                    self.assertTrue(asked("annals") & others, (workload.name, peers))

    def test_names_are_unique(self):
        names = [w.name for w in workloads.all_workloads(10_000_000, False, list(workloads.PEERS))]
        self.assertEqual(len(names), len(set(names)))

    def test_sizes_are_told_in_words(self):
        self.assertEqual([workloads.size_text(n) for n in (100_000_000, 200_000, 1_500)],
                         ["100 M", "200 k", "1,500"])


if __name__ == "__main__":
    unittest.main()
