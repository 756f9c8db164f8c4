# SPDX-License-Identifier: Apache-2.0
"""`--output` and `--record`: which outputs, and where they go."""

import os
from collections.abc import Sequence
from pathlib import Path

from collector.notices import say
from collector.outputs.listener import Listener
from collector.outputs.output import Output
from collector.outputs.printing import Printer
from pytracee.service.errors import OperatorError
from pytracee.service.privileges import User
from pytracee.sinks.opening import open_to_write
from pytracee.sinks.webhook_options import WebhookOptions
from pytracee.views.opening import check
from pytracee.views.wanted import DEFAULT, EVENT_FORMS, NONE, OUT, URLS, Options, Wanted, Words

_STREAM = "msgpack"
FORMS = (_STREAM, *EVENT_FORMS)


def named(
    texts: Sequence[str], record: Sequence[Path], webhook: WebhookOptions
) -> tuple[list[Wanted], Options]:
    """The outputs that `--output FORM[:PLACE]` and `--record FILE` name, each once, and options.

    None named: the stream on a pipe or file, the table on a terminal. Raises OperatorError.
    """
    recorded = [f"{_STREAM}:{path}" for path in record]
    words = Words(FORMS, say)
    words.options.webhook = webhook
    words.read([*texts, *recorded], default=DEFAULT if os.isatty(1) else _STREAM)
    complaints = [text for one in words.outputs if (text := _complaint(one, words.options))]
    if words.options.detect_only:
        complaints.append(
            "--output option:detect-only: findings are the detector's: use pytracee, or "
            "collector | detector"
        )
    if complaints:
        raise OperatorError(*complaints)
    return words.outputs, words.options


def _complaint(wanted: Wanted, options: Options) -> str:
    if wanted.form == _STREAM:
        if wanted.place == OUT and os.isatty(1):
            return (
                f"{wanted}: a terminal cannot show the stream: pipe it into detector, or use "
                "--output table"
            )
        return ""
    if wanted.place.startswith("unix:"):
        return f"{wanted}: a socket carries the stream: --output {_STREAM}:{wanted.place}"
    return check(wanted, options)


def open_output(wanted: Wanted, options: Options, user: User | None = None) -> Output:
    """One that `named` gave; what shows it becomes `user`. Raises OperatorError where it cannot be
    opened.
    """
    if wanted.form == _STREAM and wanted.place.startswith("unix:"):
        return Listener(Path(wanted.place.removeprefix("unix:")))
    if wanted.form == NONE:
        return Output(_opened(os.devnull, wanted), os.devnull)
    if wanted.form in URLS:
        return Printer(wanted, options, _opened(os.devnull, wanted), user)
    target = 1 if wanted.place == OUT else _opened(wanted.place, wanted)
    if wanted.form != _STREAM:
        return Printer(wanted, options, target, user)
    return Output(target, "stdout" if wanted.place == OUT else wanted.place)


def _opened(path: str, wanted: Wanted) -> int:
    try:
        return open_to_write(path)
    except OSError as error:
        raise OperatorError(f"{wanted}: {error.strerror}: name a file you may write") from None
