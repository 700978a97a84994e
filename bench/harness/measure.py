# SPDX-License-Identifier: Apache-2.0
"""Wall time, CPU time and peak memory of a command with all that it starts."""
import os, statistics, subprocess, threading, time
from dataclasses import dataclass

PAGE = os.sysconf("SC_PAGE_SIZE")
EVERY = 0.02


@dataclass
class Sample:
    wall: float  # seconds
    cpu: float  # seconds, of all cores, user and system
    peak: int  # bytes, the most that the resident sizes of all its processes were together

    def __add__(self, other):
        return Sample(self.wall + other.wall, self.cpu + other.cpu, max(self.peak, other.peak))


def median(samples):
    return Sample(*(statistics.median(getattr(sample, field) for sample in samples) for field in ("wall", "cpu", "peak")))


def run(command, **options):
    """Runs a command; what it prints is shown when it fails."""
    os.sync()
    started = time.monotonic()
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)
    peak, ended = [0], threading.Event()

    def watch():
        while not ended.wait(EVERY):
            peak[0] = max(peak[0], sum(_resident(pid) for pid in _tree(process.pid)))

    output = []
    reader = threading.Thread(target=lambda: output.append(process.stdout.read()))
    watcher = threading.Thread(target=watch)
    reader.start()
    watcher.start()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    ended.set()
    watcher.join()
    reader.join()
    if process.returncode:
        raise SystemExit(f"error: {' '.join(map(str, command))} ended with {process.returncode}\n{output[0].decode(errors='replace')[-4000:]}")
    return Sample(wall, usage.ru_utime + usage.ru_stime, max(peak[0], usage.ru_maxrss * 1024))


def _tree(pid):
    found, left = [], [pid]
    while left:
        pid = left.pop()
        found.append(pid)
        try:
            for task in os.listdir(f"/proc/{pid}/task"):
                with open(f"/proc/{pid}/task/{task}/children") as children:
                    left += map(int, children.read().split())
        except OSError:
            continue
    return found


def _resident(pid):
    try:
        with open(f"/proc/{pid}/statm") as statm:
            return int(statm.read().split()[1]) * PAGE
    except (OSError, IndexError):
        return 0
