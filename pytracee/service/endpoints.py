# SPDX-License-Identifier: Apache-2.0
"""`/metrics` for Prometheus, `/healthz` and `/profile`, on an address of the operator's; off by
default.

Values are read when they are asked for: counting stays what it is, numbers in memory.
"""

import threading
from collections.abc import Callable, Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

from prometheus_client import CollectorRegistry, exposition
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from pytracee.service.errors import OperatorError
from pytracee.service.metric import Value
from pytracee.service.profile import LONGEST, folded


class _Reader:
    """What the registry asks at each scrape."""

    def __init__(self, values: Callable[[], Iterable[Value]]) -> None:
        self._values = values

    def collect(self) -> Iterable[Metric]:
        return map(_family, self._values())


def _family(value: Value) -> Metric:
    labels = [value.label] if value.label else []
    kind = GaugeMetricFamily if value.gauge else CounterMetricFamily
    family = kind(value.name, value.help, labels=labels)
    for label, number in value.samples.items():
        family.add_metric([label] if value.label else [], number)
    return family


class Endpoints:
    """Serves from `start` until `close`. `problem` says what is wrong, "" where nothing is."""

    def __init__(
        self,
        address: str,
        values: Callable[[], Iterable[Value]] | None,
        problem: Callable[[], str] | None,
        *,
        profile: bool,
    ) -> None:
        """`address`: [HOST]:PORT. None: that page is not served. `profile`: of the thread that
        calls this. Raises OperatorError where the address cannot be had.
        """
        host, _, port = address.rpartition(":")
        registry = CollectorRegistry(auto_describe=False)
        if values is not None:
            registry.register(_Reader(values))
        thread = threading.get_ident()
        pages: dict[str, _Answer | None] = {
            "/metrics": None if values is None else lambda _: _metrics(registry),
            "/healthz": None if problem is None else lambda _: _health(problem),
            "/profile": (lambda query: _profile(thread, query)) if profile else None,
        }
        try:
            self._server = ThreadingHTTPServer((host, int(port)), _handler(pages))
        except OSError as error:
            raise OperatorError(f"--listen-addr {address}: {error}: name a free one") from None
        self._server.daemon_threads = True
        self._serves = False

    def start(self) -> None:
        """The address is taken already; from now on requests are answered."""
        self._serves = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def close(self) -> None:
        if self._serves:
            self._server.shutdown()
        self._server.server_close()


_Page = tuple[int, str, bytes]  # status, content type, body
_Answer = Callable[[str], _Page]  # to a query


def _metrics(registry: CollectorRegistry) -> _Page:
    return 200, exposition.CONTENT_TYPE_LATEST, exposition.generate_latest(registry)


def _health(problem: Callable[[], str]) -> _Page:
    text = problem()
    return (503, "text/plain", text.encode() + b"\n") if text else (200, "text/plain", b"OK\n")


def _profile(thread: int, query: str) -> _Page:
    asked = parse_qs(query).get("seconds", ["10"])[-1]
    try:
        seconds = float(asked)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= LONGEST:
        return 400, "text/plain", f"seconds={asked}: give up to {LONGEST:.0f}\n".encode()
    return 200, "text/plain", folded(thread, seconds).encode()


def _handler(pages: dict[str, _Answer | None]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = 10  # seconds that a client may take

        def do_GET(self) -> None:
            path, _, query = self.path.partition("?")
            page = pages.get(path)
            status, kind, body = page(query) if page else (404, "text/plain", b"no such page\n")
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Silence: a scrape is nothing to report."""

    return Handler
