"""The draw function of docs/random.md, for those who check it or build it elsewhere.

Reads keys from standard input, one a line: seed, kind, ordinal, clock, site, lane, separated by
blanks (kind by name, the rest decimal or 0x...; a synapse's lane may be given as source,target).
Prints the 32 random bits of each in hex.
"""

import sys

M32 = 0xFFFFFFFF
M64 = 0xFFFFFFFFFFFFFFFF
GOLDEN = 0x9E3779B97F4A7C15
SOURCE = 0x9E3779B1
KINDS = {"neuron": 1, "row": 2, "synapse": 3, "init": 4, "rewire": 5, "flip": 6, "loss": 7}


def mix(z):
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & M64
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB & M64
    return z ^ (z >> 31)


def base(seed, kind, ordinal):
    return mix(mix((seed + GOLDEN) & M64) ^ (KINDS[kind] << 32 | ordinal))


def at_clock(base, clock):
    return mix((base + clock * GOLDEN) & M64)


def at_site(clocked, site):
    return mix(clocked ^ ((site + 1) * GOLDEN & M64))


def synapse_lane(source, target):
    return (source * SOURCE + target) & M32


def bits(key, lane):
    x = (lane + key) & M32
    x = (x ^ (x >> 16)) * 0x21F0AAAD & M32
    x = ((x ^ (x >> 15)) + (key >> 32)) * 0xD35A2D97 & M32
    return x ^ (x >> 15)


def draw(seed, kind, ordinal, clock, site, lane):
    return bits(at_site(at_clock(base(seed, kind, ordinal), clock), site), lane)


def main():
    for line in sys.stdin:
        seed, kind, ordinal, clock, site, lane = line.split()
        if "," in lane:
            lane = synapse_lane(*(int(part, 0) for part in lane.split(",")))
        numbers = [int(n, 0) for n in (seed, ordinal, clock, site)]
        print("%08x" % draw(numbers[0], kind, *numbers[1:], int(lane)))


if __name__ == "__main__":
    main()
