from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable

import numpy as np
import pytest
from fake import RATE, FakeServer

import engram
from engram import _sync, aio


def test_does_the_same_with_asyncio(server: FakeServer) -> None:
    async def main() -> None:
        async with aio.connect(server.uri) as chip:
            await chip.load("network: fake\n")
            async with chip.subscribe("cell") as spikes:
                run = await chip.start(10)
                parts = [events async for events in spikes.during(run)]
                assert len(np.concatenate(parts)) == 10 * RATE
                assert (await run).steps == 10
            async with chip.probe(engram.Field("cell", "v"), every=5) as probe:
                run = await chip.start(10)
                assert [reading.step async for reading in probe.during(run)] == [11, 16]
            x = np.zeros((20, 4), np.uint8)
            history = await chip.train(x, [0] * 20)
            assert history[0].accuracy == 1
            assert (await chip.predict(x)).tolist() == [0] * 20
        assert server.released == ["chip-1"]

    asyncio.run(main())


def test_what_is_opened_can_be_awaited_too(server: FakeServer) -> None:
    async def main() -> None:
        connection = await aio.open(server.uri)
        chip = await connection.lease()
        await chip.load("network: fake\n")
        spikes = await chip.subscribe("cell")
        await chip.run(1)
        assert len(await spikes.take()) == RATE
        await connection.close()
        assert server.released == ["chip-1"]

    asyncio.run(main())


def test_a_cancelled_task_cancels_its_call(server: FakeServer) -> None:
    server.overrides["digest"] = lambda session, request: None

    async def main() -> None:
        async with aio.connect(server.uri) as chip:
            await chip.load("network: fake\n")
            await cancelled(server, chip.digests, "digest")
            await cancelled(server, lambda: chip.run(until=engram.RegisterEquals("learn", 1)), "run")
            assert (await chip.describe()).running is False
            await cancelled(
                server, lambda: chip.train(np.zeros((1 << 16, 4), np.uint8), [0] * (1 << 16)), "play"
            )
            await chip.run(1)

    asyncio.run(main())


async def cancelled(server: FakeServer, call: Callable[[], Awaitable[object]], kind: str) -> None:
    task = asyncio.ensure_future(call())
    while not server.calls(kind):
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    request = next(r for r in server.requests if r.WhichOneof("call") == kind)
    while request.id not in server.cancelled:
        await asyncio.sleep(0)


def test_a_thread_waits_for_credit_but_never_the_loop(server: FakeServer) -> None:
    with engram.connect(server.uri) as chip:

        async def inside() -> None:
            with pytest.raises(RuntimeError, match="own thread"):
                chip.describe()

        _sync._run(inside())


PAIRS = [
    (getattr(aio, name), getattr(engram, name))
    for name in ("Chip", "Connection", "Run", "Subscription", "Probe")
]


@pytest.mark.parametrize(("ours", "theirs"), PAIRS, ids=lambda c: c.__name__)
def test_both_clients_have_the_same_methods(ours: type, theirs: type) -> None:
    def public(of: type) -> dict[str, object]:
        return {name: member for name, member in inspect.getmembers(of) if not name.startswith("_")}

    instance = {"lost", "step", "connection", "lease", "reattach_token"}
    assert set(public(ours)) - instance == set(public(theirs)) - instance
    for name, member in public(ours).items():
        if inspect.isfunction(member):
            other = getattr(theirs, name)
            assert list(inspect.signature(member).parameters.values()) == list(
                inspect.signature(other).parameters.values()
            ), name
            assert inspect.getdoc(member) == inspect.getdoc(other)


@pytest.mark.parametrize("name", ["connect", "open", "reattach"])
def test_both_clients_open_alike(name: str) -> None:
    ours, theirs = getattr(aio, name), getattr(engram, name)
    assert list(inspect.signature(ours).parameters.values()) == list(
        inspect.signature(theirs).parameters.values()
    )
    assert ours.__doc__ == theirs.__doc__


def test_everything_that_is_public_is_documented() -> None:
    for name in engram.__all__:
        member = getattr(engram, name)
        if inspect.isclass(member) or inspect.isfunction(member):
            assert inspect.getdoc(member), name
    for _, theirs in PAIRS:
        for name, member in inspect.getmembers(theirs):
            if not name.startswith("_"):
                assert inspect.getdoc(member), f"{theirs.__name__}.{name}"
