"""Ports for servers that have to be told theirs: each is given once, and to nobody else while the tests run."""

import socket

_held: list[socket.socket] = []


def free_port() -> int:
    """A port of 127.0.0.1 at which nothing listens yet. A server can: the socket that keeps it from others never does."""
    holder = socket.socket()
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    holder.bind(("127.0.0.1", 0))
    _held.append(holder)
    port: int = holder.getsockname()[1]
    return port
