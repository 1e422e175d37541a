import asyncio


async def step(number):
    await asyncio.sleep(0.4)
    print(f"step {number}")


async def stubborn():
    for number in (1, 2, 3):
        try:
            await step(number)
        except asyncio.CancelledError:
            print(f"step {number}: cancelled, and I go on")
    return "finished"


async def main():
    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0.6)
    task.cancel()
    print(await task)


asyncio.run(main())
