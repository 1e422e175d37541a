"""The bars that curfew has to meet. Every one is a ratio or a difference within one run."""

from dataclasses import dataclass
from typing import Callable, Optional


@dataclass
class Bar:
    workload: str
    contender: str
    tag: str
    text: str
    value: Callable
    allowed: Callable

    def judge(self, run):
        value, allowed = self.value(run), self.allowed(run)
        return Verdict(self, value, allowed)


@dataclass
class Verdict:
    bar: Bar
    value: Optional[float]
    allowed: Optional[float]

    @property
    def word(self):
        if self.value is None:
            return "not measured"
        if self.allowed is None:
            return "no rival"
        return "met" if self.value <= self.allowed else "missed"

    def __str__(self):
        bar = self.bar
        row = "/".join(filter(None, (bar.workload, bar.contender, bar.tag)))
        show = lambda number: "?" if number is None else f"{number:.4g}"
        return f"{row}: {show(self.value)}, {bar.text} = {show(self.allowed)}: {self.word}"


def cost(workload, contender, tag="", factor=1.0, plus=0.0):
    def of(run):
        value = run.cost(workload, contender, tag)
        return None if value is None else value * factor + plus
    return of


def difference(workload, contender, base):
    def of(run):
        value, without = run.total(workload, contender), run.total(workload, base)
        return None if value is None or without is None else value - without
    return of


def against(workload, contender, tag, text, *allowed, **scale):
    """The cost of a row must not exceed the (scaled) cost of another one."""
    return Bar(workload, contender, tag, text, cost(workload, contender, tag),
               cost(*allowed, **scale))


def flat(workload, contender, many, few, text):
    """A cost must not grow, as far as the noise of two differences lets that be seen."""
    value = cost(workload, contender, few)
    def allowed(run):
        least = value(run)
        return None if least is None else max(1.2 * least, least + 20)
    return Bar(workload, contender, many, f"≤ 1.2 × at {text}, or 20 more",
               cost(workload, contender, many), allowed)


def below_peer(workload, contender, tag, system, peer_workload):
    """Below what another system adds to a trip through its loop, where that was run beside us."""
    return Bar(workload, contender, tag, f"< {system}", cost(workload, contender, tag),
               lambda run: run.peer_cost(system, peer_workload, tag))


def constant(workload, contender, tag, text, number, value=None):
    return Bar(workload, contender, tag, text, value or cost(workload, contender, tag),
               lambda run: number)


def wait_for_bars():
    op, rival = "wait_for_op", "cancel_after"
    yield against(op, "curfew", "C:1", "≤ 1/12 of cancel_after", op, rival, "C:1", factor=1 / 12)
    yield against(op, "curfew", "C:100", "≤ 1/2 of cancel_after", op, rival, "C:100", factor=0.5)
    for c in ("C:1", "C:100"):
        yield flat(op, "curfew", f"{c}/pending:1000000", f"{c}/pending:1000", "1k")
        yield flat(op, "curfew", f"{c}/tasks:100000", f"{c}/tasks:1000", "1k")
        yield flat(op, "curfew", f"{c}/depth:1000", f"{c}/depth:1", "1")
        yield flat("token_churn", "curfew/op", f"{c}/subscribers:100000",
                   f"{c}/subscribers:1000", "1k")


def coroutine_bars():
    coroutine, rival = "wait_for_coroutine", "co_spawn_cancel_after"
    for c in ("C:1", "C:100"):
        yield against(coroutine, "curfew", c, "≤ 1/5 of co_spawn_cancel_after",
                      coroutine, rival, c, factor=0.2)
        yield against(coroutine, "curfew_plain", c, "≤ co_spawn + 80",
                      coroutine, "co_spawn", c, plus=80)
        yield below_peer(coroutine, "curfew", c, "tokio", "wait_for_op")
    scope = "timeout_scope"
    yield against(scope, "curfew", "C:1", "≤ 1/50 of ten cancel_after",
                  scope, "cancel_after", "C:1", factor=1 / 50)
    yield against(scope, "curfew", "C:100", "≤ 1/10 of ten cancel_after",
                  scope, "cancel_after", "C:100", factor=1 / 10)


