"""Breaker: a backend that fails again and again is left alone for a while, and then tried with one call."""

import asyncio
import logging
import math
import time
from collections import deque
from collections.abc import Callable

import httpx

from gateway.errors import BackendError, MalformedReply, RateLimited, TimedOut, Unavailable
from gateway.models import Backend, CircuitState
from gateway.transport.layer import Layer

log = logging.getLogger("gateway.transport")

_IN_A_ROW = 5
_AT_LEAST, _WITHIN = 10, 30.0  # calls, of which half must have failed, and the seconds in which they ended
_NEARLY = 0.05  # seconds by which a loop's clock may be early
_FAIR = 1.0  # seconds: a call that an operation gives less says nothing of the backend, if it is not in time


class Circuit:
    """What is known of one backend's last calls, and whether it may be called: a plain state machine with a clock.

    CLOSED: called. It opens at 5 failures in a row, or at a failure that makes at least half of at least 10 calls within
    30 seconds fail. OPEN: not called for `cooldown` seconds. HALF_OPEN: one call tries; its success closes the circuit and
    forgets what was, its failure opens it again. Calls that were begun before the state last changed do not count.
    """

    def __init__(self, backend: Backend, cooldown: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._backend = backend
        self._cooldown = cooldown
        self._clock = clock
        self._ended: deque[tuple[float, bool]] = deque()
        self._failed = self._in_a_row = 0
        self._open_until: float | None = None
        self._trying = False
        self._era = 0
        self._why = ""

    @property
    def state(self) -> CircuitState:
        """HALF_OPEN as soon as a call may try."""
        if self._open_until is None:
            return CircuitState.CLOSED
        return CircuitState.HALF_OPEN if self._trying or self._clock() >= self._open_until else CircuitState.OPEN

    def admit(self) -> int:
        """Let a call begin; gives what its end has to be told with. Raises Unavailable where it may not."""
        if self._open_until is not None:
            left = self._open_until - self._clock()
            if self._trying or left > 0:
                message = f"{self._why} The gateway leaves it alone for a moment."
                raise Unavailable(self._backend, message, retry_after=max(1, math.ceil(left)))
            self._trying = True
            self._era += 1
            log.info("%s: circuit HALF_OPEN, one call tries", self._backend)
        return self._era

    def succeeded(self, call: int) -> None:
        """The backend answered this call."""
        if call != self._era:
            return
        if self._trying:
            self._close()
        self._note(failed=False)

    def failed(self, call: int, why: str) -> None:
        """It did not; `why` is a public sentence."""
        if call != self._era:
            return
        self._why = why
        self._note(failed=True)
        half = len(self._ended) >= _AT_LEAST and 2 * self._failed >= len(self._ended)
        if self._trying or self._in_a_row >= _IN_A_ROW or half:
            self._open()

    def abandoned(self, call: int) -> None:
        """Nobody waited for its end, so it tells nothing. Another may try."""
        if call == self._era:
            self._trying = False

    def _note(self, *, failed: bool) -> None:
        instant = self._clock()
        self._in_a_row = self._in_a_row + 1 if failed else 0
        self._ended.append((instant, failed))
        self._failed += failed
        while self._ended[0][0] <= instant - _WITHIN:
            self._failed -= self._ended.popleft()[1]

    def _open(self) -> None:
        self._trying = False
        self._era += 1
        self._open_until = self._clock() + self._cooldown
        log.warning("%s: circuit OPEN, no calls for %g seconds", self._backend, self._cooldown)

    def _close(self) -> None:
        self._trying = False
        self._era += 1
        self._open_until = None
        self._ended.clear()
        self._failed = self._in_a_row = 0
        log.warning("%s: circuit CLOSED, it answers again", self._backend)


class Circuits:
    """The circuits of one process: one for each backend, however many clients it makes."""

    def __init__(self, cooldown: float) -> None:
        self._circuits = {backend: Circuit(backend, cooldown) for backend in Backend}

    def of(self, backend: Backend) -> Circuit:
        return self._circuits[backend]

    def state(self, backend: Backend) -> CircuitState:
        return self._circuits[backend].state


class Breaker(Layer):
    """Calls as the circuit lets them. Raises Unavailable at once while it is open, without touching the network.

    A failure is: no connection or a broken one, our time-out, a status 5xx, an answer that is no HTTP or cut short. Any
    other answer (4xx, 429 too) shows that the backend is there, and so does a refusal of our credentials. A call that its
    caller broke off shows nothing. `is_answer` tells an answer among those with a status 5xx: SOAP has its refusals there.
    """

    def __init__(
        self,
        inner: httpx.AsyncBaseTransport,
        *,
        backend: Backend,
        circuit: Circuit,
        timeout: float,
        is_answer: Callable[[httpx.Response], bool] | None,
    ) -> None:
        super().__init__(inner)
        self._backend = backend
        self._circuit = circuit
        self._fair = min(timeout, _FAIR)
        self._is_answer = is_answer

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        call = self._circuit.admit()
        try:
            response = await self._inner.handle_async_request(request)
        except BaseException as error:
            self._ended_by(error, request, call)
            raise
        if response.status_code >= 500 and not (self._is_answer and self._is_answer(response)):
            self._circuit.failed(call, f"{self._backend.label} is not available (status {response.status_code}).")
        else:
            self._circuit.succeeded(call)
        return response

    def _ended_by(self, error: BaseException, request: httpx.Request, call: int) -> None:
        match error:
            case Unavailable() | TimedOut() | MalformedReply():
                self._circuit.failed(call, error.message)
            case RateLimited():  # the gateway's own word: the backend was not asked
                self._circuit.abandoned(call)
            case BackendError():
                self._circuit.succeeded(call)
            case asyncio.CancelledError() if self._ran_out(request):
                self._circuit.failed(call, f"{self._backend.label} did not answer in time.")
            case _:
                self._circuit.abandoned(call)

    def _ran_out(self, request: httpx.Request) -> bool:
        """Whether the deadline broke the call off, and not its caller."""
        ends, seconds = request.extensions.get("ends", math.inf), request.extensions.get("seconds", 0.0)
        return bool(time.monotonic() > ends - _NEARLY and seconds >= self._fair)
