# SPDX-License-Identifier: Apache-2.0
"""Plays cloud metadata on the loopback interface of the network namespace that it is started in, runs the command that it is given, and ends as that ends."""
import socket
import subprocess
import sys
import threading

ANSWER = b"HTTP/1.0 200 OK\r\nContent-Length: 8\r\n\r\nmetadata"
REDIRECT = b"HTTP/1.0 302 Found\r\nLocation: http://169.254.169.254/latest\r\nContent-Length: 0\r\n\r\n"


def serve(listener):
    while True:
        connection, _ = listener.accept()
        led_on = connection.getsockname()[0] == "::ffff:127.0.0.2"
        try:
            connection.sendall(REDIRECT if led_on else ANSWER)
            connection.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # whoever asked did not wait


for command in ("link set lo up", "address add 169.254.169.254/32 dev lo", "address add fd00:ec2::254/128 dev lo"):
    subprocess.run(["ip", *command.split()], check=True)
for port in (80, 53):
    listener = socket.create_server(("::", port), family=socket.AF_INET6, dualstack_ipv6=True, backlog=256)
    threading.Thread(target=serve, args=[listener], daemon=True).start()
sys.exit(subprocess.run(sys.argv[1:], check=False).returncode)
