from __future__ import annotations

import ssl
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from fake import RATE, FakeServer, error

import engram
from engram import EVENT, _messages


def test_gives_the_chip_back_at_the_end(server: FakeServer) -> None:
    with engram.connect(server.uri, engine="reference", threads=2, noc="flit", time_to_live=5) as chip:
        assert chip.lease == "chip-1"
        assert chip.info.network == ""
    assert server.released == ["chip-1"]
    assert not chip.connection.connected
    lease = server.calls("lease")[0]
    assert (lease.engine, lease.threads, lease.noc, lease.time_to_live_s) == (1, 2, 2, 5)


def test_tells_of_an_unknown_preset_and_hangs_up(server: FakeServer) -> None:
    with pytest.raises(engram.NotFound, match="engram-9") as caught:
        engram.connect(server.uri, chip="engram-9")
    assert caught.value.subject == "engram-9"
    assert caught.value.code == "NOT_FOUND"


def test_sends_the_token(server: FakeServer) -> None:
    server.token = "open sesame"
    with pytest.raises(engram.Unauthenticated):
        engram.open(server.uri)
    with engram.open(server.uri, token="open sesame") as connection:
        assert connection.server == "fake 1"
    with engram.open(server.uri + "?token=open%20sesame") as connection:
        assert connection.uri == server.uri
        assert "sesame" not in repr(connection)


def test_tells_each_place_in_the_queue_in_the_thread_that_waits(server: FakeServer) -> None:
    server.queue = (2, 1)
    places = []
    with engram.connect(server.uri, wait=lambda place: places.append((place, threading.current_thread()))):
        assert places == [(2, threading.main_thread()), (1, threading.main_thread())]


def test_nobody_at_the_address_is_unavailable(server: FakeServer) -> None:
    server.close()
    try:
        with pytest.raises(engram.Unavailable, match="no connection"):
            engram.open(server.uri)
    finally:
        server.__init__()


@pytest.mark.parametrize(
    "uri",
    [
        "localhost",
        "http://localhost",
        "engram://",
        "engram://host:port",
        "engram://host/path",
        "engram://secret@host",
        "engram://host?token=secret&x=1",
        "engram://host?secret",
        "engram://host#part",
        "engram+unix://",
        "engram+unix://host/path",
    ],
)
def test_refuses_an_address_that_it_can_not_read(uri: str) -> None:
    with pytest.raises(engram.InvalidArgument, match="address") as caught:
        engram.open(uri)
    assert "secret" not in str(caught.value)


def test_speaks_over_a_unix_socket(tmp_path: Path) -> None:
    server = FakeServer(unix=str(tmp_path / "socket"))
    try:
        with engram.connect(server.uri) as chip:
            assert chip.info.preset == "engram-1"
    finally:
        server.close()


def test_speaks_tls_with_a_server_that_it_trusts() -> None:
    # Self-signed for localhost; it guards nothing.
    pem = Path(__file__).parent / "localhost.pem"
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    server = FakeServer(ssl=context)
    try:
        with pytest.raises(engram.Unavailable, match="certificate"):
            engram.open(server.uri)
        with engram.connect(server.uri, ssl=ssl.create_default_context(cafile=pem)) as chip:
            content = bytes(3 << 20)
            chip.upload("file", content)
            assert chip.download("file") == content
    finally:
        server.close()


def test_a_lost_connection_is_unavailable_from_then_on(server: FakeServer, chip: engram.Chip) -> None:
    server.overrides["digest"] = lambda session, request: session.transport.abort()
    with pytest.raises(engram.Unavailable, match="connection lost"):
        chip.digests()
    with pytest.raises(ConnectionError):
        chip.cost()
    assert "closed" in repr(chip)


def test_a_lost_connection_ends_streams_and_runs(server: FakeServer, chip: engram.Chip) -> None:
    server.overrides["run"] = lambda session, request: None
    spikes = chip.subscribe("cell")
    run = chip.start(10)
    server.hang_up()
    with pytest.raises(engram.Unavailable):
        spikes.next(100)
    with pytest.raises(engram.Unavailable):
        run.wait(100)


