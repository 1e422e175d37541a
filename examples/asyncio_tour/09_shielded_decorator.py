import asyncio
import functools


def shielded(f):
    @functools.wraps(f)
    async def wrapped(*args, **kwargs):
        return await asyncio.shield(f(*args, **kwargs))
    return wrapped


@shielded
async def save(what):
    await asyncio.sleep(0.5)
    print(f"{what} is saved")


async def client():
    await save("the letter")
    await save("the second letter")
    print("client(): never printed")


async def main():
    task = asyncio.create_task(client())
    await asyncio.sleep(0.1)
    task.cancel()
    await asyncio.wait([task])
    print("the client is gone")
    await asyncio.sleep(0.8)  # or the letter is lost with the loop


asyncio.run(main())
