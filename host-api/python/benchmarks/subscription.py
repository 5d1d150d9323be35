"""Events a second that a Python client takes as numpy arrays; `engram bench host --python` calls it."""

import json
import statistics
import sys
import time

import engram

NETWORK = """
network: fountain
populations:
  mouth: {{neurons: {neurons}, program: ./always}}
"""
ALWAYS = """
.program neuron always
.stream spike
        emit spike
"""


def main(uri: str, neurons: int, rounds: int, events: int) -> None:
    speeds = []
    with engram.connect(uri) as chip:
        chip.load(NETWORK.format(neurons=neurons), programs={"always": ALWAYS})
        for _ in range(rounds + 1):
            taken = 0
            start = time.perf_counter()
            with chip.subscribe(
                "mouth", overflow="block", credit=1 << 20, batch_events=1 << 16, batch_steps=16
            ) as stream:
                run = chip.start()
                for batch in stream:
                    taken += len(batch)
                    if taken >= events:
                        break
                speeds.append(taken / (time.perf_counter() - start))
                run.stop()
    print(json.dumps({"events_per_second": statistics.median(speeds[1:])}))


if __name__ == "__main__":
    main(sys.argv[1], *(int(argument) for argument in sys.argv[2:5]))
