"""Against a real server, whose address is in ENGRAM_TEST_SERVER."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import engram

KEYS = """
network: keys
populations:
  key:  {neurons: 16, external: true}
  cell: {neurons: 16, program: ./shy, record: [spike]}
projections:
  wire: {from: key.spike, to: cell.in, weights: s8 one-to-one 1, delay: 1}
"""
SHY = """
.program neuron shy
.acc    in : s16
.field  seen : u16
.stream spike
        ld    r0, in
        cmpgt p1, r0, 0
        ld    r1, seen
        add   r1, r1, 1
  (p1)  st    seen, r1
  (p1)  emit  spike
"""
NOISE = """
network: noise
populations:
  rain: {neurons: 512, program: encoders/bernoulli, values: {x: 128}, record: [spike]}
"""


@pytest.fixture
def chip(address: str) -> Iterator[engram.Chip]:
    with engram.connect(address, wait=True) as leased:
        yield leased


@pytest.fixture
def keys(chip: engram.Chip) -> engram.Chip:
    chip.load(KEYS, {"shy": SHY})
    return chip


def test_says_what_the_server_is(address: str) -> None:
    with engram.open(address) as connection:
        assert connection.server.startswith("engram ")
        assert "engram-1" in [pool.preset for pool in connection.list().pools]


def test_describes_what_is_loaded(keys: engram.Chip) -> None:
    info = keys.info
    assert info.network == "keys"
    assert list(info.populations) == ["key", "cell"]
    assert info.population("key").external
    assert info.population("cell").streams == ("spike",)
    assert [s.type for s in info.population("cell").symbols if s.name == "seen"] == ["u16"]
    assert info.projection("wire").weight_bits == 8


def test_verifies_without_loading(keys: engram.Chip) -> None:
    assert "rain" in keys.verify(NOISE).report
    assert keys.describe().network == "keys"


def test_what_is_refused_leaves_the_chip_as_it_was(keys: engram.Chip) -> None:
    keys.run(3)
    digest = keys.digests()
    with pytest.raises(engram.InvalidArgument) as caught:
        keys.load(KEYS.replace("neurons: 16", "neurons: -1"), {"shy": SHY})
    assert "-1" in str(caught.value)
    assert keys.digests() == digest


def test_events_come_out_where_they_went_in(keys: engram.Chip) -> None:
    random = np.random.default_rng(3)
    given = np.unique(engram.events(np.sort(random.integers(0, 100, 500)), random.integers(0, 16, 500)))
    with keys.subscribe("cell", overflow="block") as spikes:
        assert keys.inject("key", given).accepted == len(given)
        run = keys.start(101)
        got = np.concatenate(list(spikes.during(run)))
        assert run.wait().end == "done"
    expected = given.copy()
    assert (got["step"] - expected["step"]).tolist() == [got["step"][0] - expected["step"][0]] * len(expected)
    assert got["neuron"].tolist() == expected["neuron"].tolist()
    assert keys.read("cell", "seen").tolist() == np.bincount(expected["neuron"], minlength=16).tolist()


def test_events_that_are_late_are_refused_moved_or_dropped(keys: engram.Chip) -> None:
    keys.run(10)
    late = engram.events([2, 30], [1, 2])
    with pytest.raises(engram.OutOfRange):
        keys.inject("key", late)
    assert keys.inject("key", late, late="drop") == engram.Injection(1, 1, 1, 10)
    assert keys.inject("key", late, late="next_step") == engram.Injection(2, 1, 0, 10)


def test_names_the_population_at_fault(keys: engram.Chip) -> None:
    for call in (
        lambda: keys.read("cells", "seen"),
        lambda: keys.inject("cells", [0]),
        lambda: keys.subscribe("cells"),
        lambda: keys.probe(engram.Field("cells", "seen")),
    ):
        with pytest.raises(engram.EngramError) as caught:
            call()
        assert "cells" in str(caught.value)
        assert isinstance(caught.value, engram.NotFound)
        assert caught.value.subject == "cells"


def test_reads_what_was_written(keys: engram.Chip) -> None:
    keys.write("cell", "seen", np.arange(4), first=2)
    assert keys.read("cell", "seen").tolist() == [0, 0, 0, 1, 2, 3] + [0] * 10
    weights = keys.weights("wire")
    assert weights.shape == (16, 16)
    assert weights.tolist() == np.eye(16, dtype=int).tolist()


def test_reads_weights_of_any_size(chip: engram.Chip) -> None:
    chip.load(
        """
