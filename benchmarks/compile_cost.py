"""What a file costs its compiler, and its program in bytes: one read with a limit, and headers alone."""

import json
import os
import pathlib
import shlex
import statistics
import subprocess
import tempfile

SOURCES = pathlib.Path(__file__).parent / "compile"
PROGRAMS = ("none", "cancel_after", "curfew")
HEADERS = {"asio": "boost/asio.hpp", "curfew_wait_for": "curfew/wait_for.hpp",
           "curfew_all": "curfew/curfew.hpp"}


def flags(build):
    """The compiler, and how it was called for the suite, without files and warnings."""
    commands = json.loads((build / "compile_commands.json").read_text(encoding="utf-8"))
    words = shlex.split(next(c["command"] for c in commands if c["file"].endswith("/client.cpp")))
    words = [word for word in words if not pathlib.Path(word).name.startswith("ccache")]
    drop = {"-o", "-c", "-MF", "-MT", "-MQ"}
    kept = [word for word, before in zip(words, ["", *words]) if not (word in drop or before in drop)]
    return [word for word in kept if not word.startswith(("-W", "-MD", "-MMD"))]


def cpu_seconds(command):
    """CPU seconds of a command and its children; None when it fails."""
    before = os.times()
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = os.times()
    seconds = (after.children_user + after.children_system
               - before.children_user - before.children_system)
    return None if done.returncode else seconds


def compile_seconds(command, source, target, repetitions):
    taken = [cpu_seconds([*command, "-c", str(source), "-o", str(target)])
             for _ in range(repetitions)]
    return None if None in taken else statistics.median(taken)


def program_bytes(command, target, build):
    """Of the linked and stripped program."""
    program = target.with_suffix("")
    library = next(build.rglob("libcurfew.a"), None)
    linked = cpu_seconds([command[0], str(target), *filter(None, [library and str(library)]),
                          "-pthread", "-s", "-o", str(program)])
    return None if linked is None else program.stat().st_size


def rows(build, repetitions=3):
    command = flags(build)
    row = lambda name, key, value: {"name": f"compile/{name}", "run_type": "iteration", key: value}
    with tempfile.TemporaryDirectory() as folder:
        target = pathlib.Path(folder) / "unit.o"
        for name in PROGRAMS:
            seconds = compile_seconds(command, SOURCES / f"{name}.cpp", target, repetitions)
            if seconds is None:
                continue  # no cancel_after in this Boost
            yield row(f"{name}/program", "seconds_to_compile", seconds)
            size = program_bytes(command, target, build)
            if size is not None:
                yield row(f"{name}/size", "bytes_of_program", size)
        for name, header in HEADERS.items():
            source = pathlib.Path(folder) / "unit.cpp"
            source.write_text(f"#include <{header}>\n", encoding="utf-8")
            seconds = compile_seconds(command, source, target, repetitions)
            if seconds is not None:
                yield row(f"{name}/header", "seconds_to_compile", seconds)


def add(build, path):
    """Compiles, and adds the rows to a result file."""
    data = json.loads(path.read_text(encoding="utf-8"))
    data["benchmarks"] += list(rows(build))
    path.write_text(json.dumps(data, indent=1), encoding="utf-8")
