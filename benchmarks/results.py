"""A run of curfew_bench: medians of its rows, and costs that are taken from them."""

import json
import re
import statistics

WORKLOADS = ("yield", "wait_for_op", "wait_for_coroutine", "timeout_scope", "reschedule", "sleep",
             "expire", "memory")

# Workloads whose rows are compared by what they add to the row without a limit.
ADDED = ("wait_for_op", "wait_for_coroutine", "timeout_scope", "reschedule")

# Rows that are no rivals: baselines, and other uses of curfew.
BASELINES = ("none", "none_in_scope", "post")


def is_rival(contender):
    return not contender.startswith("curfew") and contender.split("/")[0] not in BASELINES


def plain_name(name):
    """Without what Google Benchmark appends about how a row was run."""
    return re.sub(r"/(iterations:\d+|repeats:\d+|min_time:[\d.]+s?|manual_time)", "", name)


def split_name(name):
    """'expire/curfew/codes/N:100000' -> ('expire', 'curfew/codes', 'N:100000')"""
    workload, *rest = name.split("/")
    is_tag = lambda part: ":" in part or part == "concrete"
    contender = "/".join(part for part in rest if not is_tag(part))
    tag = "/".join(part for part in rest if is_tag(part))
    return workload, contender, tag


def row_order(row):
    """Baselines first, curfew last, because a run may have mixed its rows."""
    workload, contender, _ = split_name(plain_name(row["name"]))
    place = 0 if contender in BASELINES else 2 if contender.startswith("curfew") else 1
    return WORKLOADS.index(workload) if workload in WORKLOADS else len(WORKLOADS), place, contender


class Run:
    """What one result file says. Rows are keyed by (workload, contender, tag)."""

    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            data = json.load(file)
        self.context = data["context"]
        samples, allocations = {}, {}
        for row in sorted(data["benchmarks"], key=row_order):
            if row.get("run_type") == "aggregate" or row.get("error_occurred"):
                continue
            key = split_name(plain_name(row["name"]))
            samples.setdefault(key, []).append(row.get("ns_per_op", row.get("bytes_per_op")))
            if "allocs_per_op" in row:
                allocations.setdefault(key, []).append(row["allocs_per_op"])
        self.rows = {key: statistics.median(values) for key, values in samples.items()}
        self.allocations = {key: statistics.median(v) for key, v in allocations.items()}
        self.instructions = {split_name(name): count
                             for name, count in data.get("instructions", {}).items()}
        self.repetitions = max((len(values) for values in samples.values()), default=0)

    def total(self, workload, contender, tag=""):
        return self.rows.get((workload, contender, tag))

    def baseline(self, workload, tag=""):
        return self.total(workload, "none", re.sub(r"/pending:\d+", "", tag))

    def cost(self, workload, contender, tag=""):
        """What a row is compared by: its added cost where its workload has a baseline."""
        total = self.total(workload, contender, tag)
        if workload not in ADDED or contender == "none":
            return total
        baseline = self.baseline(workload, tag)
        return None if total is None or baseline is None else total - baseline

    def best_rival(self, workload, tag=""):
        costs = [self.cost(*key) for key in self.rows
                 if key[0] == workload and key[2] == tag and is_rival(key[1])]
        return min((cost for cost in costs if cost is not None), default=None)

    def contenders(self, workload, has_tag):
        """In the order of the run, those that have a tag of this kind."""
        return list(dict.fromkeys(key[1] for key in self.rows
                                  if key[0] == workload and has_tag(key[2])))

    def workloads(self):
        return list(dict.fromkeys(key[0] for key in self.rows))

    def machine(self):
        context = self.context
        custom = lambda name: context.get(name, "unknown")
        return (f"{custom('cpu')}, {context.get('num_cpus', '?')} cores, {custom('kernel')}, "
                f"{custom('compiler')}, Boost {custom('boost')}, "
                f"median of {self.repetitions}")