def test_takes_a_chip_up_again(server: FakeServer) -> None:
    chip = engram.connect(server.uri)
    chip.load("network: fake\n")
    chip.run(5)
    token = chip.detach()
    assert server.released == []
    with engram.reattach(server.uri, token) as again:
        assert again.step == 5
        assert again.lease == chip.lease
    with pytest.raises(engram.NotFound):
        engram.reattach(server.uri, token)
    with pytest.raises(engram.FailedPrecondition, match="closed"):
        chip.run(1)


def test_keeps_the_lease_alive(server: FakeServer) -> None:
    alive = threading.Event()

    def keep_alive(session: object, request: object) -> object:
        alive.set()
        response = _messages.Response()
        response.keep_alive.time_to_live_s = 1
        return response

    server.overrides["keep_alive"] = keep_alive
    with engram.connect(server.uri, time_to_live=1):
        assert alive.wait(100)


def test_a_server_without_a_sign_of_life_is_unavailable(server: FakeServer) -> None:
    server.overrides["keep_alive"] = lambda session, request: None
    server.overrides["run"] = lambda session, request: None
    chip = engram.connect(server.uri, time_to_live=1)
    chip.load("network: fake\n")
    with pytest.raises(engram.Unavailable, match="no sign of life"):
        chip.run(1)


def test_a_call_without_an_answer_ends_with_its_time(server: FakeServer) -> None:
    server.overrides["digest"] = lambda session, request: None
    with engram.connect(server.uri, timeout=1.5) as chip:
        with pytest.raises(TimeoutError, match=r"1\.5 s"):
            chip.digests()
        request = next(r for r in server.requests if r.WhichOneof("call") == "digest")
        assert request.deadline_ms == 1500
        chip.describe()
        assert server.cancelled == [request.id]


def test_lists_and_watches(server: FakeServer, chip: engram.Chip) -> None:
    with engram.open(server.uri) as connection:
        listing = connection.list()
        assert listing.pools == (engram.Pool("engram-1", 2, 1, 0),)
        assert [lease.name for lease in listing.leases] == ["chip-1"]
        assert "chip-1" in listing._repr_html_()
        with connection.watch("chip-1") as watched:
            assert watched.info.network == "fake"
            assert watched.reattach_token == ""
        assert server.unwatched == ["chip-1"]
        assert connection.list() == listing
    assert server.released == []


def test_a_watch_ends_with_its_streams_only(server: FakeServer, chip: engram.Chip) -> None:
    with engram.open(server.uri) as connection:
        first, second = connection.watch("chip-1"), connection.watch("chip-1")
        ends, goes_on = first.subscribe("cell", timeout=10), second.subscribe("cell", timeout=10)
        first.close()
        chip.run(1)
        assert list(ends) == []
        assert len(goes_on.next()) == RATE
        with pytest.raises(engram.FailedPrecondition, match="closed"):
            first.describe()
        assert second.describe().step == 1
        assert server.unwatched == ["chip-1"]


def test_describes_itself(chip: engram.Chip) -> None:
    info = chip.info
    assert info.population("cell").symbols[0].type == "s16 q(6)"
    assert info.projection("wire").tags == ("seen",)
    assert info.samples == engram.SamplePort("key", 4, 255, 3, 16)
    assert repr(chip) == "<engram chip engram-1 as chip-1, network fake, step 0>"
    assert "cell: 4 neurons, neurons/lif, spike" in repr(info)
    for text in ("fake", "<td>cell</td>", "<td>key.spike to cell.in</td>", "<td>s8 q(6)</td>", "plastic"):
        assert text in chip._repr_html_()
    with pytest.raises(engram.NotFound, match=r"population: cells \(expected: one of key, cell\)") as caught:
        info.population("cells")
    assert caught.value.subject == "cells"


def test_tables_escape_what_they_show(server: FakeServer) -> None:
    assert (
        "<b>&lt;script&gt;</b>"
        in engram.ChipInfo("<script>", "", 0, 0, {}, {}, {}, None, (), (), False)._repr_html_()
    )


