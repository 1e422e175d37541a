"""Runs the echo pair: a server for each contender, and a load that it serves, on cores of their own."""

import json
import os
import subprocess

SERVER, CLIENT = "curfew_echo_server", "curfew_echo_client"
CONNECTIONS = 50


def available(folder):
    return all((folder / name).exists() for name in (SERVER, CLIENT))


def pin(core):
    """What a child does before it begins; on a machine with one core both share it."""
    cores = sorted(os.sched_getaffinity(0))
    return lambda: os.sched_setaffinity(0, {cores[core % len(cores)]})


def contenders(folder):
    listed = subprocess.run([folder / SERVER, "--list"], check=True, capture_output=True, text=True)
    return [(name, kind) for kind in ("", "concrete") for name in listed.stdout.split()]


def run_pair(folder, name, kind, seconds):
    """What server and client say of one load."""
    server = subprocess.Popen([folder / SERVER, name, str(CONNECTIONS), *kind.split()],
                              stdout=subprocess.PIPE, text=True, preexec_fn=pin(0))
    try:
        port = server.stdout.readline().strip()
        client = subprocess.run([folder / CLIENT, port, str(CONNECTIONS), str(seconds)], check=True,
                                capture_output=True, text=True, preexec_fn=pin(1),
                                timeout=seconds + 20)
        said, _ = server.communicate(timeout=20)
    finally:
        server.kill()
        server.wait()
    return {**json.loads(client.stdout), **json.loads(said)}


def rows(folder, repetitions, seconds=0.4):
    """Rows as Google Benchmark writes them. Contenders take turns, as a slow minute meets all alike."""
    every = contenders(folder)
    for _ in range(repetitions):
        for name, kind in every:
            yield {"name": "/".join(filter(None, ("echo", name, kind))), "run_type": "iteration",
                   **run_pair(folder, name, kind, seconds)}


def add(folder, path, repetitions):
    """Runs the pair and adds its rows to a result file."""
    data = json.loads(path.read_text(encoding="utf-8"))
    data["benchmarks"] += list(rows(folder, repetitions))
    path.write_text(json.dumps(data, indent=1), encoding="utf-8")
