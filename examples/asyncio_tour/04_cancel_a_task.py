import asyncio


async def cancel_me():
    print("cancel_me(): before sleep")
    try:
        await asyncio.sleep(3600)
    except asyncio.CancelledError:
        print("cancel_me(): cancelled")
        raise
    finally:
        await asyncio.sleep(0.01)
        print("cancel_me(): cleaned up")


async def main():
    task = asyncio.create_task(cancel_me())
    await asyncio.sleep(0.1)

    task.cancel()
    await asyncio.wait([task])
    if task.cancelled():
        print("main(): cancel_me() is cancelled now")


asyncio.run(main())