def test_loads_a_file_with_the_programs_beside_it(
    server: FakeServer, chip: engram.Chip, tmp_path: Path
) -> None:
    (tmp_path / "net.yaml").write_text(
        "network: n\n  program: ./shy F=8\n  rows: ./lib/pre\n  learn: ./missing\n"
    )
    (tmp_path / "shy.s").write_text("; shy")
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "pre.s").write_text("; pre")
    report = chip.load(tmp_path / "net.yaml")
    assert report.warnings == ("a warning",)
    assert str(report) == "key  0 to 3  on core 0\na warning"
    chip.verify(str(tmp_path / "net.yaml"), programs={"shy": "; other"})
    loaded, verified = server.calls("load")[-2:]
    assert dict(loaded.network.programs) == {"shy": "; shy", "lib/pre": "; pre"}
    assert not loaded.verify_only
    assert dict(verified.network.programs) == {"shy": "; other"}
    assert verified.verify_only


def test_lists_all_faults_of_a_network(chip: engram.Chip) -> None:
    with pytest.raises(ValueError, match="2 faults") as caught:
        chip.load("nothing:\n")
    assert isinstance(caught.value, engram.InvalidArgument)
    assert caught.value.reasons == ("network: missing", "populations: missing")
    assert str(caught.value).endswith("\n  network: missing\n  populations: missing")


def test_loads_recipes_and_images(server: FakeServer, chip: engram.Chip) -> None:
    chip.load_recipe("mnist", inputs=784, classes=10, hidden=[128, 64], seed=3, weight_bits=12)
    chip.load_image(b"image")
    chip.load_stored("stored")
    recipe, image, stored = server.calls("load")[-3:]
    assert (recipe.recipe.name, recipe.recipe.inputs, recipe.recipe.classes, recipe.recipe.seed) == (
        "mnist",
        784,
        10,
        3,
    )
    assert dict(recipe.recipe.settings) == {"hidden": "128,64", "weight-bits": "12"}
    assert image.image == b"image"
    assert stored.stored_image == "stored"


def test_runs(server: FakeServer, chip: engram.Chip) -> None:
    result = chip.run(10, step_time=1e-3)
    assert (result.end, result.steps, result.step, result.worst_lateness) == ("done", 10, 10, 250e-6)
    assert chip.run(to_step=12).steps == 2
    assert chip.run(until=engram.EventCount("cell", count=2 * RATE)).steps == 2
    assert chip.step == 14
    chip.start(until=engram.RegisterEquals("learn", 1), most_steps=3).stop()
    calls = server.calls("run")
    assert calls[0].step_us == 1000
    assert (calls[3].register.name, calls[3].register.value, calls[3].most_steps) == ("learn", 1, 3)


def test_refuses_a_run_without_an_end_or_with_two(chip: engram.Chip) -> None:
    with pytest.raises(engram.InvalidArgument, match="no end"):
        chip.run()
    with pytest.raises(engram.InvalidArgument, match="more than one end"):
        chip.run(1, to_step=2)
    with pytest.raises(engram.InvalidArgument, match=r"steps: -1 \(expected: 0 or more\)"):
        chip.run(-1)
    with pytest.raises(engram.InvalidArgument, match="step_time"):
        chip.run(1, step_time=1e-9)


def test_a_run_goes_on_in_the_background_until_it_is_stopped(chip: engram.Chip) -> None:
    run = chip.start()
    assert not run.done()
    with pytest.raises(engram.DeadlineExceeded):
        run.wait(0.01)
    with pytest.raises(engram.FailedPrecondition, match="on its way"):
        chip.run(1)
    result = run.stop()
    assert run.done()
    assert result.end == "cancelled"
    assert result.steps > 0
    assert chip.run(1).end == "done"


