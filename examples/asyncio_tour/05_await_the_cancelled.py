import asyncio


async def work():
    await asyncio.sleep(3600)


async def main():
    task = asyncio.create_task(work(), name="work")
    await asyncio.sleep(0.1)

    task.cancel("we ate out")
    try:
        await task
    except asyncio.CancelledError as e:  # the task's, or was it main() that was cancelled?
        print(f"{task.get_name()} is cancelled: {e}")


asyncio.run(main())
