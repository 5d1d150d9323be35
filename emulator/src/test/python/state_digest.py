"""Recomputes the state digest of a snapshot from its documented layout (docs/chip.md).

Shares no code with the emulator: reads the file, walks image and state side by side, checks that
every number of the state is accounted for, and hashes the state anew, number by number.

    python3 state_digest.py SNAPSHOT
"""

import hashlib
import struct
import sys
import zlib


class Reader:
    """Takes numbers from bytes, big endian (images) or little endian (state)."""

    def __init__(self, data, order):
        self.data, self.at, self.order = data, 0, order

    def take(self, form):
        size = struct.calcsize(form)
        value = struct.unpack_from(self.order + form, self.data, self.at)[0]
        self.at += size
        return value

    def text(self):
        length = self.take("H")
        value = self.data[self.at : self.at + length].decode("utf-8")
        self.at += length
        return value

    def list(self, element):
        return [element() for _ in range(self.take("i"))]

    def map(self, element):
        return {self.text(): element() for _ in range(self.take("i"))}

    def skip(self, count):
        self.at += count


class Image:
    """What the state's layout depends on: programs, populations, projections, placement."""

    def __init__(self, data):
        assert data[:8] == b"ENGRAMIM", "no image"
        version, length = struct.unpack(">ii", data[8:16])
        assert version == 1
        content = data[16 : 16 + length]
        assert struct.unpack(">I", data[16 + length :])[0] == zlib.crc32(content), "damaged image"
        r = self.r = Reader(content, ">")
        r.text()
        self.seed = r.take("q")
        r.take("i")
        self.registers = r.list(lambda: (r.text(), self.format(), r.take("i")))
        self.programs = r.list(self.program)
        self.populations = r.list(self.population)
        self.projections = r.list(self.projection)
        self.lanes = {}
        r.list(self.core)

    def format(self):
        return self.r.take("?"), self.r.take("b"), self.r.take("b")

    def ints(self):
        return self.r.list(lambda: self.r.take("i"))

    def program(self):
        r = self.r
        kind, name = r.take("b"), r.text()

        def symbol():
            s = {"name": r.text(), "role": r.take("b"), "format": self.format()}
            r.take("b")
            s.update(history=r.take("b"), hold=r.take("?"), graded=r.take("?"), initial=r.take("i"))
            s["sums"] = r.text()
            return s

        symbols = r.list(symbol)
        r.list(lambda: (r.text(), self.format(), self.ints()))
        r.list(lambda: (r.text(), [r.take("i") for _ in range(7)]))
        r.take("b")
        self.ints()
        r.take("b")
        words = r.list(lambda: r.take("Q"))
        return {"kind": kind, "name": name, "symbols": symbols, "words": words}

    def population(self):
        r = self.r
        p = {"name": r.text(), "size": r.take("i"), "program": r.take("i")}
        r.take("i")
        r.map(lambda: r.take("i"))
        r.list(r.text)
        return p

    def projection(self):
        r = self.r
        p = {"name": r.text(), "source": r.take("i"), "target": r.take("i")}
        r.text()
        r.list(lambda: (r.text(), r.take("b"), r.take("b")))
        r.take("i")
        p["format"] = ["dense", "sparse", "masked", "shared"][r.take("b")]
        self.format()
        p.update(row=r.take("i"), learn=r.take("i"), mirror=r.take("i"))
        r.take("b")
        return p

    def route(self):
        return [self.r.take("i") for _ in range(4)]

    def core(self):
        r = self.r
        r.take("i")
        slices = r.list(
            lambda: (
                r.take("i"),
                r.take("i"),
                r.take("i"),
                r.map(self.ints),
                r.map(lambda: r.list(self.route)),
            )
        )

        def block():
            projection, index, rows, lanes = (r.take("i") for _ in range(4))
            layout = r.take("b")
            if layout == 1:
                r.list(lambda: r.take("q"))
            elif layout in (2, 3):
                self.ints(), r.list(lambda: r.take("b" if layout == 2 else "h"))
            elif layout == 4:
                r.take("i")
                [self.ints() for _ in range(5)]
            if r.take("?"):
                r.list(lambda: r.take("h"))
            r.map(self.ints)
            r.map(lambda: r.list(self.route))
            self.lanes[projection] = self.lanes.get(projection, 0) + lanes

        r.list(block)
        r.list(lambda: ([r.take("i") for _ in range(4)], r.take("b"), r.take("b")))


