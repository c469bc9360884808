"""`gateway serve`: the gateway alone, on the settings in the environment."""

import logging
import socket

import uvicorn

from gateway.app import Gateway, build_app, open_gateway
from gateway.settings import InvalidSettings, Settings

log = logging.getLogger("gateway")

_LOOPBACK = ("127.0.0.1", "::1", "localhost")


def run_server(settings: Settings, *, worker: bool) -> int:
    """Serve until interrupted. Raises InvalidSettings where it cannot begin."""
    if settings.host not in _LOOPBACK:
        raise InvalidSettings("GATEWAY_HOST: only loopback addresses can be served without authentication; use 127.0.0.1")
    with open_gateway(settings) as gateway, _listen(settings) as listener:
        _announce(gateway)
        config = uvicorn.Config(build_app(gateway, worker=worker), log_config=None, access_log=False, server_header=False)
        uvicorn.Server(config).run(sockets=[listener])
    return 0


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # The protocol is named because asyncio switches off the delay of small packets only then.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError:
        listener.close()
        raise InvalidSettings(f"GATEWAY_PORT: port {settings.port} of {settings.host} is in use; choose another") from None
    return listener


def _announce(gateway: Gateway) -> None:
    names = [backend.name.label for backend in gateway.registry.configured]
    log.info("serving http://%s:%d/graphql", gateway.settings.host, gateway.settings.port)
    if names:
        log.info("backends: %s", ", ".join(names))
    else:
        log.warning("no backend is configured: the graph answers, but every source says NOT_CONFIGURED")
