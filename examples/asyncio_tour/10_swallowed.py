import asyncio


async def careless():
    for attempt in (1, 2, 3):
        try:
            await asyncio.sleep(0.4)
            print(f"attempt {attempt}: worked")
        except BaseException:  # means errors, and swallows the request to stop too
            print(f"attempt {attempt}: failed")


async def careful():
    for attempt in (1, 2, 3):
        try:
            await asyncio.sleep(0.4)
            print(f"attempt {attempt}: worked")
        except Exception:      # a CancelledError is none
            print(f"attempt {attempt}: failed")


async def stop(task):
    await asyncio.sleep(0.1)
    task.cancel("shutting down")
    asked = asyncio.get_running_loop().time()
    await asyncio.wait([task])
    late = asyncio.get_running_loop().time() - asked > 0.2
    print("ended late" if late else "ended at once", end=", ")
    print("cancelled" if task.cancelled() else "not cancelled", end=", ")
    print("asked to stop" if task.cancelling() else "not asked to stop")


async def main():
    await stop(asyncio.create_task(careless()))
    await stop(asyncio.create_task(careful()))


asyncio.run(main())
