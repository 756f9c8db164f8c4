# SPDX-License-Identifier: Apache-2.0
"""`--output FORMAT[:FILE]`: what findings look like, and where they go."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from pytracee.service.errors import OperatorError
from pytracee.sinks.file import STDOUT, FileSink, SinkFailed
from schemas.finding import Finding
from schemas.rendering.finding import finding_json, finding_row, finding_text
from schemas.rendering.table import HEADER

FORMATS: dict[str, Callable[[Finding], str]] = {
    "text": finding_text,
    "json": finding_json,
    "table": finding_row,
}
DEFAULT = "text"


@dataclass(frozen=True, slots=True)
class Output:
    """Findings in one form to one place."""

    render: Callable[[Finding], str]
    sink: FileSink

    def write(self, finding: Finding) -> None:
        """Raises SinkClosed, SinkFailed."""
        self.sink.write(self.render(finding))


def open_outputs(wanted: Sequence[str]) -> list[Output]:
    """The same form to the same place is written once. Raises OperatorError."""
    opened: dict[tuple[str, str], Output] = {}
    for text in wanted or (DEFAULT,):
        form, _, name = text.partition(":")
        place = "-" if name in STDOUT else str(Path(name).resolve())
        if (form, place) not in opened:
            opened[form, place] = Output(_renderer(form), _open(place, text))
            if form == "table":
                opened[form, place].sink.write(f"{HEADER}\n")
    return list(opened.values())


def _renderer(form: str) -> Callable[[Finding], str]:
    if form in FORMATS:
        return FORMATS[form]
    near = get_close_matches(form, FORMATS, n=1)
    hint = f" (did you mean {near[0]}?)" if near else ""
    raise OperatorError(f"--output {form}: no such format{hint}; there are {', '.join(FORMATS)}")


def _open(place: str, text: str) -> FileSink:
    try:
        return FileSink(place)
    except SinkFailed as error:
        raise OperatorError(f"--output {text}: {error}") from None