def test_an_interrupt_stops_the_run(chip: engram.Chip, monkeypatch: pytest.MonkeyPatch) -> None:
    from engram import _sync

    interrupted = []

    class Interrupting(_sync.queue.SimpleQueue):  # type: ignore[misc]
        def get(self, *args: object) -> object:
            if not interrupted and chip._aio.info.network:
                interrupted.append(True)
                raise KeyboardInterrupt
            return super().get(*args)

    monkeypatch.setattr(_sync.queue, "SimpleQueue", Interrupting)
    with pytest.raises(KeyboardInterrupt):
        chip.run(until=engram.RegisterEquals("learn", 1))
    monkeypatch.undo()
    assert chip.describe().running is False
    assert chip.run(1).end == "done"


def test_injects_events_of_every_form(server: FakeServer, chip: engram.Chip) -> None:
    given = np.array([(5, 1, 1), (6, 2, -3)], EVENT)
    assert chip.inject("key", given, late="next_step") == engram.Injection(2, 0, 0, 0)
    chip.inject("key", [3, 1], step=9)
    chip.inject("key", np.array([(2, 7)], [("neuron", "i8"), ("payload", "i8")]))
    chip.inject("key", given[::-1]["neuron"])
    chip.inject("key", [])
    full, plain, partial, strided, empty = injections(server)
    assert full == ([1, 2], [1, -3], [5, 6])
    assert plain == ([3, 1], [], [])
    assert partial == ([2], [7], [])
    assert strided == ([2, 1], [], [])
    assert empty == ([], [], [])
    calls = server.calls("inject")
    assert calls[0].late == 2
    assert calls[1].step == 9
    assert not calls[2].HasField("step")


def test_injects_in_the_order_of_steps(server: FakeServer, chip: engram.Chip) -> None:
    chip.inject("key", np.array([(7, 0, 5), (3, 1, 6), (7, 2, 7), (3, 3, 8)], EVENT))
    assert injections(server) == [([1, 3, 0, 2], [6, 8, 5, 7], [3, 3, 7, 7])]


def injections(server: FakeServer) -> list[tuple[list[int], list[int], list[int]]]:
    return [
        (
            np.frombuffer(m.neurons, "<u4").tolist(),
            np.frombuffer(m.payloads, "<i2").tolist(),
            np.frombuffer(m.steps, "<u8").tolist(),
        )
        for m in server.calls("inject")
    ]


def test_injects_in_frames_that_the_server_takes(server: FakeServer) -> None:
    server.max_frame_bytes = 1 << 13
    with engram.connect(server.uri) as chip:
        chip.load("network: fake\n")
        neurons = np.arange(3000) % 4
        assert chip.inject("key", engram.events(np.arange(3000), neurons)).accepted == 3000
    parts = injections(server)
    assert len(parts) > 4
    assert [step for part in parts for step in part[2]] == list(range(3000))
    assert all(r.ByteSize() <= 1 << 13 for r in server.requests)


def test_names_the_population_that_it_can_not_inject_into(chip: engram.Chip) -> None:
    with pytest.raises(engram.NotFound) as caught:
        chip.inject("cells", [0])
    assert caught.value.subject == "cells"
    assert "cells" in str(caught.value)


def test_refuses_events_that_no_chip_can_hold(chip: engram.Chip) -> None:
    with pytest.raises(engram.InvalidArgument, match=r"neuron: -1 \(expected: 0 to 4294967295\)"):
        chip.inject("key", [-1])
    with pytest.raises(engram.InvalidArgument, match="float64"):
        chip.inject("key", [0.5])
    with pytest.raises(engram.InvalidArgument, match="step and a field step"):
        chip.inject("key", np.zeros(1, EVENT), step=4)
    with pytest.raises(engram.InvalidArgument, match="one of reject, next_step, drop"):
        chip.inject("key", [0], late="never")  # type: ignore[arg-type]


def test_receives_the_events_of_a_run(chip: engram.Chip) -> None:
    with chip.subscribe("cell") as spikes:
        chip.run(2)
        taken = spikes.take()
        assert taken.dtype == EVENT
        assert taken.tolist() == [(s, n, 1) for s in (0, 1) for n in range(RATE)]
        assert len(spikes.take()) == 0
        assert spikes.step == 2
        assert spikes.lost == 0
    assert spikes.closed


