#!/usr/bin/env python3
"""Lets clients that were written elsewhere loose on the example server.

    peers.py <curl | wrk | openssl | nobody> <http_server>

Exits with 77 where the client is not installed. With `nobody`: what the server says when it is
started in a way that makes no sense.
"""

import json
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
import zlib
from pathlib import Path

PROGRAM = sys.argv[2]
HERE = Path(tempfile.mkdtemp(prefix="peers-"))
CERTIFICATE, KEY = HERE / "certificate.pem", HERE / "key.pem"


def run(*command, **more):
    return subprocess.run([str(c) for c in command], capture_output=True, timeout=60, **more)


def expect(condition, what, *context):
    if not condition:
        sys.exit("\n".join([f"FAILED: {what}", *(repr(c) for c in context)]))


def soon(question, what, limit=5.0):
    end = time.monotonic() + limit
    while not question():
        expect(time.monotonic() < end, f"not within {limit} s: {what}")
        time.sleep(0.02)


def make_certificate():
    if not shutil.which("openssl"):
        skip("openssl")
    made = run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", 2,
               "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", KEY, "-out", CERTIFICATE)
    expect(made.returncode == 0, "a certificate is made", made.stderr)


def skip(tool):
    print(f"{tool} is not installed here")
    sys.exit(77)


class Server:
    """The server, as long as the block runs; it must end by itself after a SIGTERM."""

    def __init__(self, *options):
        self.options = options

    def __enter__(self):
        ports = HERE / "ports"
        ports.unlink(missing_ok=True)
        self.log = open(HERE / "log", "w+")
        self.process = subprocess.Popen(
            [PROGRAM, "--port-file", ports, "--tls-port", "0", "--certificate", CERTIFICATE, "--key", KEY, *self.options],
            stdout=self.log, stderr=subprocess.STDOUT)
        soon(ports.exists, "the server listens", 20)
        self.port, self.tls_port = (int(p) for p in ports.read_text().split())
        self.http, self.https = f"http://localhost:{self.port}", f"https://localhost:{self.tls_port}"
        return self

    def __exit__(self, kind, *_):
        if kind:
            self.process.kill()
            self.process.wait()
        elif self.process.poll() is None:
            self.stop()

    def terminate(self):
        self.process.send_signal(signal.SIGTERM)

    def stop(self):
        """The last news of it, once everything in it has ended."""
        self.terminate()
        return self.ended()

    def ended(self):
        code = self.process.wait(timeout=30)
        self.log.seek(0)
        said = self.log.read()
        expect(code == 0, "the server ends cleanly", code, said)
        expect("0 abandoned, 0 refused to stop" in said, "the server leaves nothing behind", said)
        statistics = json.loads(said[said.index("\n{") :])
        requests = dict(statistics["requests"])
        expect(requests.pop("begun") == sum(requests.values()), "each request is accounted for", said)
        return statistics

    def statistics(self):
        with urllib.request.urlopen(self.http + "/stats", timeout=10) as answer:
            return json.load(answer)

    def is_closed(self):
        try:
            socket.create_connection(("127.0.0.1", self.port), 5).close()
            return False
        except ConnectionRefusedError:
            return True


