# SPDX-License-Identifier: Apache-2.0
"""Go templates (text/template with Sprig's functions), for findings and events.

Of Sprig, what would reach outside is not there: the environment, the network, random numbers.
`now` is the event's time, so that a recording always gives the same text.
"""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gotpl import Environment, ExecutionBudget, TemplateError, TemplateSyntaxError
from gotpl.funcs.sprig import hermetic_text_func_map, text_func_map

from pytracee.service.errors import OperatorError

_DATES = ("date", "dateInZone", "date_in_zone", "dateModify", "date_modify")
_LONGEST = 16 << 20  # characters of one rendered text
_STEPS = 1_000_000  # rounds of a template's loops in one rendering: it must come to an end


class Named(dict[str, Any]):
    """An object with Go's field names; `line` is what it is as JSON."""

    def __init__(self, fields: Mapping[str, Any], line: Any) -> None:
        super().__init__(fields)
        self.line = line


class RenderFailed(Exception):
    """The template does not fit this value; the message has file, line and column."""


class Template:
    """A template file, ready to render."""

    def __init__(self, path: Path) -> None:
        """Raises OperatorError for a file that cannot be read, or is no template."""
        self._now = datetime.fromtimestamp(0, UTC)
        try:
            source = path.read_text("utf-8")
            self._template = self._environment().from_string(source, name=str(path))
        except TemplateSyntaxError as error:
            reason = str(error).removeprefix("template:")
            raise OperatorError(f"{path}:{reason}") from None
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise OperatorError(f"{path}: {reason}: name a Go template's file") from None

    def render(self, value: Named, timestamp: int) -> str:
        """`timestamp` (ns since the epoch) is the time of what is shown. Raises RenderFailed."""
        self._now = _moment(timestamp)
        try:
            return self._template.render(value)
        except TemplateError as error:
            raise RenderFailed(str(error).removeprefix("template: ")) from None

    def _environment(self) -> Environment:
        functions: dict[str, Callable[..., object]] = dict(hermetic_text_func_map())
        everything = text_func_map()
        functions |= {name: everything[name] for name in _DATES}
        functions |= {"now": lambda: self._now, "toJson": _json, "toPrettyJson": _pretty_json}
        budget = ExecutionBudget(max_output_chars=_LONGEST, max_iterations=_STEPS)
        return Environment(functions=functions, budget=budget)


def _moment(timestamp: int) -> datetime:
    try:
        return datetime.fromtimestamp(timestamp // 10**9, UTC)
    except (OverflowError, ValueError, OSError):  # a damaged record can hold any number
        return datetime.fromtimestamp(0, UTC)


def _plain(value: Any) -> Any:
    """Go encodes a struct by its JSON names, wherever it stands."""
    match value:
        case Named():
            return value.line
        case dict():
            return {key: _plain(one) for key, one in value.items()}
        case list() | tuple():
            return [_plain(one) for one in value]
    return value


def _json(value: Any) -> str:
    return json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"))


def _pretty_json(value: Any) -> str:
    return json.dumps(_plain(value), ensure_ascii=False, indent=2)
