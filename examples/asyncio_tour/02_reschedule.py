import asyncio


async def long_running_task():
    await asyncio.sleep(3600)


async def main():
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(None) as scope:  # the limit is not known yet
            scope.reschedule(loop.time() + 0.1)     # now it is
            await long_running_task()
    except TimeoutError:
        pass

    if scope.expired():
        print("It has not finished in time.")


asyncio.run(main())
