import asyncio


async def commit():
    await asyncio.sleep(0.5)
    print("committed")


async def store():
    committing = asyncio.create_task(commit())
    try:
        await asyncio.shield(committing)
    except asyncio.CancelledError:  # the shield lets us go, the commit goes on
        await committing
        raise
    await asyncio.sleep(0.01)
    print("store(): never printed")


async def main():
    task = asyncio.create_task(store())
    await asyncio.sleep(0.1)
    task.cancel()
    await asyncio.wait([task])
    if task.cancelled():
        print("store() was cancelled, after the commit")


asyncio.run(main())