network: large
seed: 2
populations:
  a: {neurons: 1500, external: true}
  b: {neurons: 1000, program: neurons/lif}
projections:
  wire: {from: a.spike, to: b.in, weights: s8 uniform 100}
"""
    )
    weights = chip.weights("wire")
    assert weights.shape == (1500, 1000)
    with chip.probe(engram.Weights("wire", first_source=700, sources=3)) as probe:
        chip.run(1)
        values = probe.next(10).values
    assert values is not None
    assert values.tolist() == weights[700:703].tolist()


def test_runs_until_something_happens(keys: engram.Chip) -> None:
    keys.inject("key", engram.events([5, 9], [0, 0]))
    first = keys.run(until=engram.EventCount("cell"))
    assert first.end == "done"
    assert keys.run(until=engram.EventCount("cell")).steps == 4
    assert keys.run(until=engram.EventCount("cell"), most_steps=7).end == "most_steps"
    assert keys.run(to_step=100).step == 100
    keys.reset()
    assert keys.describe().step == 0


def test_a_free_run_is_stopped(keys: engram.Chip) -> None:
    run = keys.start()
    with pytest.raises(engram.FailedPrecondition):
        keys.run(1)
    assert run.stop().end == "cancelled"
    assert keys.describe().running is False


def test_a_paced_run_keeps_the_time(keys: engram.Chip) -> None:
    result = keys.run(20, step_time=1e-3)
    assert result.steps == 20
    assert result.seconds >= 0.019


def test_a_run_without_time_ends(keys: engram.Chip) -> None:
    try:
        assert keys.run(until=engram.EventCount("cell"), timeout=0.2).end == "cancelled"
    except engram.DeadlineExceeded:
        pass
    assert keys.run(1).end == "done"


def test_streams_all_events_of_a_fast_chip(chip: engram.Chip) -> None:
    chip.load(NOISE)
    with chip.subscribe("rain", overflow="block", credit=4096) as spikes:
        got = np.concatenate(list(spikes.during(chip.start(500))))
        assert spikes.lost == 0
    assert np.all(np.diff(got["step"].astype(np.int64) * 512 + got["neuron"]) > 0)
    assert len(got) == chip.cost().counts["events-emitted"]


def test_counts_what_a_slow_reader_loses(chip: engram.Chip) -> None:
    chip.load(NOISE)
    with chip.subscribe("rain", credit=1000) as spikes:
        chip.run(200)
        got = len(spikes.take())
        chip.run(1)
        while len(spikes.next(10)) == 0:
            continue
        assert spikes.lost > 0
        assert got < 2000


def test_batches_wait_no_longer_than_the_run(chip: engram.Chip) -> None:
    chip.load(NOISE)
    with chip.subscribe("rain", batch_steps=1000, batch_events=1 << 20) as spikes:
        got = np.concatenate(list(spikes.during(chip.start(10))))
    assert len(got) == chip.cost().counts["events-emitted"]


def test_probes_while_it_runs(keys: engram.Chip) -> None:
    keys.inject("key", engram.events(range(20), 3))
    with keys.probe(engram.Field("cell", "seen"), every=5, overflow="block") as probe:
        readings = list(probe.during(keys.start(20)))
    assert np.all(np.diff([r.step for r in readings]) == 5)
    assert all(r.values is not None and r.values.shape == (16,) for r in readings)
    with keys.probe(engram.Counters(), overflow="block") as probe:
        readings = list(probe.during(keys.start(3)))
    assert len(readings) == 3
    assert readings[-1].cost is not None


def test_watches_what_somebody_else_drives(address: str, keys: engram.Chip) -> None:
    with engram.open(address) as connection:
        with connection.watch(keys.lease) as watched, watched.subscribe("cell", timeout=100) as spikes:
            keys.inject("key", [4])
            keys.run(3)
            assert spikes.next()["neuron"].tolist() == [4]
            with pytest.raises(engram.PermissionDenied):
                watched.run(1)
            with pytest.raises(engram.PermissionDenied):
                watched.subscribe("cell", overflow="block")
        assert [lease.watchers for lease in connection.list().leases if lease.name == keys.lease] == [0]
    assert keys.run(1).end == "done"


def test_a_watcher_sees_how_the_chip_is_doing(address: str, keys: engram.Chip) -> None:
    with engram.open(address) as connection, connection.watch(keys.lease) as watched:
        keys.inject("key", engram.events([5, 5], [2, 2]))
        with keys.subscribe("cell", overflow="block", credit=10):
            keys.run(10, step_time=1e-3)
            keys.inject("key", engram.events([3], [1]), late="drop")
            activity = watched.activity()
            stream = engram.StreamInfo("events", "cell.spike", "block", 9, 0, False, True)
            assert activity.streams == (stream,)
            assert "cell.spike" in activity._repr_html_()
        assert (activity.step, activity.running, activity.waits) == (10, False, False)
        assert (activity.late_events, activity.dropped_events) == (1, 1)
        assert (activity.coalesced_events, activity.waiting_events, activity.lost) == (1, 0, 0)
        assert (activity.pace.steps, activity.pace.step_time) == (10, 0)
        assert activity.pace.lateness >= activity.pace.worst_lateness


def test_takes_a_run_up_again(address: str) -> None:
    chip = engram.connect(address, wait=True)
    chip.load(NOISE)
    chip.start()
    token = chip.detach()
    with engram.reattach(address, token) as again:
        assert again.lease == chip.lease
        assert again.info.running
        with pytest.raises(engram.FailedPrecondition):
            again.run(1)
        assert again.stop()
        step = again.step
        assert not again.describe().running
        assert not again.stop()
        assert again.run(1).step == step + 1


def test_a_state_goes_into_the_store_and_back(chip: engram.Chip, tmp_path: Path) -> None:
    chip.load(NOISE)
    chip.run(5)
    name = f"test-{uuid.uuid4().hex}"
    before = chip.digests()
    chip.save(name, note="five steps")
    content = chip.download(name, tmp_path / "state")
    chip.connection.remove(name)
    chip.run(5)
    chip.upload(name, tmp_path / "state")
    assert (name, len(content)) in [(f.name, f.bytes) for f in chip.connection.files()]
    assert chip.restore(name) == "five steps"
    chip.connection.remove(name)
    assert (chip.digests().state, chip.step) == (before.state, 5)
    with pytest.raises(engram.NotFound):
        chip.restore(name)


def test_faults_strike_and_stay_over_a_reset(keys: engram.Chip) -> None:
    core = keys.info.population("cell").cores[0]
    keys.inject_faults(engram.BitFlip(engram.Field("cell", "seen"), 3, 4))
    assert keys.faults() == ()
    assert keys.read("cell", "seen").tolist() == [0, 0, 0, 16] + 12 * [0]
    loss = engram.PacketLoss(1, seed=7, from_step=2, until_step=5)
    dead = engram.DeadCore(core, from_step=8, until_step=9)
    later = engram.BitFlip(engram.Weights("wire"), 5 * 16 + 5, 0, step=7)
    assert keys.inject_faults(loss, dead, later) == 0
    for _ in range(2):
        assert keys.faults() == (loss, dead, later)
        for step in range(12):
            keys.inject("key", engram.events([step], [1]))
        run = keys.run(12)
        # Injected for 2, 3, 4: lost; for 8: dropped.
        assert (run.lost_events, run.dropped_events) == (3, 1)
        assert keys.read("cell", "seen")[1] == 8
        keys.reset()
    # The flip of step 7 has happened twice.
    assert keys.weights("wire")[5, 5] == 1
    assert keys.cost().counts["bits-flipped"] == 3
    assert keys.clear_faults() == 3
    assert keys.faults() == ()


def test_drawn_faults_are_the_same_on_every_engine(address: str) -> None:
    digests = []
    for engine, threads in (("reference", 1), ("compiled", 2)):
        with engram.connect(address, engine=engine, threads=threads, wait=True) as chip:
            chip.load(NOISE)
            chip.inject_faults(
                engram.RandomFlips(engram.Field("rain", "x"), 100, seed=4, step=5),
                engram.DeadCore(chip.info.cores[0], from_step=8, until_step=11),
            )
            chip.run(20)
            digests.append(chip.digests())
    assert digests[0] == digests[1]


def test_names_what_a_fault_is_not_for(keys: engram.Chip) -> None:
    good = engram.PacketLoss(0.5)
    with pytest.raises(engram.NotFound) as caught:
        keys.inject_faults(good, engram.BitFlip(engram.Field("cells", "seen"), 0, 0))
    assert caught.value.subject == "cells"
    with pytest.raises(engram.InvalidArgument, match=r"bit: 16 \(expected: < 16, the width of seen of "):
        keys.inject_faults(good, engram.BitFlip(engram.Field("cell", "seen"), 0, 16))
    with pytest.raises(engram.InvalidArgument, match="none leads from 0 to 1"):
        keys.inject_faults(good, engram.BitFlip(engram.Weights("wire"), 1, 0))
    assert keys.faults() == ()


def bars(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    shapes = np.kron(np.eye(4, dtype=np.uint8), np.ones(4, np.uint8)) * 255
    y = random.integers(0, 4, count)
    return np.where(random.random((count, 16)) < 0.1, 255 - shapes[y], shapes[y]).astype(np.uint8), y


def test_learns(chip: engram.Chip) -> None:
    chip.load_recipe("default", inputs=16, classes=4, hidden=[16, 8], seed=2, weight_bits=10, fraction_bits=7)
    x, y = bars(3000, 1)
    test = bars(400, 2)
    told: list[engram.Progress] = []
    before = chip.evaluate(*test)
    history = chip.train(x, y, epochs=2, rate_decay=0.5, progress=told.append)
    digest = chip.digests()
    after = chip.evaluate(*test, steps=32)
    assert after.accuracy > max(0.8, before.accuracy)
    assert after.confusion.sum() + after.unanswered == 400
    assert chip.predict(test[0], steps=32).tolist() == after.answers.tolist()
    votes = chip.votes(test[0], steps=32)
    answered = after.answers >= 0
    assert votes.argmax(axis=1)[answered].tolist() == after.answers[answered].tolist()
    assert chip.digests() == digest
    assert [e.samples for e in history] == [3000, 3000]
    assert told[-1].samples == 3000
    assert chip.register("rate") == 1 << 15


def test_training_is_the_same_on_every_engine(address: str) -> None:
    digests = []
    for engine, threads in (("reference", 1), ("compiled", 2)):
        with engram.connect(address, engine=engine, threads=threads, wait=True) as chip:
            chip.load_recipe("default", inputs=16, classes=4, hidden=[8], seed=5)
            chip.train(*bars(100, 3))
            digests.append(chip.digests())
    assert digests[0] == digests[1]


def test_does_it_all_with_asyncio(address: str) -> None:
    async def main() -> int:
        async with engram.aio.connect(address, wait=True) as chip:
            await chip.load(NOISE)
            async with chip.subscribe("rain", overflow="block") as spikes:
                run = await chip.start(50)
                count = 0
                async for events in spikes.during(run):
                    count += len(events)
            assert (await chip.cost()).counts["events-emitted"] == count
            await chip.inject_faults(engram.PacketLoss(0.5), engram.DeadCore(0))
            assert len(await chip.faults()) == await chip.clear_faults() == 2
            return count

    assert asyncio.run(main()) > 0