def test_iterates_over_the_events_of_a_run_to_its_end(chip: engram.Chip) -> None:
    with chip.subscribe("cell", credit=RATE * 100, overflow="drop") as spikes:
        got = np.concatenate(list(spikes.during(chip.start(50))))
        assert got["step"].tolist() == np.repeat(np.arange(50), RATE).tolist()
        assert got["neuron"].tolist() == list(range(RATE)) * 50


def test_iterates_over_a_live_stream(chip: engram.Chip) -> None:
    with chip.subscribe("cell", timeout=100) as spikes:
        run = chip.start()
        seen = 0
        for events in spikes:
            seen += len(events)
            if seen > 1000:
                break
        run.stop()


def test_a_stream_that_stays_silent_ends_with_its_time(chip: engram.Chip) -> None:
    with chip.subscribe("cell", timeout=0.01) as spikes:
        with pytest.raises(engram.DeadlineExceeded, match=r"0\.01 s"):
            next(iter(spikes))
        with pytest.raises(TimeoutError):
            spikes.next(0.02)


def test_counts_what_was_lost_for_want_of_credit(server: FakeServer, chip: engram.Chip) -> None:
    with chip.subscribe("cell", credit=2 * RATE) as spikes:
        chip.run(10)
        assert len(spikes.take()) == 2 * RATE
        chip.describe()
        chip.run(1)
        assert spikes.take()["step"].tolist() == [10] * RATE
        assert spikes.lost == 8 * RATE
        chip.describe()
    assert sum(m.units for m in server.calls("credit")) == 3 * RATE


def test_a_gap_in_a_stream_is_between_two_arrays(chip: engram.Chip) -> None:
    with chip.subscribe("cell", credit=2 * RATE) as spikes:
        chip.run(4)
        spikes._aio._link.loop.call_soon_threadsafe(spikes._aio._link.credit, spikes._aio._request_id, 9)
        chip.describe()
        chip.run(1)
        first = spikes.next()
        assert (first["step"].max(), spikes.lost) == (1, 0)
        second = spikes.next()
        assert (second["step"].min(), spikes.lost) == (4, 2 * RATE)


def test_a_stream_that_may_not_lose_fails(chip: engram.Chip) -> None:
    with chip.subscribe("cell", overflow="fail", credit=RATE) as spikes:
        chip.run(3)
        assert len(spikes.next()) == RATE
        with pytest.raises(engram.ResourceExhausted, match="too slow") as caught:
            spikes.next()
        assert caught.value.subject == "cell"


def test_subscribing_to_nothing_fails_at_once(chip: engram.Chip) -> None:
    with pytest.raises(engram.NotFound, match="cells"):
        chip.subscribe("cells")
    with pytest.raises(engram.InvalidArgument, match="credit: 0"):
        chip.subscribe("cell", credit=0)


def test_a_closed_stream_says_so(chip: engram.Chip) -> None:
    spikes = chip.subscribe("cell")
    chip.run(1)
    spikes.close()
    assert len(spikes.next()) == RATE
    with pytest.raises(engram.FailedPrecondition, match="closed"):
        spikes.next()
    assert list(spikes) == []


def test_probes(server: FakeServer, chip: engram.Chip) -> None:
    with chip.probe(engram.Field("cell", "v"), every=2, on_change=True) as probe:
        chip.run(4)
        assert [(r.step, r.values.tolist()) for r in probe.take() if r.values is not None] == [
            (1, [1] * 4),
            (3, [3] * 4),
        ]
        run = chip.start(2)
        assert [r.step for r in probe.during(run)] == [5]
    for what in (engram.Weights("wire", "seen"), engram.Register("rate"), engram.Counters()):
        chip.probe(what).close()
    kinds = [m.WhichOneof("what") for m in server.calls("probe")]
    assert kinds == ["field", "synapses", "register", "counters"]
    assert server.calls("probe")[0].on_change


