#!/usr/bin/env python3
"""The workloads of curfew_bench on asyncio. Prints one JSON object of the same row names; times are
CPU time of the process, as there.

python.py [uvloop]
"""

import asyncio
import gc
import json
import statistics
import sys
import time
import tracemalloc

LIMIT, LONG, MANY = 10, 7200, 100_000


def cpu():
    return time.process_time_ns()


def each(count, body, repetitions=3):
    """The median of what one of `count` things took."""
    def once():
        async def measured():
            started = cpu()
            await body()
            return (cpu() - started) / count
        return asyncio.run(measured())
    gc.collect()
    return statistics.median(once() for _ in range(repetitions))


async def join(coroutines):
    for task in [asyncio.ensure_future(coroutine) for coroutine in coroutines]:
        await task


async def yields(count):
    for _ in range(count):
        await asyncio.sleep(0)


async def limited_yields(count):
    for _ in range(count):
        async with asyncio.timeout(LIMIT):
            await asyncio.sleep(0)


async def expire(delay):
    try:
        async with asyncio.timeout(delay):
            await asyncio.get_running_loop().create_future()
    except TimeoutError:
        pass


def in_tasks(tasks, body, operations=20_000):
    return each(operations, lambda: join(body(operations // tasks) for _ in range(tasks)))


def many(body):
    return each(MANY, lambda: join(body((1 + i % 100) / 1000) for i in range(MANY)), 1)


async def children():
    async def nothing():
        pass
    for _ in range(10):
        async with asyncio.TaskGroup() as group:
            for _ in range(1_000):
                group.create_task(nothing())


def fanout(count):
    """One event that all wait for."""
    async def measured():
        request = asyncio.Event()
        tasks = [asyncio.ensure_future(request.wait()) for _ in range(count)]
        await asyncio.sleep(0)
        started = cpu()
        request.set()
        for task in tasks:
            await task
        return (cpu() - started) / count
    return statistics.median(asyncio.run(measured()) for _ in range(3))


async def limited_sleep():
    async with asyncio.timeout(LONG):
        await asyncio.sleep(LONG)


def memory(body, waiting=10_000):
    async def measured():
        gc.collect()
        tracemalloc.start()
        tasks = [asyncio.ensure_future(body()) for _ in range(waiting)]
        await asyncio.sleep(0)
        live = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return live / waiting
    return asyncio.run(measured())


def main():
    if sys.argv[1:] == ["uvloop"]:
        import uvloop
        uvloop.install()
    rows = {}
    for tasks in (1, 100):
        rows[f"yield/C:{tasks}"] = in_tasks(tasks, yields)
        rows[f"wait_for_op/C:{tasks}"] = in_tasks(tasks, limited_yields)
    rows[f"sleep/N:{MANY}"] = many(asyncio.sleep)
    rows[f"expire/N:{MANY}"] = many(expire)
    rows["task_group/C:1"] = each(10_000, children)
    rows["token_fanout/N:10000"] = fanout(10_000)
    rows["memory/task"] = memory(lambda: asyncio.sleep(LONG))
    rows["memory/task_limited"] = memory(limited_sleep)
    print(json.dumps({name: round(value, 1) for name, value in rows.items()}))


if __name__ == "__main__":
    main()
