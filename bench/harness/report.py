# SPDX-License-Identifier: Apache-2.0
"""The results as a page, a chart and a file of numbers."""
import datetime, json, os, platform
from dataclasses import asdict

from harness.contenders import WORKLOADS
from harness.measure import Sample

COLOURS = {"alone": "#fdba74", "kiln": "#c2410c", "floor": "#9ca3af", "buildah": "#1d4ed8"}
MEBIBYTE = 2**20


def _limits(results, sizes):
    """What each figure is held against: name, figure, limit, unit."""
    def wall(name, contender):
        return results[name][contender].wall if name in results and contender in results[name] else None

    rows = [
        ("b1, of buildah's time", _ratio(wall("b1", "kiln"), wall("b1", "buildah")), 0.6, "x"),
        ("b2, of the floor", _ratio(wall("b2", "kiln"), wall("b2", "floor")), 2.0, "x"),
        ("b3, above the floor", _less(wall("b3", "kiln"), wall("b3", "floor")), 5 * 0.25, " s"),
        ("b4, of the floor", _ratio(wall("b4", "kiln"), wall("b4", "floor")), 1.15, "x"),
        ("b8 cold, of the floor", _ratio(wall("b8", "kiln"), wall("b8", "floor")), 1.1, "x"),
        ("b8 with a warm index", wall("b8-warm", "kiln"), 1.0, " s"),
        ("b6, of one step at a time", _ratio(wall("b6", "kiln"), wall("b6", "alone")), 0.6, "x"),
        ("b10-b2, nothing changed", wall("b10-b2", "kiln"), 0.35, " s"),
        ("b10-b3, nothing changed", wall("b10-b3", "kiln"), 0.35, " s"),
        ("b10-far, nothing changed", wall("b10-far", "kiln"), 1.0, " s"),
        ("most memory of any", max(result["kiln"].peak for result in results.values()) / MEBIBYTE, 256, " MiB"),
        ("gzip size, of gzip -6", sizes["kiln"] / sizes["gzip -6"], 1.04, "x"),
    ]
    return [row for row in rows if row[1] is not None]


def write(folder, results, sizes, rounds):
    """What was not measured this time stays as it was measured before."""
    folder.mkdir(parents=True, exist_ok=True)
    numbers = folder / "results.json"
    before = json.loads(numbers.read_text())["workloads"] if numbers.exists() else {}
    results = {name: results[name] if name in results else {contender: Sample(**sample) for contender, sample in before[name].items()}
               for name in WORKLOADS if name in results or name in before}
    numbers.write_text(json.dumps(
        {"machine": _machine(), "rounds": rounds, "gzip": sizes,
         "workloads": {name: {contender: asdict(sample) for contender, sample in result.items()} for name, result in results.items()}}, indent=1) + "\n")
    (folder / "chart.svg").write_text(_chart(results))
    lines = ["# Benchmarks", "", "Made by `bench/run`; `results.json` has the numbers. A workload that a run leaves out keeps the figures of the run before, of an earlier",
             "program. Every build but those of b8-warm and b10 is cold: a new ext4 file system, a repository of its own in a registry on",
             "loopback. The contenders take turns, so that a noisy machine is noisy for all; only ratios of one run mean something. The floor is the sum of",
             "`curl`, `pigz -dc`, `tar -x` (and, for b4, `cp -r` and `tar | pigz -6`) on the same bytes, each alone. Memory is the most that the resident sizes",
             "of the whole process tree were together.", "",
             f"{_machine()}; median of {rounds}.", "", "![wall time](chart.svg)", "",
             "| workload | | wall | CPU | peak memory | of the floor | of buildah |", "|---|---|--:|--:|--:|--:|--:|"]
    for name, result in results.items():
        for contender, sample in result.items():
            first = contender == "kiln"
            floor, buildah = (_ratio(sample.wall, result[other].wall) if first and other in result else None for other in ("floor", "buildah"))
            lines.append(f"| {f'{name}: {WORKLOADS[name].title}' if first else ''} | {contender} | {sample.wall:.2f} s | {sample.cpu:.2f} s | "
                         f"{sample.peak / MEBIBYTE:.0f} MiB | {_times(floor)} | {_times(buildah)} |")
    lines += ["", "| held against | is | at most | |", "|---|--:|--:|---|"]
    for name, figure, limit, unit in _limits(results, sizes):
        lines.append(f"| {name} | {figure:.2f}{unit} | {limit:g}{unit} | {'' if figure <= limit else '**over**'} |")
    page = folder / "README.md"
    text = page.read_text() if page.exists() else ""
    kept = text[text.index("\n## "):] if "\n## " in text else ""  # what a person wrote below stays
    page.write_text("\n".join(lines) + "\n" + kept)


def _machine():
    with open("/proc/cpuinfo") as info:
        model = next((line.split(":", 1)[1].strip() for line in info if line.startswith("model name")), platform.machine())
    return f"{os.cpu_count()} cores of {model}, Linux {platform.release().split('-')[0]}, {datetime.date.today():%Y-%m-%d}"


def _ratio(figure, reference):
    return figure / reference if figure is not None and reference else None


def _less(figure, reference):
    return figure - reference if figure is not None and reference is not None else None


def _times(ratio):
    return "" if ratio is None else f"{ratio:.2f}x"


def _chart(results):
    """Bars of wall time: a group for each workload, each group to its own scale, since they differ a hundredfold."""
    bar, gap, left, width = 16, 22, 470, 420
    height = sum(len(result) * (bar + 3) + gap for result in results.values()) + 20
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {left + width + 90} {height}" font-family="sans-serif" font-size="12">',
           f'<rect width="{left + width + 90}" height="{height}" fill="#ffffff"/>']
    y = 20
    for name, result in results.items():
        out.append(f'<text x="{left - 70}" y="{y + 12}" text-anchor="end" font-weight="bold">{name}: {WORKLOADS[name].title}</text>')
        longest = max(sample.wall for sample in result.values())
        for contender, sample in result.items():
            length = max(1, round(width * sample.wall / longest))
            out.append(f'<text x="{left - 8}" y="{y + 12}" text-anchor="end" fill="#374151">{contender}</text>'
                       f'<rect x="{left}" y="{y}" width="{length}" height="{bar}" fill="{COLOURS[contender]}"/>'
                       f'<text x="{left + length + 6}" y="{y + 12}">{sample.wall:.2f} s</text>')
            y += bar + 3
        y += gap
    return "\n".join(out + ["</svg>"]) + "\n"