def test_reads_and_writes_words(chip: engram.Chip) -> None:
    assert chip.read("cell", "v").dtype == np.int32
    chip.write("cell", "v", [7, -8], first=2)
    assert chip.read("cell", "v").tolist() == [0, 0, 7, -8]
    assert chip.weights("wire").shape == (4, 4)
    chip.write_weights("wire", -np.arange(16).reshape(4, 4))
    assert chip.weights("wire")[1].tolist() == [-4, -5, -6, -7]
    assert chip.tags("wire", "seen").shape == (4, 4)
    chip.set_register("learn", 1)
    assert chip.register("learn") == 1
    chip.set_clock(1 << 32)
    chip.run(3)
    chip.reset()
    assert chip.step == 0
    with pytest.raises(LookupError, match="cells"):
        chip.read("cells", "v")
    with pytest.raises(engram.InvalidArgument, match=r"cell\.v: 2147483648"):
        chip.write("cell", "v", [1 << 31])


def test_reads_large_weights_in_parts(
    server: FakeServer, chip: engram.Chip, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engram.aio, "_PIECE", 3 * 4 * 4)
    assert chip.weights("wire").tolist() == np.arange(16).reshape(4, 4).tolist()
    assert [m.synapses.first_source for m in server.calls("read")] == [0, 3]


def test_writes_large_weights_in_parts(
    server: FakeServer, chip: engram.Chip, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engram.aio, "_PIECE", 3 * 4 * 4 + 4096)
    server.max_frame_bytes = 3 * 4 * 4 + 4096
    with engram.connect(server.uri) as other:
        other.load("network: fake\n")
        other.write_weights("wire", np.arange(16).reshape(4, 4) - 8)
        assert [m.weights.first_source for m in server.calls("write")] == [0, 3]
        assert other.weights("wire").tolist() == (np.arange(16).reshape(4, 4) - 8).tolist()
        with pytest.raises(engram.InvalidArgument, match=r"weights of wire: 17 \(expected: 16\)"):
            other.write_weights("wire", np.arange(17))


def test_tells_cost_and_digests(chip: engram.Chip) -> None:
    chip.run(2)
    cost = chip.cost()
    assert cost.counts == {"steps": 2}
    assert cost.core_cycles.shape == (2, 5)
    assert cost.link_flits.shape == (2, 4)
    assert cost.energy is None
    assert "energy without leakage" in cost._repr_html_()
    assert chip.digests() == engram.Digests("ab", "cd", 2)


FAULTS = (
    engram.BitFlip(engram.Field("cell", "v"), 3, 0),
    engram.BitFlip(engram.Weights("wire"), 1 << 40, 7, step=0),
    engram.RandomFlips(engram.Weights("wire", tag="t"), 5, seed=-3),
    engram.RandomFlips(engram.Field("cell", "v"), 5, step=9),
    engram.DeadCore(0),
    engram.DeadCore(1, from_step=0, until_step=1 << 50),
    engram.PacketLoss(0.25),
    engram.PacketLoss(1, seed=-(1 << 63), from_core=0, to_core=1, from_step=2, until_step=3),
    engram.PacketLoss(2**-32),
)


def test_faults_go_out_and_come_back_as_they_are(server: FakeServer, chip: engram.Chip) -> None:
    chip.run(4)
    assert chip.faults() == ()
    assert chip.inject_faults(*FAULTS) == 4
    assert chip.faults() == FAULTS
    sent = server.calls("inject_faults")[0].faults
    assert not sent[0].bit_flip.HasField("step")
    assert sent[1].bit_flip.HasField("step")
    assert not sent[4].dead_core.HasField("from_step")
    assert [f.packet_loss.probability for f in sent[6:]] == [1 << 30, 1 << 32, 1]
    assert chip.clear_faults() == len(FAULTS)
    assert chip.faults() == ()


