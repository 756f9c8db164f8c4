# SPDX-License-Identifier: Apache-2.0
"""From what is wanted to a view that shows it."""

from functools import partial

from pytracee.service import notices
from pytracee.service.errors import OperatorError
from pytracee.service.notices import Errors
from pytracee.sinks.file import FileSink
from pytracee.views.forms import form_of
from pytracee.views.view import View
from pytracee.views.wanted import OUT, Options, Wanted
from schemas.rendering.look import Look


def check(wanted: Wanted) -> str:
    """What is wrong with an output that is about to be opened elsewhere; "" if nothing is."""
    if wanted.template:
        try:
            form_of(wanted, Look(), 1)
        except OperatorError as error:
            return f"{wanted}: {error}"
    return ""


def open_view(
    wanted: Wanted, options: Options, program: str, errors: Errors, fd: int | None = None
) -> View:
    """`fd`: the destination is open already. Raises OperatorError, SinkFailed."""
    say = partial(notices.say, program)
    target = 1 if fd is None else fd
    form = form_of(wanted, options.look, target)
    sink = FileSink("stdout" if wanted.place == OUT else wanted.place, say, fd)
    return View(form, sink, errors, sort=options.sort)
