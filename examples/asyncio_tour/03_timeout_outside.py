import asyncio


async def long_running_task():
    await asyncio.sleep(3600)


async def main():
    try:
        async with asyncio.timeout(0.1):
            try:
                await long_running_task()
            except asyncio.CancelledError:  # inside, it is a cancellation
                print("inside: asked to stop")
                raise
    except TimeoutError:                    # outside, it is a timeout
        print("outside: the task timed out, and we handle it")

    print("This line is reached in any case.")


asyncio.run(main())
