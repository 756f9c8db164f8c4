# SPDX-License-Identifier: Apache-2.0
"""Fetches one file of known SHA-256 over https."""

import hashlib
from http.client import HTTPException
from typing import IO
from urllib import request
from urllib.error import URLError

TIMEOUT = 10.0  # seconds without a byte, connecting included
CHUNK = 1 << 20


class DownloadFailed(Exception):
    """The file could not be had, or is not the one that was meant; the message has its address."""


def download(url: str, sha256: str, file: IO[bytes]) -> None:
    """Writes what lies at `url` to `file`; DownloadFailed unless it is whole and has `sha256`."""
    digest, received = hashlib.sha256(), 0
    try:
        with _https_only().open(url, timeout=TIMEOUT) as answer:
            while chunk := answer.read(CHUNK):
                digest.update(chunk)
                received += file.write(chunk)
            announced = int(answer.headers.get("Content-Length", received))
    except (OSError, HTTPException) as error:
        reason = error.reason if isinstance(error, URLError) else error
        raise DownloadFailed(f"{url}: {reason}") from None
    if received != announced:
        raise DownloadFailed(f"{url}: cut after {received} of {announced} bytes")
    if digest.hexdigest() != sha256:
        raise DownloadFailed(
            f"REFUSED {url}: its SHA-256 is {digest.hexdigest()}, it should be {sha256}"
        )


def _https_only() -> request.OpenerDirector:
    """An opener that neither an address nor a redirect leads out of https; proxies are honoured."""
    opener = request.OpenerDirector()
    for handler in (
        request.ProxyHandler,
        request.HTTPSHandler,
        request.HTTPRedirectHandler,
        request.HTTPDefaultErrorHandler,
        request.HTTPErrorProcessor,
        request.UnknownHandler,
    ):
        opener.add_handler(handler())
    return opener
