# SPDX-License-Identifier: Apache-2.0
"""What is measured on a workload: Kiln, the floor, and buildah. Each run starts from an empty disk and pushes to a repository of its own."""
import contextlib, itertools, os, shutil, subprocess
from dataclasses import dataclass, field

from harness import measure, profile
from harness.delay import Delay
from harness.disk import Disk


@dataclass
class Workload:
    title: str
    context: str  # folder of workloads/
    base: str  # the base image, whose layers the floor fetches
    floor: list = field(default_factory=list)  # the floor's parts, by name
    warm: bool = False  # the cache directory of an earlier run is there
    buildah: bool = True
    cached: bool = False  # the steps are in a cache repository, and nothing else is left of an earlier run
    delay: float = 0  # seconds by which the registry is further away
    alone: bool = False  # also with one step at a time

    @property
    def references(self):
        return (["floor"] if self.floor else []) + (["buildah"] if self.buildah else []) + (["alone"] if self.alone else [])


WORKLOADS = {
    "b1": Workload("busybox, one COPY", "b1", "busybox"),
    "b2": Workload("debian, five RUN", "b2", "debian", ["fetch", "gunzip", "untar"]),
    "b3": Workload("83,000 files, five trivial RUN", "b3", "bigbase", ["fetch", "gunzip", "untar"]),
    "b4": Workload("83,000 files, a RUN adds 80,000", "b4", "bigbase", ["fetch", "gunzip", "untar", "copy", "pack"]),
    "b6": Workload("two independent stages with 4 s of CPU each", "b6", "debian", alone=True),
    "b8": Workload("83,000 files, one COPY", "b8", "bigbase", ["fetch", "gunzip"]),
    "b8-warm": Workload("the same with indexes in the cache directory", "b8", "bigbase", warm=True, buildah=False),
    "b9": Workload("one layer of 1 GiB", "b9", "busybox"),
    "b10-b2": Workload("b2 with all steps in a cache repository", "b2", "debian", buildah=False, cached=True),
    "b10-b3": Workload("b3 with all steps in a cache repository", "b3", "bigbase", buildah=False, cached=True),
    "b10-far": Workload("b10-b2 with 100 ms more for each request", "b2", "debian", buildah=False, cached=True, delay=0.1),
}