def in_background(*command):
    return subprocess.Popen([str(c) for c in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE)


# ---- curl

def curl(*options):
    return run("curl", "-sS", "--cacert", CERTIFICATE, "--max-time", 30, *options)


def curl_asks(server):
    for site in server.http, server.https:
        got = curl("-i", site + "/")
        expect(got.stdout.startswith(b"HTTP/1.1 200 OK") and b"<h1>" in got.stdout, "a page", got)
        got = curl("-I", site + "/download?bytes=1000")
        expect(b"Content-Length: 1000" in got.stdout and got.stdout.endswith(b"\r\n\r\n"), "only a header", got)
        got = curl("-w", "%{num_connects} ", site + "/slow?ms=1", site + "/slow?ms=1")
        expect(got.stdout == b"slow, but done\n1 slow, but done\n0 ", "two requests on one connection", got)
        got = curl(site + "/download?bytes=3000000")
        expect(got.stdout == (b"abcdefghijklmnopqrstuvwxyz" * 115385)[:3000000], "a download", len(got.stdout))
        got = curl("-w", "%{http_code}", "-H", "X-Request-Timeout-Ms: 100", site + "/slow?ms=9999")
        expect(got.stdout == b"this took too long\n503", "a limit of the client's own", got)
        got = curl("-H", "X-Request-Timeout-Ms: 400", site + "/fanout?ms=1,9999")
        expect(got.stdout == b"backend 0: done\nbackend 1: out of time\n", "the same, passed on to backends", got)
    expect(curl(server.http + "/tasks?format=json").stdout.startswith(b"{"), "tasks as JSON")
    expect(b"session_answering.cpp" in curl(server.http + "/tasks").stdout, "tasks as a tree")


def curl_uploads(server):
    large = HERE / "large"
    large.write_bytes(bytes(range(256)) * 8192)
    small = HERE / "small"
    small.write_bytes(b"curfew" * 30000)
    for site in server.http, server.https:
        for file, options in (large, ["-v", "-H", "Expect: 100-continue"]), (small, ["--limit-rate", "200k"]):
            content = file.read_bytes()
            got = curl(*options, "--data-binary", f"@{file}", site + "/upload")
            wanted = f"{len(content)} bytes, checksum {zlib.crc32(content)}\n".encode()
            expect(got.stdout == wanted, f"an upload with {options}", got)
            expect("-v" not in options or b"HTTP/1.1 100 Continue" in got.stderr, "100 Continue", got.stderr)
        got = curl("-w", "%{http_code}", "-o", "/dev/null", "--data-binary", f"@{large}", site + "/upload?and=again",
                   "--next", "-sS", "--cacert", CERTIFICATE, "-w", "%{http_code}", "-o", "/dev/null", "-H",
                   "Content-Length: 99999999", "--data-binary", f"@{small}", site + "/upload")
        expect(got.stdout == b"200413", "one that is too large", got)


def curl_leaves(server):
    for count, site in enumerate((server.http, server.https), 1):
        gone = curl("--max-time", 0.3, site + "/slow?ms=9999")
        expect(gone.returncode == 28, "curl gives up", gone)
        soon(lambda: server.statistics()["requests"]["client_gone"] == count, "its handler is cancelled")
    before = server.statistics()["backends"]["gave_up"]
    curl("--max-time", 0.3, server.http + "/fanout?ms=8888,9999")
    soon(lambda: server.statistics()["backends"]["gave_up"] == before + 2, "and so are its backends")


def curl_is_there_at_the_end(*options):
    for site in "http", "https":
        with Server("--drain-delay", "300ms", *options) as server:
            slow = in_background("curl", "-sSi", "--cacert", CERTIFICATE, getattr(server, site) + "/slow?ms=1500")
            soon(lambda: server.statistics()["requests"]["begun"] >= 2 and server.statistics()["connections"]["open"] == 2,
                 "the request has begun")
            server.terminate()
            soon(lambda: curl("-w", "%{http_code}", server.http + "/ready").stdout == b"about to stop\n503",
                 "it is not ready any more", 0.3)
            soon(server.is_closed, "it accepts no more", 2)
            expect(slow.poll() is None, "the slow request is still being answered")
            said, _ = slow.communicate(timeout=20)
            expect(said.endswith(b"slow, but done\n") and b"Connection: close" in said, "it is answered to its end", said)
            server.ended()


def curl_is_told_that_it_ends():
    with Server() as server:
        slow = in_background("curl", "-sSi", server.http + "/slow?ms=29999")
        soon(lambda: server.statistics()["connections"]["open"] == 2, "the request has begun")
        server.terminate()
        soon(server.is_closed, "it accepts no more")
        server.terminate()
        said, _ = slow.communicate(timeout=10)
        expect(said.startswith(b"HTTP/1.1 503 "), "whoever is cut short is told so", said)
        expect(server.ended()["requests"]["stopped"] == 1, "it is counted")


def test_curl():
    for options in [], ["--threads", "3"]:
        with Server("--introspection", *options) as server:
            curl_asks(server)
            curl_uploads(server)
            curl_leaves(server)
        curl_is_there_at_the_end(*options)
    curl_is_told_that_it_ends()


# ---- wrk

def wrk_errors(said):
    errors = re.search(rb"Socket errors: connect (?P<connect>\d+), read (?P<read>\d+), write (?P<write>\d+), "
                       rb"timeout (?P<timeout>\d+)", said)
    return {name: int(count) for name, count in errors.groupdict().items() if int(count)} if errors else {}


def test_wrk():
    for options in [], ["--threads", "3"]:
        for site in "http", "https":
            with Server(*options) as server:
                load = run("wrk", "-t2", "-c32", "-d2s", getattr(server, site) + "/")
                expect(not wrk_errors(load.stdout), "nothing goes wrong under load", load.stdout)
                expect(b"Non-2xx" not in load.stdout, "everything is answered", load.stdout)

                load = in_background("wrk", "-t2", "-c32", "-d2s", getattr(server, site) + "/slow?ms=5")
                time.sleep(1)
                last = server.stop()["requests"]
                said, _ = load.communicate(timeout=30)
                # From the drain on it cannot connect any more, which it finds out when it writes. A
                # request that crosses the goodbye of an idle connection has not begun: one a
                # connection at most.
                errors = wrk_errors(said)
                expect(errors.keys() <= {"connect", "write", "read"}, "whoever was connected is answered", said)
                expect(errors.get("read", 0) <= 32, "no connection is lost but between two requests", said)
                expect(b"Non-2xx" not in said, "rightly", said)
                expect(last["stopped"] == last["cut"] == last["failed"] == 0, "nothing is cut short", last)
                print(f"{site} {' '.join(options)}: {last['answered']} requests answered")


# ---- openssl

def s_client(server, *options):
    return in_background("openssl", "s_client", "-connect", f"localhost:{server.tls_port}", "-servername", "localhost",
                         "-CAfile", CERTIFICATE, "-verify_return_error", "-quiet", *options)


def test_openssl():
    with Server("--handshake", "700ms", "--idle", "1s", "--farewell", "500ms") as server:
        by_hand = s_client(server, "-ign_eof")
        said, _ = by_hand.communicate(b"GET /slow?ms=5 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 20)
        expect(said.startswith(b"HTTP/1.1 200 OK") and said.endswith(b"slow, but done\n"), "a request by hand", said)
        expect(by_hand.returncode == 0, "it ends with a close_notify")

        began = time.monotonic()
        silent = s_client(server)
        expect(silent.wait(timeout=20) == 0 and time.monotonic() - began > 0.9, "silence ends at its limit")
        began = time.monotonic()
        with socket.create_connection(("127.0.0.1", server.tls_port), 20) as mute:
            expect(mute.recv(1) == b"" and time.monotonic() - began > 0.6, "so does a handshake that does not begin")
        statistics = server.statistics()["limits_hit"]
        expect((statistics["idle"], statistics["handshake"]) == (1, 1), "both are counted", statistics)

        rude = s_client(server)
        rude.stdin.write(b"GET /slow?ms=9999 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        rude.stdin.flush()
        soon(lambda: server.statistics()["connections"]["open"] == 2, "the request has begun")
        time.sleep(0.1)
        rude.kill()
        soon(lambda: server.statistics()["requests"]["client_gone"] == 1, "who leaves without a word is noticed")

        with socket.create_connection(("127.0.0.1", server.tls_port), 20) as lost:
            lost.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            while lost.recv(1000):
                pass
        soon(lambda: server.statistics()["connections"]["failed_handshakes"] == 1, "so is who speaks no TLS")

        idle = s_client(server)
        soon(lambda: server.statistics()["connections"]["open"] == 2, "one is idle")
        server.terminate()
        expect(idle.wait(timeout=0.8) == 0, "and goes home with a close_notify")
        server.ended()


# ---- nobody

def test_nobody():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        tls = ["--tls-port", "0", "--key", KEY, "--certificate"]
        for options, wanted in (
            (["--port", port], f"cannot listen on port {port}: Address already in use"),
            (["--tls-port", "0"], "'--tls-port' needs a '--certificate' and its '--key'"),
            (["--key", KEY], "'--certificate' and '--key' need a '--tls-port'"),
            ([*tls, "nowhere.pem"], "cannot use the certificate 'nowhere.pem': No such file or directory"),
            ([*tls, KEY], f"cannot use the certificate '{KEY}': "),
            (["--header", "2m"], "option '--header' is longer than '--request'"),
            (["--total-limit", "20s"], "'--total-limit' leaves no time"),
            (["--drain-delay", "never"], "with '--drain-delay never' the server would never stop"),
            (["--drain-limit", "-1s"], "option '--drain-limit': '-1s' is not a duration"),
            (["--threads", "0"], "'--threads' takes a number from 1 to 256"),
            (["--idle", "soon"], "option '--idle': 'soon' is not a duration"),
        ):
            said = run(PROGRAM, *options)
            first, *more = said.stderr.decode().splitlines()
            expect(said.returncode == 2 and first.startswith("http_server: " + wanted), wanted, said)
            expect(more == ["http_server: --help lists the options"] and not said.stdout, "no more than that", said)


if __name__ == "__main__":
    which = sys.argv[1]
    try:
        if which != "nobody" and not shutil.which(which):
            skip(which)
        make_certificate()
        {"curl": test_curl, "wrk": test_wrk, "openssl": test_openssl, "nobody": test_nobody}[which]()
    finally:
        shutil.rmtree(HERE)
    print("all as it should be")
