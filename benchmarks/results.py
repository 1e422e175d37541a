"""A run of curfew_bench: medians of its rows, and costs that are taken from them."""

import json
import re
import statistics

import peers

WORKLOADS = ("yield", "wait_for_op", "wait_for_coroutine", "timeout_scope", "reschedule", "sleep",
             "expire", "token_fanout", "token_churn", "shield", "finally", "spawn",
             "task_group", "gather", "threads", "echo", "memory", "compile")

# Workloads whose rows are compared by what they add to the row without a limit.
ADDED = ("wait_for_op", "wait_for_coroutine", "timeout_scope", "reschedule", "token_churn",
         "shield", "finally", "spawn")

# What a row says, the first that it has.
VALUES = ("ns_per_op", "bytes_per_op", "bytes_grown", "seconds_to_compile", "bytes_of_program")

# What grows beside a row, at the end of its tag.
GROWTH = ("pending", "tasks", "depth", "subscribers")

# Rows that are no rivals: baselines, and other uses of curfew.
BASELINES = ("none", "none_in_scope", "post", "clock_read")


def is_baseline(contender):
    return contender.split("/")[0] in BASELINES


def is_rival(contender):
    return not contender.startswith("curfew") and not is_baseline(contender)


def variant(contender):
    """On what a contender works, where a workload has several: 'curfew/codes' -> 'codes'"""
    return contender.partition("/")[2]


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
    place = 0 if is_baseline(contender) else 2 if contender.startswith("curfew") else 1
    return WORKLOADS.index(workload) if workload in WORKLOADS else len(WORKLOADS), place, contender


class Run:
    """What one result file says. Rows are keyed by (workload, contender, tag)."""

    def __init__(self, path, others=()):
        self.peers = list(others)  # (system, rows)
        with open(path, encoding="utf-8") as file:
            data = json.load(file)
        self.context = data["context"]
        samples, allocations, throughput = {}, {}, {}
        for row in sorted(data["benchmarks"], key=row_order):
            if row.get("run_type") == "aggregate" or row.get("error_occurred"):
                continue
            key = split_name(plain_name(row["name"]))
            value = next(row[name] for name in VALUES if name in row)
            samples.setdefault(key, []).append(value)
            if "allocs_per_op" in row:
                allocations.setdefault(key, []).append(row["allocs_per_op"])
            if "messages_per_second" in row:
                throughput.setdefault(key, []).append(row["messages_per_second"])
        self.throughput = {key: statistics.median(v) for key, v in throughput.items()}
        self.rows = {key: statistics.median(values) for key, values in samples.items()}
        self.allocations = {key: statistics.median(v) for key, v in allocations.items()}
        self.instructions = {split_name(name): count
                             for name, count in data.get("instructions", {}).items()}
        self.repetitions = max((len(values) for values in samples.values()), default=0)

    def total(self, workload, contender, tag=""):
        return self.rows.get((workload, contender, tag))

    def baseline(self, workload, contender, tag=""):
        """The row with nothing around the same thing."""
        plain = re.sub(rf"/({'|'.join(GROWTH)}):\d+", "", tag)
        nothing = (f"none/{variant(contender)}", "none")
        rows = (self.total(workload, name, at) for at in (tag, plain) for name in nothing)
        return next((row for row in rows if row is not None), None)

    def cost(self, workload, contender, tag=""):
        """What a row is compared by: its added cost where its workload has a baseline."""
        total = self.total(workload, contender, tag)
        if workload not in ADDED or contender.split("/")[0] == "none":
            return total
        baseline = self.baseline(workload, contender, tag)
        return None if total is None or baseline is None else total - baseline

    def peer_cost(self, system, workload, tag):
        rows = next((rows for name, rows in self.peers if name.startswith(system)), {})
        return peers.cost(rows, "/".join(filter(None, (workload, tag))))

    def best_rival(self, workload, contender, tag=""):
        """Among those that work on the same."""
        costs = [self.cost(*key) for key in self.rows
                 if key[0] == workload and key[2] == tag and is_rival(key[1])
                 and variant(key[1]) in ("", variant(contender))]
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