class Bench:
    def __init__(self, place, workloads, registry, bases, binary, flags):
        self._disk = Disk(place)
        self._place, self._workloads, self._registry, self._bases, self._binary, self._flags = place, workloads, registry, bases, binary, flags
        self._numbers = itertools.count()
        self._wrap = lambda command: command
        self._run = f"r{os.getpid()}"

    def run(self, workload, contender):
        with self._disk:
            return getattr(self, f"_{contender}")(workload)

    def profile(self, workload):
        """A section on where the CPU time of one build goes."""
        data = self._place.with_suffix(".perf")
        self._wrap = lambda command: profile.record(command, data)
        try:
            return profile.page(workload.title, data, self.run(workload, "kiln"), os.cpu_count())
        finally:
            self._wrap = lambda command: command
            data.unlink(missing_ok=True)

    def gzip_sizes(self):
        """Sizes of the large layer as Kiln packs it and as gzip -6 does, in bytes."""
        with self._disk:
            context = self._place / "context"
            context.mkdir()
            (context / "Dockerfile").write_text("FROM scratch\nADD large.tar.gz /\n")
            shutil.copy(self._bases.layers("bigbase")[1], context / "large.tar.gz")
            layout = self._place / "layout"
            self._build(context, "--no-push", "--oci-layout-path", layout)
            ours = max((layout / "blobs/sha256").iterdir(), key=lambda blob: blob.stat().st_size)
            return {"kiln": ours.stat().st_size, "gzip -6": int(subprocess.run(
                f"gzip -dc {ours} | gzip -6 | wc -c", shell=True, check=True, stdout=subprocess.PIPE).stdout)}

    def _context(self, workload, address=None):
        """A copy of the workload whose bases come from our registry."""
        context = self._place / "context"
        shutil.copytree(self._workloads / workload.context, context)
        file = context / "Dockerfile"
        file.write_text(file.read_text().replace("FROM ", f"FROM {address or self._registry.address}/library/"))
        return context

    def _destination(self):
        return f"{self._registry.address}/bench/{self._run}-{next(self._numbers)}:latest"

    def _alone(self, workload):
        return self._build(self._context(workload), "--destination", self._destination(), "--jobs", "1")

    def _cached(self, workload, address):
        context = self._context(workload, address)
        repository = f"{address}/bench/{self._run}-{next(self._numbers)}"
        flags = ["--cache", "--cache-repo", f"{repository}-cache", "--destination", f"{repository}:latest"]
        for _ in range(2):
            shutil.rmtree(self._place / "root", ignore_errors=True)
            shutil.rmtree(self._place / "cache", ignore_errors=True)
            sample = self._build(context, *flags)
        return sample

    def _kiln(self, workload):
        if workload.cached:
            with Delay(self._registry.address, workload.delay) if workload.delay else contextlib.nullcontext(self._registry) as registry:
                return self._cached(workload, registry.address)
        context = self._context(workload)
        if workload.warm:
            self._build(context, "--destination", self._destination())
            shutil.rmtree(self._place / "root")
        return self._build(context, "--destination", self._destination())

    def _build(self, context, *flags):
        environment = {"PATH": os.environ["PATH"], "HOME": str(self._place)}
        return measure.run(self._wrap([self._binary, "build", "--context", f"dir://{context}", "--dockerfile", context / "Dockerfile", "--insecure", "--insecure-pull",
                                       "--root-dir", self._place / "root", "--cache-dir", self._place / "cache", *self._flags, *flags]), env=environment)

    def _buildah(self, workload):
        context, destination = self._context(workload), self._destination()
        buildah = ["buildah", "--root", self._place / "storage", "--runroot", self._place / "runroot", "--storage-driver", "overlay"]
        return measure.run([*buildah, "bud", "-q", "--isolation", "chroot", "--layers", "--no-cache", "--tls-verify=false", "-t", destination, context]) + \
            measure.run([*buildah, "push", "-q", "--tls-verify=false", destination, f"docker://{destination}"])

    def _floor(self, workload):
        """The sum of parts that no builder gets around, each run alone."""
        total, tree = measure.Sample(0, 0, 0), self._place / "tree"
        tree.mkdir()
        for part in workload.floor:
            for layer in self._bases.layers(workload.base) if part in ("fetch", "gunzip", "untar") else [None]:
                total += self._part(part, layer, tree)
        return total

    def _part(self, part, layer, tree):
        fetched = self._place / f"{layer.name}" if layer else None
        plain = self._place / f"{layer.name}.plain" if layer else None
        match part:
            case "fetch":
                url = f"http://{self._registry.address}/v2/library/{_repository(layer)}/blobs/sha256:{_sha256(layer)}"
                return measure.run(["curl", "-fsS", "-o", fetched, url])
            case "gunzip":
                return measure.run(["sh", "-c", f"pigz -dc {fetched} >/dev/null"])
            case "untar":
                subprocess.run(f"pigz -dc {fetched} >{plain}", shell=True, check=True)
                sample = measure.run(["tar", "-C", tree, "-xf", plain])
                plain.unlink()
                return sample
            case "copy":
                return measure.run(["cp", "-r", tree / "srv/tree", tree / "srv/tree2"])
            case "pack":
                return measure.run(["sh", "-c", f"tar -C {tree} -cf - srv/tree2 | pigz -6 >{self._place}/packed"])


def _repository(layer):
    return "bigbase" if layer.name.startswith("large") else "debian"


_digests = {}


def _sha256(path):
    if path not in _digests:
        _digests[path] = subprocess.run(["sha256sum", path], check=True, stdout=subprocess.PIPE, text=True).stdout.split()[0]
    return _digests[path]
