"""Instructions per operation, counted by callgrind."""

import json
import pathlib
import re
import shutil
import subprocess
import tempfile

ROWS = ("^(yield|wait_for_op|wait_for_coroutine|timeout_scope|reschedule|token_churn|shield|finally"
        "|spawn|task_group|gather)/[a-z_]+(/[a-z_]+)?/(C|of):[0-9]+/min_time|^token_fanout/.*/N:10000/")


def available():
    return shutil.which("valgrind") is not None


def read_dumps(folder):
    """{row name: {operations: instructions}}"""
    counts = {}
    for path in pathlib.Path(folder).glob("out.*"):
        text = path.read_text(encoding="utf-8", errors="replace")
        label = re.search(r"^desc: Trigger: Client Request: (\S+) (\d+)$", text, re.M)
        total = re.search(r"^(?:totals|summary): (\d+)", text, re.M)
        if label and total:
            counts.setdefault(label[1], {})[int(label[2])] = int(total[1])
    return counts


def per_operation(counts):
    """What a coroutine needs once falls out of the difference of two runs."""
    (few, least), (many, most) = sorted(counts.items())
    return (most - least) / (many - few)


def add(binary, path):
    """Runs the rows under callgrind and adds what it counted to a result file."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/out",
                        str(binary), f"--benchmark_filter={ROWS}"],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        counts = read_dumps(folder)
    data = json.loads(path.read_text(encoding="utf-8"))
    data["instructions"] = {name: per_operation(count) for name, count in counts.items()}
    path.write_text(json.dumps(data, indent=1), encoding="utf-8")
