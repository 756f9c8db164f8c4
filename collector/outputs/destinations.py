# SPDX-License-Identifier: Apache-2.0
"""`--output` and `--record`: which outputs, and where they go."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from collector.outputs.listener import Listener
from collector.outputs.output import Output, Printer
from pytracee.service.errors import OperatorError
from pytracee.service.nearest import hint

FORMATS = ("msgpack", "json", "table")
_STDOUT = ("", "stdout", "-")


def named(texts: Sequence[str], record: Sequence[Path]) -> list[str]:
    """The outputs that `--output FORMAT[:DESTINATION]` and `--record FILE` name, each once.

    None named: the stream on a pipe or file, the table on a terminal. Raises OperatorError.
    """
    if not texts and not record:
        texts = ["table" if os.isatty(1) else "msgpack"]
    found = list(dict.fromkeys([*texts, *(f"msgpack:{path}" for path in record)]))
    complaints = [complaint for text in found if (complaint := _complaint(text))]
    if complaints:
        raise OperatorError(*complaints)
    return found


def _complaint(text: str) -> str:
    form, _, destination = text.partition(":")
    if form not in FORMATS:
        known = ", ".join(FORMATS)
        return f"--output {text}: no such format{hint(form, FORMATS)}; there are {known}"
    if destination in _STDOUT and sys.__stdout__ is None:
        return f"--output {text}: standard output is closed: pipe it into detector, or name a FILE"
    if destination.startswith("unix:") and form != "msgpack":
        return f"--output {text}: a socket carries the stream: --output msgpack:{destination}"
    return ""


def open_output(text: str) -> Output:
    """One that `named` gave. Raises OperatorError where it cannot be opened."""
    form, _, destination = text.partition(":")
    return _open(form, destination)


def _open(form: str, destination: str) -> Output:
    if form == "msgpack" and destination.startswith("unix:"):
        return Listener(Path(destination.removeprefix("unix:")))
    target = 1 if destination in _STDOUT else _create(destination)
    if form != "msgpack":
        return Printer(form, target)
    if os.isatty(target):
        raise OperatorError(
            "--output msgpack: a terminal cannot show the stream: pipe it into detector, "
            "or use --output table"
        )
    return Output(target, destination or "stdout")


def _create(destination: str) -> int:
    try:
        return os.open(destination, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise OperatorError(f"{destination}: {error.strerror}: name a file you may write") from None
