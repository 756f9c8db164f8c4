# SPDX-License-Identifier: Apache-2.0
"""opa-python-client on a unix socket, for control: health and the policies that OPA has.

Import this only where it is used: it takes 0.3 s and 40 MB. Batches go over `connection`.
"""

import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import urllib3
from opa_client.opa import OpaClient
from requests import PreparedRequest, RequestException, Session
from requests.adapters import HTTPAdapter

_TIMEOUT = 30.0  # seconds; OPA may be busy with a batch


class _Connection(urllib3.connection.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=_TIMEOUT)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(_TIMEOUT)
        self.sock.connect(str(self._path))


class _Pool(urllib3.HTTPConnectionPool):
    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=_TIMEOUT)
        self._path = path

    def _new_conn(self) -> _Connection:
        return _Connection(self._path)


class _Adapter(HTTPAdapter):
    """Sends every request to the one socket, whatever host its URL names."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._pool = _Pool(path)

    def get_connection_with_tls_context(
        self, *_request: object, **_tls: object
    ) -> urllib3.HTTPConnectionPool:
        return self._pool

    def request_url(self, request: PreparedRequest, proxies: Mapping[str, str] | None) -> str:
        del proxies  # a socket has none
        return request.path_url

    def close(self) -> None:
        self._pool.close()


class Control(OpaClient):  # type: ignore[misc]  # the library has no types
    """Its methods raise the errors of `requests` and of `opa_client.errors`."""

    def __init__(self, path: Path) -> None:
        self._socket = path  # the base class opens its session at once
        super().__init__(timeout=_TIMEOUT)

    def _init_session(self) -> Any:
        session: Session = super()._init_session()
        session.trust_env = False  # no proxy stands between us and our child
        session.mount("http://", _Adapter(self._socket))
        return session


def policies(path: Path) -> set[str] | None:
    """The names of those that an OPA has; None if it ended meanwhile."""
    with Control(path) as control:
        try:
            return set(control.get_policies_list())
        except RequestException:
            return None
