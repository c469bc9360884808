"""`gateway serve`: the gateway alone, on the settings in the environment."""

import logging
import socket

import uvicorn

from gateway.app import Gateway, build_app, open_gateway
from gateway.server.authentication import is_loopback
from gateway.settings import InvalidSettings, Settings

log = logging.getLogger("gateway")


def run_server(settings: Settings, *, worker: bool) -> int:
    """Serve until interrupted. Raises InvalidSettings where it cannot begin."""
    if not settings.api_keys and not is_loopback(settings.host):
        raise InvalidSettings("GATEWAY_HOST: set GATEWAY_API_KEYS to serve other hosts than this one, or use 127.0.0.1")
    with open_gateway(settings) as gateway, _listen(settings) as listener:
        _announce(gateway)
        uvicorn.Server(_configuration(gateway, worker)).run(sockets=[listener])
    return 0


def _configuration(gateway: Gateway, worker: bool) -> uvicorn.Config:
    """A proxy's word on who asks is not taken: without keys a caller has to be here, and with keys it does not matter."""
    app = build_app(gateway, worker=worker)
    return uvicorn.Config(app, log_config=None, access_log=False, server_header=False, proxy_headers=False)


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
