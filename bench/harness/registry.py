# SPDX-License-Identifier: Apache-2.0
"""A docker-registry of Debian's on loopback, which keeps the base images between runs."""
import socket, subprocess, time, urllib.request


class Registry:
    def __init__(self, place):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.address = f"127.0.0.1:{probe.getsockname()[1]}"
        self.storage = place / "registry"
        self._config = place / "registry.yml"
        self._config.write_text(
            "version: 0.1\nlog: {level: error, accesslog: {disabled: true}}\n"
            f"storage: {{filesystem: {{rootdirectory: {self.storage}}}, delete: {{enabled: true}}}}\n"
            f"http: {{addr: \"{self.address}\"}}\n")

    def __enter__(self):
        log = open(self._config.with_suffix(".log"), "w")
        self._process = subprocess.Popen(["docker-registry", "serve", self._config], stdout=log, stderr=log)
        for _ in range(100):
            try:
                urllib.request.urlopen(f"http://{self.address}/v2/").close()
                return self
            except OSError:
                time.sleep(0.1)
        self.__exit__()
        raise SystemExit(f"error: docker-registry does not answer; its log is {log.name}")

    def __exit__(self, *_):
        self._process.terminate()
        self._process.wait()
