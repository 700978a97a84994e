# SPDX-License-Identifier: Apache-2.0
"""Where the CPU time of a build goes, by perf: who spends it, and in which system call or library."""
import collections, re, subprocess

PER_SECOND = 499
SMALLEST = 0.01  # of all samples; what is less is summed up

# The runtime's names of its threads (comm is 15 bytes) and ours.
THREADS = {
    "layer reader": "kiln: listing or unpacking a layer",
    "layer packer": "kiln: packing blocks of a layer",
    "layer writer": "kiln: digest and file of a packed layer",
    ".NET Long Runni": "kiln: gunzip of a base, tar of a layer",
    ".NET TP Worker": "kiln: worker (fetch, scan, remove)",
    ".NET Tiered Com": "kiln: compiler",
    "kiln": "kiln: main thread",
}
CALL = re.compile(r"__(?:x64|arm64|se|do)_sys_(\w+)")


def record(command, data):
    return ["perf", "record", "-q", "-F", str(PER_SECOND), "-g", "-o", data, "--", *command]


def page(title, data, sample, cores):
    """A Markdown section: shares of the samples of one build."""
    shares, total = collections.Counter(), 0
    for thread, frames in _samples(data):
        shares[THREADS.get(thread, f"the step: `{thread}`"), _place(frames)] += 1
        total += 1
    lines = [f"## {title}", "",
             f"{sample.wall:.1f} s wall and {sample.cpu:.1f} s CPU under perf, so {sample.cpu / sample.wall / cores:.0%} of {cores} cores; {total:,} samples.", "",
             "| share | thread | where |", "|--:|---|---|"]
    rest = 0
    for (thread, place), count in shares.most_common():
        if count < SMALLEST * total:
            rest += count
        else:
            lines.append(f"| {count / total:.0%} | {thread} | {place} |")
    return "\n".join(lines + [f"| {rest / total:.0%} | the rest | |", ""])


def _samples(data):
    script = subprocess.Popen(["perf", "script", "-i", data, "-F", "comm,ip,sym,dso"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, errors="replace")
    thread, frames = None, []
    for line in script.stdout:
        if not line.strip():
            if thread is not None:
                yield thread, frames
            thread, frames = None, []
        elif line[0] not in " \t":
            thread = line.strip()
        else:
            frames.append(line.strip())
    if script.wait():
        raise SystemExit("error: perf script failed")


def _place(frames):
    """The system call that the kernel was in, else the library that ran."""
    if not frames:
        return "unknown"
    if "[kernel.kallsyms]" not in frames[0]:
        library = frames[0].replace(" (deleted)", "").rsplit("(", 1)[-1].rstrip(")").rsplit("/", 1)[-1]
        return {"memfd:doublemapper": "code compiled at run time", "kiln": "its own code and what is linked into it (zlib-ng, the collector)"}.get(library, f"`{library}`")
    for frame in frames:
        if call := CALL.search(frame):
            return f"`{call[1].removeprefix('new')}(2)`"
    return "page faults" if any("exc_page_fault" in frame for frame in frames) else "kernel, outside of calls"
