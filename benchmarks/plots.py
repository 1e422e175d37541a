"""PNG plots of a run: one per workload, bars for each contender."""

import pathlib

from results import ADDED

TAGS = {"memory": [""], "sleep": ["N:100000"], "expire": ["N:100000"],
        "token_fanout": ["N:10000", "N:100000"]}


def available():
    try:
        import matplotlib
    except ImportError:
        return False
    matplotlib.use("Agg")
    return True


def pending(tag):
    return int(tag.rpartition(":")[2])


def draw_workload(axes, run, workload):
    tags = TAGS.get(workload, ["C:1", "C:100"])
    rows = [key[1] for key in run.rows if key[0] == workload and key[2] == tags[0]
            and not (workload in ADDED and key[1].split("/")[0] == "none")]
    height = 0.8 / len(tags)
    for index, tag in enumerate(tags):
        costs = [max(run.cost(workload, contender, tag) or 0, 0) for contender in rows]
        places = [place + index * height for place in range(len(rows))]
        axes.barh(places, costs, height, label=tag or None)
    axes.set_yticks([place + 0.4 - height / 2 for place in range(len(rows))], rows)
    axes.invert_yaxis()
    if len(tags) > 1:
        axes.legend()


def draw_pending(axes, run):
    keys = [key for key in run.rows if "pending:" in key[2]]
    for contender in dict.fromkeys(key[1] for key in keys):
        for c in ("C:1", "C:100"):
            tags = sorted((key[2] for key in keys if key[1] == contender
                           and key[2].startswith(c + "/")), key=pending)
            costs = [run.cost("wait_for_op", contender, tag) for tag in tags]
            axes.plot([max(pending(tag), 1) for tag in tags], costs, marker="o",
                      label=f"{contender}, {c}")
    axes.set_xscale("symlog")
    axes.set_yscale("log")
    axes.legend()


def save(run, name, unit, draw, path):
    import matplotlib.pyplot as pyplot
    figure, axes = pyplot.subplots(figsize=(8, 4.5), layout="constrained")
    draw(axes)
    axes.set_title(f"{name}: {unit}")
    figure.savefig(path, dpi=120)
    pyplot.close(figure)


def write(run, out):
    """Writes the plots into the folder `out` and returns their names."""
    names = []
    for workload in run.workloads():
        unit = "bytes" if workload == "memory" else "ns per operation"
        unit += ", added to the bare operation" if workload in ADDED else ""
        names.append(f"{workload}.png")
        save(run, workload, unit, lambda axes: draw_workload(axes, run, workload),
             pathlib.Path(out) / names[-1])
    if any("pending:" in key[2] for key in run.rows):
        names.append("pending.png")
        save(run, "wait_for_op with N deadlines pending", "ns added per operation",
             lambda axes: draw_pending(axes, run), pathlib.Path(out) / names[-1])
    return names
