# SPDX-License-Identifier: Apache-2.0
"""HTTP POST of each text to a URL."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

from pytracee.service.errors import OperatorError
from pytracee.sinks.post import PostTo
from pytracee.sinks.sink import Say
from pytracee.sinks.spooled import Spooled, SpoolPlace


@dataclass(frozen=True, slots=True)
class Target:
    """Where to, and how. `timeout` in seconds."""

    url: str
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    timeout: float = 10.0
    place: SpoolPlace = field(default_factory=SpoolPlace)


def checked_url(url: str) -> SplitResult:
    """Raises OperatorError for what is no http:// or https:// URL with a host."""
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        good = False
    if not good or any(ord(char) < 33 or ord(char) > 126 for char in url):
        raise OperatorError(f"webhook {url}: not a URL: give http://HOST[:PORT]/PATH or https://…")
    return parts


def webhook_sink(target: Target, program: str, say: Say) -> Spooled:
    """Texts to one URL. Raises OperatorError for a wrong URL, or a spool that cannot be used."""
    parts = checked_url(target.url)
    shown = parts._replace(netloc=parts.netloc.rpartition("@")[2], query="").geturl()
    headers = {"Content-Type": target.content_type, **target.headers}
    to = PostTo(target.url, headers, target.timeout)
    return Spooled(f"webhook {shown}", target.url, to, target.timeout, target.place, program, say)
