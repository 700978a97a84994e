# SPDX-License-Identifier: Apache-2.0
"""The base images that the workloads start from, made once: Debian by debootstrap, busybox of Debian's static one, and a large one of 83,000 files."""
import gzip, hashlib, json, os, random, shutil, subprocess


class Bases:
    def __init__(self, place, registry):
        self._place, self._registry = place / "bases", registry

    def prepare(self):
        self._place.mkdir(exist_ok=True)
        debian = self._layer("debian", lambda root: subprocess.run(
            ["debootstrap", "--variant=minbase", "bookworm", root], check=True, stdout=subprocess.DEVNULL))
        busybox = self._layer("busybox", _busybox)
        large = self._layer("large", _large)
        for name, layers in {"debian:bookworm-slim": [debian], "busybox:latest": [busybox], "bigbase:latest": [debian, large]}.items():
            self._push(name, layers)

    def layers(self, name):
        """The layers' archives of a base image, lowest first."""
        return [self._place / f"{layer}.tar.gz" for layer in {"debian": ["debian"], "busybox": ["busybox"], "bigbase": ["debian", "large"]}[name]]

    def _layer(self, name, make):
        packed, tree = self._place / f"{name}.tar.gz", self._place / name
        if not packed.exists():
            print(f"preparing {name}, once", flush=True)
            shutil.rmtree(tree, ignore_errors=True)
            tree.mkdir(mode=0o755)
            make(tree)
            plain = self._place / f"{name}.tar"
            subprocess.run(["tar", "--sort=name", "--numeric-owner", "-C", tree, "-cf", plain, "."], check=True)
            subprocess.run(["gzip", "-6", "-n", plain], check=True)
            shutil.rmtree(tree)
        return packed

    def _push(self, name, layers):
        layout = self._place / "layout"
        shutil.rmtree(layout, ignore_errors=True)
        blobs = layout / "blobs/sha256"
        blobs.mkdir(parents=True)

        def add(data):
            digest = hashlib.sha256(data).hexdigest()
            (blobs / digest).write_bytes(data)
            return {"digest": f"sha256:{digest}", "size": len(data)}

        descriptors, diff_ids = [], []
        for layer in layers:
            with open(layer, "rb") as packed:
                digest = _digest(packed)
            os.link(layer, blobs / digest)
            with gzip.open(layer) as plain:
                diff_ids.append(f"sha256:{_digest(plain)}")
            descriptors.append({"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "digest": f"sha256:{digest}", "size": layer.stat().st_size})
        config = add(json.dumps({"architecture": "amd64", "os": "linux", "config": {"Cmd": ["/bin/sh"], "Env": ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"]},
                                 "rootfs": {"type": "layers", "diff_ids": diff_ids},
                                 "history": [{"created_by": layer.name} for layer in layers]}).encode())
        manifest = add(json.dumps({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
                                   "config": {"mediaType": "application/vnd.oci.image.config.v1+json", **config}, "layers": descriptors}).encode())
        (layout / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')
        (layout / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [
            {"mediaType": "application/vnd.oci.image.manifest.v1+json", **manifest}]}))
        subprocess.run(["skopeo", "--insecure-policy", "copy", "-q", "--dest-tls-verify=false", f"oci:{layout}", f"docker://{self._registry.address}/library/{name}"],
                       check=True)
        shutil.rmtree(layout)


def _digest(stream):
    sha256 = hashlib.sha256()
    while piece := stream.read(1 << 20):
        sha256.update(piece)
    return sha256.hexdigest()


def _busybox(root):
    (root / "bin").mkdir()
    shutil.copy(shutil.which("busybox"), root / "bin/busybox")
    for applet in subprocess.run([root / "bin/busybox", "--list"], check=True, stdout=subprocess.PIPE, text=True).stdout.split():
        if applet != "busybox":
            os.link(root / "bin/busybox", root / "bin" / applet)
    (root / "tmp").mkdir(mode=0o777)


def _large(root):
    """80,000 small text files of about 340 MB and three files of 120 MB, all of middling entropy and always the same."""
    source = random.Random(7)
    words = [f"{source.getrandbits(40):x}" for _ in range(4000)]
    for number in range(80000):
        folder = root / "srv/tree" / f"pkg{number // 300:04}" / f"lib{number // 30 % 10}"
        folder.mkdir(parents=True, exist_ok=True)
        lines = int(source.expovariate(1 / 300)) // 6 + 2
        (folder / f"f{number}.js").write_text("\n".join(" ".join(source.choices(words, k=6)) for _ in range(lines)))
    pieces = [source.randbytes(24) for _ in range(3000)]
    for name in ("blob0", "blob1", "blob2"):
        with open(root / "srv" / name, "wb") as out:
            for _ in range(60):
                out.write(b"".join(source.choices(pieces, k=90000)))
