"""Reads an .eev file as docs/events.md lays it out and prints its header and three sums."""
import struct
import sys
import zlib


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = TABLE[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def table_entry(value):
    for _ in range(8):
        value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
    return value


TABLE = [table_entry(i) for i in range(256)]


def column(raw, count, kind):
    """Joins the planes of a column: byte b of value i is raw[b * count + i]."""
    width = struct.calcsize(kind)
    joined = bytearray(len(raw))
    for b in range(width):
        joined[b::width] = raw[b * count:(b + 1) * count]
    return struct.unpack(f"<{count}{kind}", joined)


data = open(sys.argv[1], "rb").read()
magic, version, unit, width, height, polarities, crc = struct.unpack_from("<8sIIIIII", data)
assert magic == b"ENGRAMEV" and version == 1 and crc == crc32c(data[:28])
at, events, sums = 32, 0, [0, 0, 0]
while True:
    count, payloads, length, crc = struct.unpack_from("<IIII", data, at)
    body = data[at + 16:at + 16 + length]
    assert crc == crc32c(data[at:at + 12] + body)
    at += 16 + length
    if count == 0:
        assert struct.unpack("<Q", body)[0] == events and at == len(data)
        break
    raw = zlib.decompress(body, -15)
    differences = column(raw[:8 * count], count, "q")
    addresses = column(raw[8 * count:12 * count], count, "I")
    values = column(raw[12 * count:], count, "i") if payloads else [1] * count
    time = 0
    for difference, address, value in zip(differences, addresses, values):
        time = (time + difference + 2**63) % 2**64 - 2**63
        events += 1
        sums[0] += events * time
        sums[1] += events * address
        sums[2] += events * value
wrapped = [(s + 2**63) % 2**64 - 2**63 for s in sums]
print(("microseconds", "timesteps")[unit], width, height, polarities, events, *wrapped)