def time_bars():
    n = "N:100000"
    yield against("sleep", "curfew", n, "≤ 1/2 of steady_timer",
                  "sleep", "steady_timer", n, factor=0.5)
    yield against("expire", "curfew/codes", n, "≤ 1/2 of cancel_after",
                  "expire", "cancel_after/codes", n, factor=0.5)
    for c in ("C:1", "C:100"):
        yield constant("reschedule", "curfew", c, "≤ 25", 25)


def token_bars():
    fanout, churn = "token_fanout", "token_churn"
    rivals = {"timer": "signals/timer", "sleep": "signals/sleep", "wait": "signals/timer"}
    for on, rival in rivals.items():
        for n in ("N:10000", "N:100000"):
            yield against(fanout, f"curfew/{on}", n, "≤ 1.2 × signals",
                          fanout, rival, n, factor=1.2)
    scopes = "scopes:1000000"
    for on in ("op", "coroutine", "source"):
        contender = f"curfew/{on}"
        # Of a million scopes: one that left a byte behind would be far above it.
        yield constant(churn, contender, scopes, "flat: ≤ 1 KiB", 1024,
                       lambda run, contender=contender: run.total(churn, contender, scopes))


def shield_bars():
    for workload in ("shield", "finally"):
        for c in ("C:1", "C:100"):
            yield constant(workload, "curfew/op", c, "≤ 15", 15)
            yield constant(workload, "curfew/coroutine", c, "≤ 60", 60)


def structure_bars():
    for c in ("C:1", "C:100"):
        yield against("spawn", "curfew", c, "≤ 1.3 × co_spawn(detached)",
                      "spawn", "co_spawn_detached", c, factor=1.3)
    yield against("task_group", "curfew", "C:1", "≤ 1.2 × counter and co_spawn",
                  "task_group", "counter", "C:1", factor=1.2)
    for n in ("of:2", "of:10", "of:1000"):
        yield against("gather", "curfew", n, "≤ 1/2 of &&", "gather", "operator_and", n, factor=0.5)


def thread_bars():
    for c in ("C:1", "C:100"):
        yield against("threads", "curfew", f"{c}/T:2", "throughput ≥ 1.6 × at one thread",
                      "threads", "curfew", f"{c}/T:1", factor=1 / 1.6)


def echo_bars():
    for kind in ("", "concrete"):
        yield against("echo", "curfew", kind, "≤ 1.015 × without limits",
                      "echo", "none", kind, factor=1.015)


def compile_bars():
    """Of sense, and not of the list: who adds one limit must not wait for it."""
    yield against("compile", "curfew/program", "", "≤ 1.5 × cancel_after",
                  "compile", "cancel_after/program", "", factor=1.5)
    yield against("compile", "curfew/size", "", "≤ cancel_after + 100 kB",
                  "compile", "cancel_after/size", "", plus=100_000)
    yield against("compile", "curfew_wait_for/header", "", "≤ 1.5 × boost/asio.hpp",
                  "compile", "asio/header", "", factor=1.5)
    yield against("compile", "curfew_all/header", "", "≤ 2 × boost/asio.hpp",
                  "compile", "asio/header", "", factor=2)


def memory_bars():
    yield constant("memory", "curfew", "", "limit ≤ 250 over the task", 250,
                   difference("memory", "curfew", "none"))
    yield constant("memory", "curfew_task_limited", "", "task with limit ≤ 900", 900)


BARS = [*wait_for_bars(), *coroutine_bars(), *time_bars(), *token_bars(),
        *shield_bars(), *structure_bars(), *thread_bars(), *echo_bars(), *memory_bars(),
        *compile_bars()]
