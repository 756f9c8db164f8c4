# SPDX-License-Identifier: Apache-2.0
"""The words of `--output`: FORM[:PLACE], and option:NAME[=VALUE] for all of them."""

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from pytracee.service.errors import OperatorError
from pytracee.service.nearest import hint
from pytracee.sinks.file import STDOUT
from pytracee.sinks.webhook_options import WebhookOptions
from schemas.rendering.look import Look

OUT = "-"  # the place that is standard output
TEMPLATE = "gotemplate"
URLS = ("webhook", "forward")  # forms whose place is a URL
NONE = "none"
DEFAULT = "table"
#: what shows events, in pytracee and in the collector
EVENT_FORMS = ("table", "json", "gotemplate=FILE", "webhook:URL", "forward:URL", NONE)
OPTIONS = (
    "parse-arguments", "relative-timestamp", "no-timestamp", "detect-only", "sort-events",
    "stack-addresses", "exec-hash",
    "out-file=FILE",
)  # fmt: skip
ALIASES = {"relative-time": "relative-timestamp"}
_WITH_VALUE = ("out-file",)
#: what Tracee tells hashes apart by, and none; here it is always device, inode and last change
_HASHES = ("", "inode", "dev-inode", "digest-inode", "none")
_NOT_THERE = {
    "capture-dir": "nothing is captured yet",
    "log-file": "it is one of --log: --log option:log-file=FILE",
    "log-format": "it is one of --log: --log option:log-format=json",
}


class Wanted(msgspec.Struct, frozen=True):
    """One output. `place`: OUT, a file's path, unix:PATH or a URL."""

    form: str
    place: str = OUT
    template: str = ""

    @property
    def is_file(self) -> bool:
        """Whether its place is a file's or a socket's."""
        return self.form not in (*URLS, NONE) and self.place != OUT

    def __str__(self) -> str:
        form = f"{self.form}={self.template}" if self.template else self.form
        return f"--output {form}" if self.place == OUT else f"--output {form}:{self.place}"


class Options(msgspec.Struct):
    """What holds for all outputs."""

    look: Look = Look()
    out_file: str = ""
    detect_only: bool = False
    sort: bool = False
    stacks: bool = False
    hashes: bool = False
    webhook: WebhookOptions = WebhookOptions()

    def of_collection(self) -> list[str]:
        """Those that say what is collected, as words for the collector."""
        found = ["stack-addresses"] if self.stacks else []
        found += ["exec-hash"] if self.hashes else []
        return [word for name in found for word in ("--output", f"option:{name}")]


class Shown(msgspec.Struct, frozen=True):
    """What one process decides and another one shows. It may hold secrets."""

    outputs: list[Wanted]
    options: Options


class Words:
    """Reads the texts of one command line. `forms` are those that the program knows."""

    def __init__(self, forms: Sequence[str], say: Callable[[str], None]) -> None:
        self.outputs: list[Wanted] = []
        self.options = Options()
        self.complaints: list[str] = []
        self._forms = forms
        self._say = say

    def read(self, texts: Sequence[str], default: str) -> None:
        """Fill `outputs`, each once, and `options`. Raises OperatorError with all complaints."""
        for text in texts:
            if text.startswith("option:"):
                self._option(text.removeprefix("option:"))
            else:
                self._output(text.removeprefix("format:"))
        found = self.outputs or [Wanted(default)]
        if self.options.out_file:
            found = [_moved(one, self.options.out_file) for one in found]
        self.outputs = list(dict.fromkeys(found))
        self._check_places()
        if self.complaints:
            raise OperatorError(*self.complaints)

    def _option(self, text: str) -> None:
        name, equals, value = text.partition("=")
        name = ALIASES.get(name, name)
        given = f"--output option:{text}"
        known = [one.partition("=")[0] for one in OPTIONS]
        if name in _NOT_THERE:
            self.complaints.append(f"{given}: {_NOT_THERE[name]}")
        elif name not in known:
            like = hint(name, known)
            self.complaints.append(f"{given}: no such option{like}; there are {', '.join(OPTIONS)}")
        elif name == "exec-hash" and value in _HASHES:
            self._set(name, value)
        elif (name in _WITH_VALUE) != bool(equals and value):
            form = f"{name}=FILE" if name in _WITH_VALUE else name
            self.complaints.append(f"{given}: give option:{form}")
        else:
            self._set(name, value)

    def _set(self, name: str, value: str) -> None:
        options = self.options
        match name:
            case "parse-arguments":
                options.look = msgspec.structs.replace(options.look, parsed=True)
            case "relative-timestamp":
                options.look = msgspec.structs.replace(options.look, time="relative")
            case "no-timestamp":
                options.look = msgspec.structs.replace(options.look, time="none")
            case "detect-only":
                options.detect_only = True
            case "sort-events":
                options.sort = True
            case "stack-addresses":
                options.stacks = True
            case "exec-hash":
                options.hashes = value != "none"
            case "out-file":
                options.out_file = _place(value)

    def _output(self, text: str) -> None:
        form, place, template = _split(text)
        if form == "gob":
            self._say("--output format:gob: it is pytracee's own stream, format:msgpack")
            form = "msgpack"
        names = [one.partition("=")[0].partition(":")[0] for one in self._forms]
        if form not in names:
            known = ", ".join(self._forms)
            complaint = f"no such format{hint(form, names)}; there are {known}"
            self.complaints.append(f"--output {text}: {complaint}")
        elif form in URLS:
            self.outputs.append(Wanted(form, place))
        elif (form == TEMPLATE) != bool(template):
            self.complaints.append(f"--output {text}: give {TEMPLATE}=FILE")
        else:
            self.outputs.append(Wanted(form, _place(place), template))

    def _check_places(self) -> None:
        taken: dict[str, Wanted] = {}
        for one in self.outputs:
            if one.form == NONE or one.form in URLS:
                continue
            if one.place == OUT and sys.__stdout__ is None:
                self.complaints.append(
                    f"{one}: standard output is closed: pipe it into detector, or name a FILE"
                )
            other = taken.setdefault(one.place, one)
            if other != one:
                place = "standard output" if one.place == OUT else one.place
                self.complaints.append(
                    f"{other}, {one}: two formats mix in {place}: name two FILEs"
                )


def _split(text: str) -> tuple[str, str, str]:
    """(form, place, template); a template's own path may hold colons."""
    form, _, place = text.partition(":")
    if not form.startswith(f"{TEMPLATE}="):
        return form, place, ""
    path = text.removeprefix(f"{TEMPLATE}=")
    if not Path(path).exists() and ":" in path:
        path, _, place = path.rpartition(":")
        return TEMPLATE, place, path
    return TEMPLATE, "", path


def _place(text: str) -> str:
    """One name for each file, so that the same one twice is seen."""
    if text in STDOUT or text == OUT:
        return OUT
    if text.startswith("unix:"):
        return text
    return os.path.abspath(text)


def _moved(one: Wanted, out_file: str) -> Wanted:
    """out-file is where that goes for which no other place is given."""
    if one.place != OUT or one.form == NONE:
        return one
    return Wanted(one.form, out_file, one.template)
