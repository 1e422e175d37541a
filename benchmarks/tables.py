"""The text of a report: Markdown tables of a run, with the bars beside the rows."""

import peers
from results import is_baseline

HEADER = ("| workload | contender | {} | ratio to best rival | bar | result |\n"
          "|---|---|{}---|---|---|")

# Workloads whose rows are not told apart by C=1 and C=100.
NOT_TIMED_ALIKE = ("sleep", "expire", "token_fanout", "gather", "memory", "threads", "echo", "compile")


def number(value):
    if value is None:
        return "–"
    return f"{value:.1f}" if abs(value) < 100 else f"{value:.0f}"


def cell(run, workload, contender, tag):
    total = run.total(workload, contender, tag)
    cost = run.cost(workload, contender, tag)
    if is_baseline(contender) or total is None or cost is None or cost == total:
        return number(total)
    return f"{number(cost)} ({number(total)})"


def ratio(run, workload, contender, tag):
    cost, rival = run.cost(workload, contender, tag), run.best_rival(workload, contender, tag)
    if is_baseline(contender) or cost is None or not rival:
        return "–"
    return f"{cost / rival:.2f}"


def table(run, workloads, tags, titles, verdicts):
    lines = [HEADER.format(" | ".join(titles), "---|" * len(titles))]
    for workload in workloads:
        for contender in run.contenders(workload, lambda tag: tag in tags):
            cells = [cell(run, workload, contender, tag) for tag in tags]
            ratios = " / ".join(ratio(run, workload, contender, tag) for tag in tags)
            judged = [v for tag in tags for v in verdicts
                      if (v.bar.workload, v.bar.contender, v.bar.tag) == (workload, contender, tag)]
            bars = "; ".join(dict.fromkeys(v.bar.text for v in judged)) or "–"
            words = " / ".join(v.word for v in judged) or "–"
            lines.append("| " + " | ".join((workload, contender, *cells, ratios, bars, words))
                         + " |")
    return "\n".join(lines)


def growth(run, verdicts):
    """What must not grow with the number of anything."""
    kinds = (("wait_for_op", "pending", ("0", "1000", "100000", "1000000"), "deadlines pending"),
             ("wait_for_op", "tasks", ("0", "1000", "100000"), "tasks alive"),
             ("wait_for_op", "depth", ("1", "10", "1000"), "scopes around it"),
             ("token_churn", "subscribers", ("0", "1000", "100000"), "subscribers of the token"))
    for workload, kind, counts, words in kinds:
        for c in ("1", "100"):
            yield (f"ns added per operation with N {words}, C={c}",
                   table(run, [workload], [f"C:{c}/{kind}:{n}" for n in counts],
                         [f"N={n}" for n in counts], verdicts))


def both_kinds(tags):
    return [tag for tag in tags] + ["/".join(filter(None, (tag, "concrete"))) for tag in tags]


def others(run, verdicts):
    yield ("CPU ns of each of 100k waits at once, with its coroutine",
           table(run, ["sleep", "expire"], both_kinds(["N:100000"]), ["any", "concrete"], verdicts))
    yield ("CPU ns of each of N waiting operations, from one request until all have ended",
           table(run, ["token_fanout"], ["N:10000", "N:100000"], ["N=10k", "N=100k"], verdicts))
    sizes = ["of:2", "of:10", "of:1000"]
    yield ("ns of each of N trips through the loop beside each other",
           table(run, ["gather"], sizes, ["N=2", "N=10", "N=1000"], verdicts))
    yield ("the same on the concrete executor",
           table(run, ["gather"], both_kinds(sizes)[3:], ["N=2", "N=10", "N=1000"], verdicts))
    for c in ("1", "100"):
        tags = [f"C:{c}/T:1", f"C:{c}/T:2"]
        yield (f"wall ns per operation of T threads, a strand with C={c} coroutines each",
               table(run, ["threads"], both_kinds(tags),
                     ["T=1", "T=2", "T=1, concrete", "T=2, concrete"], verdicts))
    yield ("the echo server's CPU ns per message, 50 connections",
           table(run, ["echo"], both_kinds([""]), ["any", "concrete"], verdicts) + "\n\n"
           + throughput(run))
    yield ("live bytes that a million short scopes leave behind, on one token in one task",
           table(run, ["token_churn"], ["scopes:1000000"], ["bytes"], verdicts))
    yield ("live bytes of one waiting coroutine",
           table(run, ["memory"], both_kinds([""]), ["any", "concrete"], verdicts))
    yield ("one file: CPU seconds to compile, bytes of the stripped program",
           table(run, ["compile"], [""], ["s or bytes"], verdicts))


def tables(run, verdicts):
    timed = [name for name in run.workloads() if name not in NOT_TIMED_ALIKE]
    for kind, suffix in (("any_io_executor", ""), ("io_context::executor_type", "/concrete")):
        tags = ["C:1" + suffix, "C:100" + suffix]
        yield (f"ns per operation on `{kind}`: added to the operation, in brackets with it",
               table(run, timed, tags, ["C=1", "C=100"], verdicts))
    yield from growth(run, verdicts)
    yield from others(run, verdicts)


def throughput(run):
    rows = {key[1]: value for key, value in run.throughput.items() if not key[2]}
    return "\n".join(["| contender | messages per second |", "|---|---|",
                      *(f"| {name} | {value:.0f} |" for name, value in rows.items())])


def counted(run, counts):
    """A table of what is counted and not timed: allocations, instructions."""
    lines = ["| workload | contender | C=1 | C=100 |", "|---|---|---|---|"]
    for workload, contender in dict.fromkeys(key[:2] for key in run.rows):
        cells = [counts.get((workload, contender, tag)) for tag in ("C:1", "C:100")]
        if any(cell is not None for cell in cells):
            lines.append(f"| {workload} | {contender} | {number(cells[0])} | {number(cells[1])} |")
    others = {key: count for key, count in counts.items() if key[2] not in ("C:1", "C:100")}
    if others:
        lines += ["", "| workload | contender | size | of each |", "|---|---|---|---|"]
    lines += [f"| {' | '.join(key)} | {number(count)} |" for key, count in others.items()
              if "concrete" not in key[2]]
    return "\n".join(lines)


def summary(verdicts):
    words = [verdict.word for verdict in verdicts]
    lines = ["Bars: " + ", ".join(f"{words.count(word)} {word}" for word in dict.fromkeys(words)) + "."]
    return "\n".join(lines + [f"- {verdict}" for verdict in verdicts if verdict.word == "missed"])


def report(run, verdicts, images):
    parts = ["# What curfew costs", run.machine() + ".", summary(verdicts)]
    if run.context.get("optimized") == "no":
        parts.append("**Built without optimization: these times mean nothing.**")
    parts += [f"![{name}]({name})" for name in images]
    for title, body in tables(run, verdicts):
        if len(body.splitlines()) > 2:
            parts += [f"## {title}", body]
    if run.peers:
        parts += ["## beside other systems", peers.table(run, number)]
    parts += ["## allocations per operation in the steady state", counted(run, run.allocations)]
    if run.instructions:
        parts += ["## instructions per operation", counted(run, run.instructions)]
    return "\n\n".join(parts) + "\n"
