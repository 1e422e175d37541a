import asyncio
import signal


async def worker(number):
    try:
        await asyncio.sleep(3600)
    finally:
        await asyncio.sleep(0.01)
        print(f"worker {number} has cleaned up")


async def main():
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    workers = [asyncio.create_task(worker(number)) for number in (1, 2, 3, 4, 5)]

    await asyncio.sleep(0.1)
    signal.raise_signal(signal.SIGTERM)  # in place of kill or Ctrl-C

    await stop.wait()
    print("stopping")
    for each in workers:
        each.cancel()
    ends = await asyncio.gather(*workers, return_exceptions=True)
    cancelled = sum(each.cancelled() for each in workers)
    print(f"{cancelled} of {len(ends)} were cancelled")


asyncio.run(main())
