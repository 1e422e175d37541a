"""What other systems take for the same workloads, from the files that peers/run wrote."""

import json
import re

# Their row, what it is called here, and the row of ours that stands beside it.
ROWS = (
    ("yield/C:1", "yield, C=1", ("yield", "post", "C:1")),
    ("yield/C:100", "yield, C=100", ("yield", "post", "C:100")),
    ("wait_for_op/C:1", "wait_for_op, C=1: added", ("wait_for_op", "curfew", "C:1")),
    ("wait_for_op/C:100", "wait_for_op, C=100: added", ("wait_for_op", "curfew", "C:100")),
    ("sleep/N:100000", "sleep, N=100k: CPU each", ("sleep", "curfew", "N:100000")),
    ("expire/N:100000", "expire, N=100k: CPU each", ("expire", "curfew/codes", "N:100000")),
    ("task_group/C:1", "task_group, N=1000: each", ("task_group", "curfew", "C:1")),
    ("token_fanout/N:10000", "token_fanout, N=10k: each", ("token_fanout", "curfew/wait", "N:10000")),
    ("memory/task", "bytes of a sleeping task", ("memory", "curfew_task", "")),
    ("memory/task_limited", "bytes, with a limit", ("memory", "curfew_task_limited", "")),
)


def read(paths):
    """[(system with version, rows)]"""
    every = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
    return [(peer["system"], peer["rows"]) for peer in every]


def cost(rows, name):
    """As ours: a limit by what it adds to a trip through the loop of that system."""
    total = rows.get(name)
    if total is None or not name.startswith("wait_for_op/"):
        return total
    bare = rows.get(re.sub("^wait_for_op", "yield", name))
    return None if bare is None else total - bare


def table(run, number):
    names = [system for system, _ in run.peers]
    lines = ["| | curfew | " + " | ".join(names) + " |", "|---|---|" + "---|" * len(names)]
    for name, words, ours in ROWS:
        cells = [run.total(*ours) if ours[0] == "memory" else run.cost(*ours)]
        cells += [cost(rows, name) for _, rows in run.peers]
        lines.append(f"| {words} | " + " | ".join(map(number, cells)) + " |")
    return "\n".join(lines)
