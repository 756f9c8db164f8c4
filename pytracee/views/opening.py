# SPDX-License-Identifier: Apache-2.0
"""From what is wanted to a view that shows it."""

import os
from functools import partial
from pathlib import Path

from pytracee.service import notices
from pytracee.service.errors import OperatorError
from pytracee.service.notices import Errors
from pytracee.sinks.file import FileSink
from pytracee.sinks.forward import forward_sink, receiver
from pytracee.sinks.sink import Say, Sink
from pytracee.sinks.webhook import webhook_sink
from pytracee.sinks.webhook_options import spool_place, target
from pytracee.views.forms import Entries, Form, Json, Posted, Table, Templated
from pytracee.views.view import View
from pytracee.views.wanted import OUT, Options, Wanted


def check(wanted: Wanted, options: Options) -> str:
    """What is wrong with an output that is about to be opened elsewhere; "" if nothing is."""
    try:
        match wanted.form:
            case "webhook":
                _, template = target(wanted.place, options.webhook)
                if template:
                    _check_template(Path(template), options)
            case "forward":
                receiver(wanted.place)
            case "gotemplate":
                _check_template(Path(wanted.template), options)
    except OperatorError as error:
        return f"--output {error}" if wanted.form in str(error) else f"{wanted}: {error}"
    return ""


def _check_template(path: Path, options: Options) -> None:
    """It is read here, and again by who shows. Raises OperatorError."""
    if path.is_fifo():
        raise OperatorError(f"{path}: a pipe can be read only once: name a file")
    Templated(options.look, path)


def open_view(
    wanted: Wanted, options: Options, program: str, errors: Errors, fd: int | None = None
) -> View:
    """`fd`: the destination is open already. Raises OperatorError, SinkFailed."""
    say = partial(notices.say, program)
    if wanted.form in ("webhook", "forward"):
        form, sink = _to_receiver(wanted, options, program, say)
    else:
        form = _to_file(wanted, options, 1 if fd is None else fd)
        sink = FileSink("stdout" if wanted.place == OUT else wanted.place, say, fd)
    return View(form, sink, errors, sort=options.sort)


def _to_receiver(wanted: Wanted, options: Options, program: str, say: Say) -> tuple[Form, Sink]:
    if wanted.form == "forward":
        place = spool_place(options.webhook)
        return Entries(options.look), forward_sink(wanted.place, place, program, say)
    where, template = target(wanted.place, options.webhook)
    form: Form = Posted(options.look)
    if template:
        form = Templated(options.look, Path(template), joined=False)
    return form, webhook_sink(where, program, say)


def _to_file(wanted: Wanted, options: Options, fd: int) -> Form:
    terminal = os.isatty(fd)
    match wanted.form:
        case "gotemplate":
            return Templated(options.look, Path(wanted.template))
        case "json":
            return Json(options.look, terminal=terminal)
    return Table(options.look, fd if terminal else None)
