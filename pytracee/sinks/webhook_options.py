# SPDX-License-Identifier: Apache-2.0
"""`--output webhook:URL` and the `--webhook-…` options.

Options are for all webhooks. What is to hold for one of them stands in its URL, in Tracee's
spelling, and is taken out of it: `webhook:https://host/path?timeout=5s&contentType=text/plain`
and `gotemplate=FILE`.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import click
import msgspec

from pytracee.service.errors import OperatorError
from pytracee.service.option_group import grouped
from pytracee.sinks.duration import seconds
from pytracee.sinks.spooled import SpoolPlace
from pytracee.sinks.webhook import Target, checked_url

_OURS = ("timeout", "gotemplate", "contentType")
_HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\x20-\x7e\t]*)")
_MEGABYTE = 1 << 20
HEADERS_OF = f"{__name__}.headers_of"  # where a click context has what a file gives


class WebhookOptions(msgspec.Struct, frozen=True):
    """As given on the command line, for all webhooks."""

    template: str | None = None
    content_type: str | None = None
    headers: Sequence[str] = ()
    timeout: str = "10s"
    spool: str | None = None
    spool_size: int = 256  # MiB, for each webhook
    headers_of: Mapping[str, Mapping[str, str]] = {}  # URL → headers of that webhook alone


_FILE = click.Path(exists=True, dir_okay=False)
_FOLDER = click.Path(file_okay=False)
_OPTIONS = (
    click.option("--webhook-template", type=_FILE, help="Go template of what is sent. Else JSON."),
    click.option("--webhook-content-type", metavar="TYPE", help="Default: that of what is sent."),
    click.option("--webhook-header", multiple=True, metavar="'NAME: VALUE'", help="Sent with all."),
    click.option(
        "--webhook-timeout", default="10s", metavar="TIME", help="For a request. Default: 10s."
    ),
    click.option(
        "--webhook-spool",
        type=_FOLDER,
        help="Where what is sent waits. Default: /var/lib/pytracee/spool, of a user "
        "~/.local/state/….",
    ),
    click.option(
        "--webhook-spool-size",
        type=click.IntRange(min=1),
        default=256,
        metavar="MIB",
        help="The most that may wait, for each webhook. Default: 256.",
    ),
)


#: makes a click command have these options, for `given`
with_options = grouped(*_OPTIONS)


def given(values: Mapping[str, Any]) -> WebhookOptions:
    """From the values of those options."""
    return WebhookOptions(
        values["webhook_template"],
        values["webhook_content_type"],
        values["webhook_header"],
        values["webhook_timeout"],
        values["webhook_spool"],
        values["webhook_spool_size"],
        click.get_current_context().meta.get(HEADERS_OF, {}),
    )


def spool_place(options: WebhookOptions) -> SpoolPlace:
    """Where what is sent waits."""
    folder = Path(options.spool) if options.spool else None
    return SpoolPlace(folder, options.spool_size * _MEGABYTE)


def target(url: str, options: WebhookOptions) -> tuple[Target, str | None]:
    """Where one webhook leads, and its template. Raises OperatorError."""
    own_headers = [f"{name}: {value}" for name, value in options.headers_of.get(url, {}).items()]
    parts = checked_url(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    own = {name: value for name, value in pairs if name in _OURS}
    if own:
        rest = urlencode([pair for pair in pairs if pair[0] not in _OURS])
        url = parts._replace(query=rest).geturl()
    time = own.get("timeout") or options.timeout
    template = own.get("gotemplate") or options.template
    content = own.get("contentType") or options.content_type
    found = Target(
        url=url,
        content_type=content or ("text/plain; charset=utf-8" if template else "application/json"),
        headers=dict(map(_header, [*options.headers, *own_headers])),
        timeout=seconds(time, f"--webhook-timeout {time}"),
        place=spool_place(options),
    )
    _header(f"Content-Type: {found.content_type}")
    return found, template


def _header(text: str) -> tuple[str, str]:
    match = _HEADER.fullmatch(text)
    if match is None:
        raise OperatorError(f"--webhook-header {text!r}: give 'NAME: VALUE', in plain ASCII")
    return match[1], match[2]
