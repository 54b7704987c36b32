"""Which port is free. Standard library only."""

import errno
import os
import socket

from server.problems import Problem

ADDRESS = "127.0.0.1"
TRIES = 20


def free_port(first: int) -> int:
    """The first free port from `first` on; 0 takes any."""
    for port in range(first, min(first + TRIES, 65536)):
        try:
            return _bind(port)
        except OSError as error:
            if error.errno == errno.EACCES and os.name != "nt":  # Windows says so of a port in use
                raise Problem(f"Port {port} needs an administrator: choose one above 1023 with --port.") from None
            if error.errno not in {errno.EADDRINUSE, errno.EACCES}:
                raise
    raise Problem(f"Ports {first} to {first + TRIES - 1} are all taken: choose another with --port.")


def _bind(port: int) -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        if os.name != "nt":  # there the option would allow two servers on one port
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((ADDRESS, port))
        return int(probe.getsockname()[1])
