"""PNG plots of a run: costs by workload, what must not grow, the echo pair, many at once, memory."""

import pathlib
import re

from results import ADDED, GROWTH, is_baseline

CURFEW, RIVAL, BASELINE = "#c8442d", "#7d8b99", "#c9d1d8"
TINTS = {CURFEW: "#e9a497", RIVAL: "#b9c3cc", BASELINE: "#e4e8ec"}

COSTS = ("wait_for_op", "wait_for_coroutine", "timeout_scope", "reschedule", "token_churn", "shield",
         "finally", "spawn", "task_group")


def available():
    try:
        import matplotlib
    except ImportError:
        return False
    matplotlib.use("Agg")
    matplotlib.rcParams.update({
        "font.size": 9, "axes.titlesize": 10, "axes.titleweight": "bold", "axes.titlelocation": "left",
        "axes.spines.top": False, "axes.spines.right": False, "axes.edgecolor": "#99a3ad",
        "axes.axisbelow": True, "xtick.color": "#45505a", "ytick.color": "#23292e",
        "ytick.major.size": 0, "legend.frameon": False, "grid.color": "#e3e7ea"})
    return True


def colour(contender):
    if is_baseline(contender):
        return BASELINE
    return CURFEW if contender.startswith("curfew") else RIVAL


def short(value):
    if value >= 100_000:
        return f"{value / 1000:.0f}k"
    if value >= 10_000:
        return f"{value / 1000:.1f}k"
    return f"{value:.0f}" if value >= 10 else f"{value:.1f}"


def thousands(value, _):
    return f"{value / 1000:g}k" if value >= 1000 else f"{value:g}"


def draw_bars(axes, names, series, unit):
    """Bars lying down: a group for each name, a bar in it for each (label, values) of `series`."""
    height = 0.8 / len(series)
    values = [value for _, column in series for value in column if value]
    wide = values and max(values) > 30 * max(min(values), 1)
    for index, (label, column) in enumerate(series):
        for place, (name, value) in enumerate(zip(names, column)):
            if value is None:
                continue
            full = colour(name)
            at = place + (index - (len(series) - 1) / 2) * height
            # Noise may leave less than nothing.
            shown = max(value, 1 if wide else 0)
            axes.barh(at, shown, height * 0.92, color=full if index == 0 else TINTS[full])
            words = short(max(value, 0)) + (f"  {label}" if len(series) > 1 else "")
            axes.annotate(words, (shown, at), (3, 0), textcoords="offset points", va="center",
                          fontsize=7, color="#45505a")
    if wide:
        axes.set_xscale("log")
    axes.set_yticks(range(len(names)), names)
    axes.xaxis.set_major_formatter(thousands)
    axes.invert_yaxis()
    axes.margins(x=0.25)
    axes.grid(axis="x")
    axes.set_xlabel(unit, fontsize=8, color="#45505a")


def draw_workload(axes, run, workload, tags, unit, labels=None):
    names = [name for name in run.contenders(workload, lambda tag: tag in tags)
             if not (workload in ADDED and is_baseline(name))]
    columns = [[run.cost(workload, name, tag) for name in names] for tag in tags]
    series = [(label, column) for label, column in zip(labels or tags, columns) if any(column)]
    axes.set_title(workload)
    if names and series:
        draw_bars(axes, names, series, unit)


