import asyncio


class Database:
    async def begin(self):
        print("begun")

    async def move_money(self):
        await asyncio.sleep(3600)

    async def end(self):
        await asyncio.sleep(0.1)
        print("ended")


async def transfer(db):
    await db.begin()
    try:
        await db.move_money()
    except asyncio.CancelledError:
        print("cancelled")
        raise
    finally:
        await asyncio.shield(db.end())   # an await in cleanup


async def main():
    task = asyncio.create_task(transfer(Database()))
    await asyncio.sleep(0.1)
    task.cancel("the customer left")
    await asyncio.wait([task])
    if task.cancelled():
        print("its caller knows")


asyncio.run(main())
