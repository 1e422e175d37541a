#!/usr/bin/env python3
"""Keeps the example server busy with clients that misbehave at random, and watches its memory.

    soak.py <seconds> <http_server> [seed]

It must answer whoever behaves all the time (or say that it is busy, now and then), keep its memory where it is, and end cleanly. Build it
with a sanitizer: `bash cmake/dev.sh soak`.
"""

import random
import shutil
import socket
import ssl
import struct
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import peers
from peers import expect

SECONDS = float(sys.argv[1])
SEED = int(sys.argv[3]) if len(sys.argv) > 3 else int(time.time())
CLIENTS = 24


def connect(server, tls=False):
    plain = socket.create_connection(("127.0.0.1", server.port), 10)
    plain.settimeout(10)
    if not tls:
        return plain
    plain.close()
    plain = socket.create_connection(("127.0.0.1", server.tls_port), 10)
    plain.settimeout(10)
    trust = ssl.create_default_context()
    trust.check_hostname = False
    trust.verify_mode = ssl.CERT_NONE
    return trust.wrap_socket(plain)


def reset(connection):
    """Ends it as a crash does: the peer hears of it by a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def request(path, *headers):
    return "\r\n".join([f"GET {path} HTTP/1.1", "Host: localhost", *headers, "", ""]).encode()


# ---- what a client may do to a server; each gets a connection and a random generator


def leaves_in_the_middle_of_a_request(c, rand):
    c.sendall(request("/")[: rand.randrange(1, 30)])


def leaves_before_the_answer(c, rand):
    c.sendall(request(f"/slow?ms={rand.randrange(500)}"))


def leaves_in_the_middle_of_an_answer(c, rand):
    c.sendall(request("/download?bytes=2000000"))
    c.recv(rand.randrange(1, 5000))


def crashes_before_the_answer(c, rand):
    c.sendall(request(f"/fanout?ms={rand.randrange(200)},{rand.randrange(900)}"))
    reset(c)


def talks_nonsense(c, rand):
    c.sendall(rand.randbytes(rand.randrange(1, 4000)))
    c.recv(1000)


def has_a_header_without_end(c, rand):
    c.sendall(b"GET / HTTP/1.1\r\n")
    for _ in range(rand.randrange(200)):
        c.sendall(b"X-More: " + rand.randbytes(20).hex().encode() + b"\r\n")
    c.recv(1000)


def is_slow(c, rand):
    for byte in request("/")[: rand.randrange(1, 20)]:
        c.sendall(bytes([byte]))
        time.sleep(0.02)


def says_nothing(c, rand):
    time.sleep(rand.random() / 2)


def asks_often_and_reads_late(c, rand):
    c.sendall(request("/") * rand.randrange(1, 20))
    time.sleep(0.1)
    c.recv(100)


def closes_half_of_it(c, rand):
    c.sendall(request("/"))
    c.shutdown(socket.SHUT_WR)
    while c.recv(4096):
        pass


def hurries(c, rand):
    c.sendall(request("/slow?ms=400", f"X-Request-Timeout-Ms: {rand.randrange(1, 300)}"))
    c.recv(1000)


MISDEEDS = [leaves_in_the_middle_of_a_request, leaves_before_the_answer, leaves_in_the_middle_of_an_answer,
            crashes_before_the_answer, talks_nonsense, has_a_header_without_end, is_slow, says_nothing,
            asks_often_and_reads_late, closes_half_of_it, hurries]


class Soak:
    def __init__(self, server):
        self.server = server
        self.over = threading.Event()
        self.misdeeds = 0
        self.answers = 0
        self.busy = 0
        self.failures = []

    def misbehave(self, number):
        rand = random.Random(SEED * 1000 + number)
        while not self.over.is_set():
            try:
                with connect(self.server, tls=rand.random() < 0.2) as connection:
                    rand.choice(MISDEEDS)(connection, rand)
            except OSError:
                pass  # the server may hang up on such a one whenever it likes
            self.misdeeds += 1

    def behave(self):
        while not self.over.is_set():
            try:
                with urllib.request.urlopen(self.server.http + "/", timeout=20) as answer:
                    expect(answer.status == 200, "a page for who behaves")
                self.answers += 1
            except urllib.error.HTTPError as problem:
                # Busy, it may say so; nothing else.
                self.busy += 1
                if problem.code != 503:
                    self.failures.append(repr(problem))
            except Exception as problem:  # told at the end, with how many
                self.failures.append(repr(problem))
            time.sleep(0.01)

    def memory(self):
        """What the server has in use, in MiB."""
        status = Path(f"/proc/{self.server.process.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) / 1024

    def watch(self):
        """The memory once a second, as long as it runs."""
        samples = []
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            time.sleep(1)
            expect(self.server.process.poll() is None, "the server is alive")
            samples.append(self.memory())
            if len(samples) % 15 == 0:
                print(f"{len(samples)} s: {samples[-1]:.1f} MiB, {self.misdeeds} misdeeds, {self.answers} answers",
                      flush=True)
        return samples


def main():
    print(f"seed {SEED}")
    peers.make_certificate()
    with peers.Server("--max-connections", "60") as server:
        soak = Soak(server)
        threads = [threading.Thread(target=soak.misbehave, args=(n,)) for n in range(CLIENTS)]
        threads.append(threading.Thread(target=soak.behave))
        for each in threads:
            each.start()
        try:
            samples = soak.watch()
        finally:
            soak.over.set()
            for each in threads:
                each.join()
        statistics = server.stop()
    expect(soak.answers > soak.busy and not soak.failures, "who behaves is answered", soak.failures[:5])
    # A sanitizer keeps what was freed for a while: the first half is for that.
    half = samples[len(samples) // 2 :]
    early, late = half[: max(1, len(half) // 4)], half[-max(1, len(half) // 4) :]
    grown = sum(late) / len(late) - sum(early) / len(early)
    print(f"{soak.misdeeds} misdeeds, {soak.answers} answers, {soak.busy} times busy, memory {early[0]:.1f} -> {late[-1]:.1f} MiB")
    print(statistics["requests"])
    expect(SECONDS < 60 or grown < 0.05 * early[0] + 1, f"memory is flat (it has grown by {grown:.1f} MiB)", samples)


if __name__ == "__main__":
    try:
        main()
    finally:
        shutil.rmtree(peers.HERE)