def grid(run, panels, columns=3):
    """A figure with a panel for each (workload, draw) whose workload was run."""
    import matplotlib.pyplot as pyplot
    panels = [(rows, draw) for rows, draw in panels if rows]
    if not panels:
        return None
    lines = -(-len(panels) // columns)
    sizes = [max((rows for rows, _ in panels[at:at + columns]), default=1)
             for at in range(0, len(panels), columns)]
    figure, axes = pyplot.subplots(
        lines, columns, squeeze=False, layout="constrained",
        figsize=(4.6 * columns, 0.34 * sum(sizes) + 0.9 * lines + 0.5),
        gridspec_kw={"height_ratios": [size + 2 for size in sizes]})
    for at, place in enumerate(axes.flat):
        if at < len(panels):
            panels[at][1](place)
        else:
            place.axis("off")
    return figure


def workload_panel(run, workload, tags, unit, labels=None):
    rows = sum(not (workload in ADDED and is_baseline(name))
               for name in run.contenders(workload, lambda tag: tag in tags))
    return rows, lambda axes: draw_workload(axes, run, workload, tags, unit, labels)


def costs(run):
    panels = []
    for workload in COSTS:
        unit = "ns per operation" + (", added to it" if workload in ADDED else "")
        panels.append(workload_panel(run, workload, ["C:1", "C:100"], unit, ["C=1", "C=100"]))
    sizes = ["of:2", "of:10", "of:1000"]
    panels.append(workload_panel(run, "gather", sizes, "ns of each", ["2", "10", "1000"]))
    for c in (1, 100):
        rows, draw = workload_panel(run, "threads", [f"C:{c}/T:1", f"C:{c}/T:2"],
                                    f"wall ns per operation, C={c}", ["T=1", "T=2"])
        panels.append((rows, draw))
    return grid(run, panels)


def many(run):
    unit = "CPU ns of each"
    panels = [workload_panel(run, workload, ["N:100000"], unit) for workload in ("sleep", "expire")]
    panels.append(workload_panel(run, "token_fanout", ["N:10000", "N:100000"], unit, ["10k", "100k"]))
    return grid(run, panels)


def memory(run):
    return grid(run, [workload_panel(run, "memory", [""], "live bytes of one waiting coroutine")],
                columns=1)


def echo(run):
    names = run.contenders("echo", lambda tag: tag == "")
    draw_cpu = workload_panel(run, "echo", [""], "server's CPU ns per message")[1]

    def draw_throughput(axes):
        values = [run.throughput.get(("echo", name, "")) for name in names]
        draw_bars(axes, names, [("", values)], "messages per second")
        axes.set_title("echo: throughput")

    return grid(run, [(len(names), draw_cpu), (len(names), draw_throughput)], columns=2)


def count_of(tag):
    return int(tag.rpartition(":")[2])


def draw_growth(axes, run, kind, words):
    """Lines over N; zero stands where one would."""
    keys = [key for key in run.rows if re.search(rf"/{kind}:\d+$", key[2])]
    lines = dict.fromkeys((key[0], key[1], key[2].partition("/")[0]) for key in keys
                          if not is_baseline(key[1]))
    for workload, contender, c in lines:
        tags = sorted((key[2] for key in keys if key[:2] == (workload, contender)
                       and key[2].startswith(c + "/")), key=count_of)
        costs = [max(run.cost(workload, contender, tag) or 0, 1) for tag in tags]
        places = [max(count_of(tag), 1) for tag in tags]
        axes.plot(places, costs, color=colour(contender), marker="o", markersize=4,
                  linestyle="-" if c == "C:1" else "--",
                  label=f"{contender}, {c.replace(':', '=')}")
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_ylim(10, max(2_000, 2 * max(axes.get_ylim())))
    axes.grid()
    axes.set_title(f"N {words}")
    axes.set_ylabel("ns added per operation", fontsize=8)
    axes.legend(fontsize=7)


def growth(run):
    words = {"pending": "deadlines pending", "tasks": "tasks alive", "depth": "scopes around it",
             "subscribers": "subscribers of the token"}
    panels = [(8 if any(f"/{kind}:" in key[2] for key in run.rows) else 0,
               lambda axes, kind=kind: draw_growth(axes, run, kind, words[kind]))
              for kind in GROWTH]
    return grid(run, panels, columns=2)


TITLES = {"costs": "What it costs: curfew red, others grey", "growth": "What must not grow",
          "echo": "A TCP server with a limit on every read, 50 connections",
          "many": "Many at once", "memory": "Memory"}


def write(run, out):
    """Writes the plots into the folder `out` and returns their names."""
    import matplotlib.pyplot as pyplot
    names = []
    for draw in (costs, growth, echo, many, memory):
        figure = draw(run)
        if figure is None:
            continue
        figure.suptitle(TITLES[draw.__name__], x=0.01, ha="left", fontsize=12)
        names.append(f"{draw.__name__}.png")
        figure.savefig(pathlib.Path(out) / names[-1], dpi=110)
        pyplot.close(figure)
    return names
