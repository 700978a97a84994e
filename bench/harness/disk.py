# SPDX-License-Identifier: Apache-2.0
"""A new ext4 file system for every run. On one in use, making files gets slower by the inodes that were freed a short while ago (ext4's
recently_deleted), so that each run would pay for the one before."""
import subprocess

SIZE = 16 * 2**30  # sparse


class Disk:
    def __init__(self, place):
        self._place, self._image = place, place.with_suffix(".img")

    def __enter__(self):
        self._end()
        self._place.mkdir(parents=True, exist_ok=True)
        with open(self._image, "wb") as image:
            image.truncate(SIZE)
        subprocess.run(["mkfs.ext4", "-q", "-E", "lazy_itable_init=1,lazy_journal_init=1", self._image], check=True)
        subprocess.run(["mount", "-o", "loop", self._image, self._place], check=True)

    def __exit__(self, *_):
        self._end()

    def _end(self):
        """Also takes away the mounts that buildah leaves on its storage."""
        with open("/proc/self/mounts") as mounts:
            points = [line.split()[1] for line in mounts]
        for point in reversed(points):
            if point == str(self._place) or point.startswith(f"{self._place}/"):
                subprocess.run(["umount", point], check=True)
        self._image.unlink(missing_ok=True)