def test_faults_that_can_not_be_are_refused(server: FakeServer, chip: engram.Chip) -> None:
    with pytest.raises(engram.InvalidArgument, match=r"core: 2 \(expected: < 2\)"):
        chip.inject_faults(engram.DeadCore(0), engram.DeadCore(2))
    before = len(server.calls("inject_faults"))
    for wrong, message in (
        (engram.DeadCore(-1), "core: -1 "),
        (engram.BitFlip(engram.Field("cell", "v"), -1, 0), "index: -1 "),
        (engram.BitFlip(engram.Field("cell", "v"), 0, 1 << 32), "bit: 4294967296 "),
        (engram.RandomFlips(engram.Field("cell", "v"), 1, seed=1 << 63), "seed: 9223372036854775808 "),
        (engram.PacketLoss(1.5), r"probability: 1.5 \(expected: 0 to 1\)"),
        (engram.PacketLoss(float("nan")), r"probability: nan \(expected: 0 to 1\)"),
        (engram.BitFlip(engram.Weights("wire", first_source=1), 0, 0), "sources: 1, 0 "),
    ):
        with pytest.raises(engram.InvalidArgument, match=message):
            chip.inject_faults(wrong)
    assert len(server.calls("inject_faults")) == before
    assert chip.faults() == ()


def samples(count: int) -> tuple[np.ndarray, np.ndarray]:
    classes = np.arange(count) % 3
    return np.stack([classes, *[np.arange(count) % 251] * 3], axis=1).astype(np.uint8), classes


def test_trains_under_the_room_that_there_is(server: FakeServer, chip: engram.Chip) -> None:
    x, y = samples(50)
    y[:5] = (y[:5] + 1) % 3
    told: list[engram.Progress] = []
    history = chip.train(x, y, epochs=2, rate_decay=0.5, shuffle=False, progress=told.append)
    assert history.accuracy.tolist() == [0.9, 0.9]
    assert [e.number for e in history] == [1, 2]
    assert history[0].samples_per_second == 25
    assert "90.00%" in history._repr_html_()
    values = np.concatenate([v for v, _ in halves(server.samples)[0]])
    assert values.tolist() == x.tolist()
    assert [label for _, labels in halves(server.samples)[0] for label in labels] == y.tolist()
    assert (told[-1].epoch, told[-1].samples, told[-1].total, told[-1].accuracy) == (2, 50, 50, 0.9)
    plays = server.calls("play")
    assert [p.registers["rate"] for p in plays] == [65536, 32768]
    assert [p.first_number for p in plays] == [0, 50]
    assert all(p.learn and not p.on_copy and p.steps == 16 for p in plays)


def test_an_epoch_goes_on_where_the_last_training_ended(server: FakeServer, chip: engram.Chip) -> None:
    x, y = samples(9)
    chip.train(x, y, epochs=2, first_epoch=3, rate=0.5, rate_decay=0.5)
    orders = [np.concatenate([v for v, _ in part])[:, 1].tolist() for part in halves(server.samples)]
    assert orders == [engram.aio.sample_order(7, epoch, 9).tolist() for epoch in (3, 4)]
    assert [p.registers["rate"] for p in server.calls("play")] == [4096, 2048]


