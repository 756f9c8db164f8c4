# SPDX-License-Identifier: Apache-2.0
"""`--output`: what findings look like, and where they go."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from detector.notices import Errors, say
from pytracee.service.errors import OperatorError
from pytracee.service.nearest import hint
from pytracee.sinks.file import STDOUT, FileSink
from pytracee.sinks.sink import Sink, SinkFailed
from pytracee.sinks.webhook import webhook_sink
from pytracee.sinks.webhook_options import WebhookOptions, target
from schemas.finding import Finding
from schemas.rendering.columns import Columns
from schemas.rendering.finding import finding_json, finding_row, finding_text

Render = Callable[[Finding], str]

FORMATS: dict[str, Render] = {
    "text": finding_text,
    "json": finding_json,
    "table": finding_row,
}
DEFAULT = "text"
_TEMPLATE, _WEBHOOK = "gotemplate=", "webhook:"


class Unrenderable(Exception):
    """A finding that a template does not fit; the message has the template's file and line."""


@dataclass(slots=True)
class Output:
    """Findings in one form to one place. `before` is called before each is written."""

    render: Render
    sink: Sink
    errors: Errors
    before: Callable[[], None] | None = None

    def write(self, finding: Finding) -> None:
        """Raises SinkClosed, SinkFailed."""
        try:
            text = self.render(finding)
        except Unrenderable as error:
            self.failed(finding, error)
        else:
            self.put(text)

    def failed(self, finding: Finding, error: Unrenderable) -> None:
        """It could not be rendered: told, counted, and not written here."""
        self.errors.add(
            "findings that a template does not fit",
            f"{finding.signature.id} at position {finding.position} is not written: {error}",
        )

    def put(self, text: str) -> None:
        """What is rendered already. Raises SinkClosed, SinkFailed."""
        if self.before is not None:
            self.before()
        self.sink.write(text)

    def close(self) -> None:
        self.sink.close()


def open_outputs(
    wanted: Sequence[str], webhook: WebhookOptions | None = None, errors: Errors | None = None
) -> list[Output]:
    """The same form to the same place is written once. Raises OperatorError."""
    opened: dict[tuple[str, str], Output] = {}
    errors = errors or Errors()
    for text in wanted or (DEFAULT,):
        if text.startswith(_WEBHOOK):
            key, make = (_WEBHOOK, text), partial(_webhook, webhook or WebhookOptions())
        else:
            form, name = _split(text)
            place = "-" if name in STDOUT else str(Path(name).resolve())
            key, make = (form, place), partial(_file, form, place)
        if key not in opened:
            opened[key] = Output(*make(text), errors)
    return list(opened.values())


def _split(text: str) -> tuple[str, str]:
    """`FORMAT[:FILE]`; a template's own path may hold colons."""
    if text.startswith(_TEMPLATE):
        if Path(text.removeprefix(_TEMPLATE)).exists():
            return text, ""
        form, _, name = text.rpartition(":")
        return (form, name) if form else (text, "")
    form, _, name = text.partition(":")
    return form, name


def _file(form: str, place: str, text: str) -> tuple[Render, Sink]:
    render = _renderer(form)
    try:
        sink = FileSink(place, say)
    except SinkFailed as error:
        raise OperatorError(f"--output {text}: {error}") from None
    if form == "table":
        sink.write(f"{Columns().header()}\n")
    return render, sink


def _webhook(options: WebhookOptions, text: str) -> tuple[Render, Sink]:
    where, template = target(text.removeprefix(_WEBHOOK), options)
    render = templated(Path(template)) if template else _json_body
    return render, webhook_sink(where, "detector", say)


def _json_body(finding: Finding) -> str:
    return finding_json(finding).rstrip("\n")


def _renderer(form: str) -> Render:
    if form in FORMATS:
        return FORMATS[form]
    if form.startswith(_TEMPLATE):
        return templated(Path(form.removeprefix(_TEMPLATE)))
    known = [*FORMATS, f"{_TEMPLATE}FILE", f"{_WEBHOOK}URL"]
    raise OperatorError(
        f"--output {form}: no such format{hint(form, known)}; there are {', '.join(known)}"
    )


def templated(path: Path) -> Render:
    """What renders by the Go template of that file. Raises OperatorError."""
    # Only who has a template pays for the 0.1 s that its library takes to import.
    from pytracee.sinks.go_names import finding_value
    from pytracee.sinks.template import RenderFailed, Template

    template = Template(path)

    def render(finding: Finding) -> str:
        try:
            return template.render(finding_value(finding), finding.event.timestamp)
        except RenderFailed as error:
            raise Unrenderable(str(error)) from None

    return render
