"""`gateway serve`: the gateway alone, on the settings in the environment."""

import asyncio
import logging
import socket
import sys
from math import ceil

import uvicorn

from gateway.app import Gateway, build_app, open_gateway
from gateway.server.authentication import is_loopback
from gateway.settings import InvalidSettings, Settings

log = logging.getLogger("gateway")

_GRACE = 5  # seconds that requests have beyond their deadline when the server stops
_LAST_WORDS = 1.0  # seconds
_LONGEST_SILENCE = 30_000  # milliseconds


def run_server(settings: Settings, *, worker: bool) -> int:
    """Serve until interrupted. Raises InvalidSettings where it cannot begin."""
    if not settings.api_keys and not is_loopback(settings.host):
        raise InvalidSettings("GATEWAY_HOST: set GATEWAY_API_KEYS to serve other hosts than this one, or use 127.0.0.1")
    with open_gateway(settings) as gateway, listen(settings.host, settings.port) as listener:
        _announce(gateway)
        Server(gateway, worker=worker).run(sockets=[listener])
    return 0


class Server(uvicorn.Server):
    """Serves a gateway. When it is told to stop, open streams and sockets end first: uvicorn would wait for them."""

    def __init__(self, gateway: Gateway, *, worker: bool = True) -> None:
        super().__init__(_configuration(gateway, worker))
        self._connections = gateway.connections

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self._connections.close()
        if any(each.transport.is_closing() for each in self.server_state.connections):
            await asyncio.sleep(_LAST_WORDS)
            for each in list(self.server_state.connections):
                if each.transport.is_closing():  # who takes nothing of what was still to be sent
                    each.transport.abort()
        await super().shutdown(sockets)


def _configuration(gateway: Gateway, worker: bool) -> uvicorn.Config:
    """A proxy's word on who asks is not taken: without keys a caller has to be here, and with keys it does not matter."""
    settings = gateway.settings
    return uvicorn.Config(
        build_app(gateway, worker=worker),
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=ceil(settings.deadline) + _GRACE,
        ws="websockets-sansio",
        ws_max_size=settings.max_body_bytes,
        ws_ping_interval=settings.subscription_heartbeat,
        ws_ping_timeout=settings.subscription_heartbeat,
        ws_per_message_deflate=False,  # each socket would keep a window of its own in memory
    )


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there. Raises InvalidSettings."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named because asyncio switches off the delay of small packets only then.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Who takes nothing of what is sent for so long is hung up on, whatever is still to be sent.
    if sys.platform == "linux":
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _LONGEST_SILENCE)
    try:
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise InvalidSettings(f"GATEWAY_PORT: port {port} of {host} is in use; choose another") from None
    return listener


def _announce(gateway: Gateway) -> None:
    names = [backend.name.label for backend in gateway.registry.configured]
    log.info("serving http://%s:%d/graphql", gateway.settings.host, gateway.settings.port)
    if names:
        log.info("backends: %s", ", ".join(names))
    else:
        log.warning("no backend is configured: the graph answers, but every source says NOT_CONFIGURED")
