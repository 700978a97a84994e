# SPDX-License-Identifier: Apache-2.0
"""A far away registry: a relay before the real one that holds every request up. HTTP/1.1 without pipelining sends nothing between a request and its answer, so what a
client sends first after an answer, or on a new connection, is a request; but for the beginning of TLS, which a plain registry refuses."""
import asyncio, threading

TLS_HANDSHAKE = 0x16  # RFC 8446, 5.1


class Delay:
    """Listens on loopback in a thread of its own while it is entered."""

    def __init__(self, address, seconds):
        self._host, port = address.rsplit(":", 1)
        self._port, self._seconds, self.address = int(port), seconds, None
        self._loop = asyncio.new_event_loop()

    def __enter__(self):
        started = threading.Event()

        def run():
            asyncio.set_event_loop(self._loop)
            server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
            self.address = "127.0.0.1:%d" % server.sockets[0].getsockname()[1]
            started.set()
            self._loop.run_forever()

        threading.Thread(target=run, daemon=True).start()
        started.wait()
        return self

    def __exit__(self, *_):
        self._loop.call_soon_threadsafe(self._loop.stop)

    async def _serve(self, reader, writer):
        upstream, answer = await asyncio.open_connection(self._host, self._port)
        turn = {"client": True}

        async def relay(source, target, is_client):
            try:
                while data := await source.read(1 << 16):
                    if is_client and turn["client"] and data[0] != TLS_HANDSHAKE:
                        turn["client"] = False
                        await asyncio.sleep(self._seconds)
                    elif not is_client:
                        turn["client"] = True
                    target.write(data)
                    await target.drain()
            except ConnectionError:
                pass
            finally:
                target.close()

        await asyncio.gather(relay(reader, answer, True), relay(upstream, writer, False))