def halves(samples: list) -> list:
    return [samples[: len(samples) // 2], samples[len(samples) // 2 :]]


def test_the_progress_may_use_the_chip(chip: engram.Chip) -> None:
    x, y = samples(20)
    seen = []
    chip.train(x, y, progress=lambda p: seen.append((chip.register("learn"), threading.current_thread())))
    assert set(seen) == {(0, threading.main_thread())}


def test_a_progress_that_fails_stops_the_training(server: FakeServer, chip: engram.Chip) -> None:
    x, y = samples(2000)

    def give_up(progress: engram.Progress) -> None:
        raise ArithmeticError("enough")

    with pytest.raises(ArithmeticError, match="enough"):
        chip.train(x, y, progress=give_up)
    chip.train(x[:9], y[:9])


def test_evaluates_and_predicts_on_a_copy(server: FakeServer, chip: engram.Chip) -> None:
    x, y = samples(30)
    x[0, 0] = 9
    y[1] = 2
    evaluation = chip.evaluate(x, y, steps=64)
    assert evaluation.accuracy == pytest.approx(28 / 30)
    assert evaluation.unanswered == 1
    assert evaluation.confusion.tolist() == [[9, 0, 0], [0, 9, 0], [0, 1, 10]]
    assert "93.33%" in evaluation._repr_html_()
    assert chip.predict(x).tolist() == [-1, 1, *(np.arange(2, 30) % 3)]
    votes = chip.votes(x)
    assert votes.shape == (30, 3)
    assert votes[1].tolist() == [0, 16, 0]
    plays = server.calls("play")
    assert [(p.learn, p.on_copy, p.first_number, p.votes) for p in plays] == [
        (False, True, 1 << 30, False),
        (False, True, 1 << 30, False),
        (False, True, 1 << 30, True),
    ]
    assert plays[0].steps == 64
    assert chip.step == 0


def test_refuses_samples_that_do_not_fit(chip: engram.Chip) -> None:
    x, y = samples(6)
    for wrong, text in (
        (x[:, :3], r"x: 3 values a sample \(expected: 4, the neurons of key\)"),
        (x / 255, "float64"),
        (x.astype(int) * 1000, r"x: 5000 \(expected: 0 to 255\)"),
        (x.astype(int) - 1, r"x: -1 \(expected: 0 to 255\)"),
        (x[:0], "no samples"),
    ):
        with pytest.raises(engram.InvalidArgument, match=text):
            chip.train(wrong, y)
    with pytest.raises(engram.InvalidArgument, match=r"y: 5 classes \(expected: 6"):
        chip.train(x, y[:5])
    with pytest.raises(engram.InvalidArgument, match=r"y: 3 \(expected: -1 to 2\)"):
        chip.train(x, y + 1)


def test_a_play_that_the_server_cancels_is_an_error(server: FakeServer, chip: engram.Chip) -> None:
    def play(session: object, request: object) -> object:
        response = _messages.Response()
        response.play.cost.cycles = 1
        response.play.cancelled = True
        response.play.samples = 2
        return response

    server.overrides["play"] = play
    with pytest.raises(engram.Cancelled, match="2 of 6"):
        chip.train(*samples(6))


def test_saves_restores_and_moves_files(server: FakeServer, chip: engram.Chip, tmp_path: Path) -> None:
    assert chip.save("state", note="a note") == engram.StoredFile("state", 6)
    assert chip.restore("state") == "a note"
    content = np.random.default_rng(1).bytes(3 << 20)
    (tmp_path / "here").write_bytes(content)
    chip.upload("big", tmp_path / "here")
    chip.upload("none", b"")
    assert len(server.calls("upload")) == 4
    assert chip.download("big", tmp_path / "there") == content
    assert (tmp_path / "there").read_bytes() == content
    assert chip.download("none") == b""
    assert [f.name for f in chip.connection.files()] == ["big", "none", "state"]
    chip.connection.remove("big")
    with pytest.raises(engram.NotFound) as caught:
        chip.download("big")
    assert caught.value.subject == "big"


def test_tells_when_a_call_may_succeed(server: FakeServer, chip: engram.Chip) -> None:
    server.overrides["inject"] = lambda session, request: error("RESOURCE_EXHAUSTED", "events", retry=1500)
    with pytest.raises(engram.ResourceExhausted) as caught:
        chip.inject("key", [0])
    assert caught.value.retry_after == 1.5


def test_several_threads_may_use_a_chip(chip: engram.Chip) -> None:
    values: list[list[int]] = []

    def read() -> None:
        for _ in range(20):
            values.append(chip.read("cell", "v").tolist())

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert values == [[0] * 4] * 80


def test_a_process_that_closes_nothing_ends_in_silence(server: FakeServer) -> None:
    program = (
        f"import engram; chip = engram.connect({server.uri!r}); chip.load('network: fake\\n'); "
        "spikes = chip.subscribe('cell'); run = chip.start(); print(chip.lease)"
    )
    ended = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "ignore::ResourceWarning", "-c", program],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "chip-1\n", "")
