import asyncio


async def answer():
    await asyncio.sleep(0.5)
    return 42


async def waiter(task):
    return await asyncio.shield(task)


async def main():
    task = asyncio.create_task(answer())
    waiting = asyncio.create_task(waiter(task))
    await asyncio.sleep(0.1)

    waiting.cancel()
    try:
        await waiting
    except asyncio.CancelledError:
        print("the waiter is gone")
    print(f"the answer is {await task}")


asyncio.run(main())