def numbers(image, state):
    """Yields (format, value) of every number of the state, in order."""
    r = Reader(state, "<")

    def some(form):
        value = r.take(form)
        return form, value

    yield some("q")
    seed = some("q")
    assert seed[1] == image.seed
    yield seed
    for _ in range(128):
        yield some("q")
        for _ in image.registers:
            yield some("i")

    def lanes(program, count, row):
        for s in program["symbols"]:
            role = s["role"]
            for _ in range(s["history"]):
                if role in (0, 1) or (role == 2 and not row):
                    for _ in range(count):
                        value = some("i")
                        signed, bits, _ = s["format"]
                        low = -(1 << (bits - 1)) if signed else 0
                        high = (1 << (bits - 1 if signed else bits)) - 1
                        assert low <= value[1] <= high, (s["name"], value)
                        yield value
                elif role == 3:
                    for _ in range(count):
                        bit = some("i")
                        assert bit[1] in (0, 1), "stream bits from here on are out of step"
                        yield bit
                        if s["graded"]:
                            yield some("i")

    for p in image.populations:
        if p["program"] >= 0:
            yield from lanes(image.programs[p["program"]], p["size"], False)
    for index, p in enumerate(image.projections):
        if p["mirror"] >= 0:
            continue
        rows = image.populations[p["source"]]["size"]
        targets = image.populations[p["target"]]["size"]
        if p["row"] >= 0:
            program = image.programs[p["row"]]
            yield from lanes(program, rows, True)
            for s in program["symbols"]:
                if s["role"] == 2:
                    for _ in range(rows):
                        yield some("q")
        for _ in range(depth(image, p) - 1):
            count = some("i")
            yield count
            for _ in range(count[1]):
                yield some("i")
                yield some("q")
        learn = image.programs[p["learn"]] if p["learn"] >= 0 else None
        tags = sum(s["role"] == 6 for s in learn["symbols"]) if learn else 0
        kills = learn is not None and any(w >> 57 == 0x55 for w in learn["words"])
        assert image.lanes[index] == targets
        for row in range(rows):
            live = targets
            if p["format"] != "dense":
                count = some("i")
                yield count
                live = count[1]
            last = -1
            for _ in range(live):
                if p["format"] != "dense":
                    target = some("i")
                    assert last < target[1] < targets, "targets from here on are out of step"
                    last = target[1]
                    yield target
                for _ in range(1 + tags + kills):
                    yield some("i")
    count = some("i")
    yield count
    for _ in range(count[1]):
        yield some("q")
        yield some("i")
        yield some("i")
        yield some("q")
    assert r.at == len(state), f"{len(state) - r.at} bytes of state are unaccounted for"


def depth(image, projection):
    """Steps of arrivals kept: 1, and as many more as the oldest `pre` or `payload` asks for."""
    return 1 + max(
        image.ages.get(projection["row"], 0), image.ages.get(projection["learn"], 0), 0
    )


def arrival_ages(content):
    """Reads the programs once more for what Image leaves out: ages of triggers and loads."""
    r = Reader(content, ">")
    r.text()
    r.take("q")
    r.take("i")
    r.list(lambda: (r.text(), r.take("?"), r.take("b"), r.take("b"), r.take("i")))
    ages = {}
    for index in range(r.take("i")):
        r.take("b")
        r.text()
        count = r.take("i")
        formats = []
        for _ in range(count):
            r.text()
            r.take("b")
            formats.append((r.take("?"), r.take("b"), r.take("b")))
            for form in "bb??i":
                r.take(form)
            r.text()
        for _ in range(r.take("i")):
            r.text()
            r.skip(3)
            r.skip(4 * r.take("i"))
        oldest = 0
        for _ in range(r.take("i")):
            r.text()
            values = [r.take("i") for _ in range(7)]
            oldest = max(oldest, values[0])
        r.take("b")
        r.skip(4 * r.take("i"))
        r.take("b")
        for _ in range(r.take("i")):
            word = r.take("Q")
            loads_payload = word >> 57 == 0x02 and (word >> 32 & 0x3F) == 54
            if loads_payload:
                age = word & 0xFFFFFFFF
                if word >> 40 & 1:
                    age = (1 << formats[age][1]) - 1
                oldest = max(oldest, age)
        ages[index] = oldest
    return ages


def main(path):
    data = open(path, "rb").read()
    assert data[:8] == b"ENGRAMSN", "no snapshot"
    assert hashlib.sha256(data[:-32]).digest() == data[-32:], "damaged snapshot"
    version = struct.unpack_from(">i", data, 8)[0]
    at, sections = 12, []
    for _ in range({1: 5, 2: 7}[version]):
        length = struct.unpack_from(">i", data, at)[0]
        sections.append(data[at + 4 : at + 4 + length])
        at += 4 + length
    image = Image(sections[2])
    image.ages = arrival_ages(sections[2][16:-4])
    digest = hashlib.sha256()
    for form, value in numbers(image, sections[3]):
        digest.update(struct.pack("<" + form, value))
    if version == 2:
        digest.update(sections[6])
    print(digest.hexdigest())


if __name__ == "__main__":
    main(sys.argv[1])
