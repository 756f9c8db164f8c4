# SPDX-License-Identifier: Apache-2.0
"""`--config FILE`: options in YAML, which those on the command line override.

Flat, or the same below `spec` of a document of `kind: Config` (docs/config.md).
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import click
import msgspec
from msgspec import UNSET, UnsetType

from pytracee.service.document import BadDocument, Part, read
from pytracee.service.errors import OperatorError
from pytracee.service.reading import content
from pytracee.sinks.webhook_options import HEADERS_OF
from pytracee.views.wanted import ALIASES, OPTIONS

_LARGEST = 1 << 20  # bytes
PATH = f"{__name__}.path"  # where a click context has it
_F = TypeVar("_F", bound=Callable[..., Any])
_Text = Annotated[str, msgspec.Meta(min_length=1)]
_MIXED = "expected <block end>"


class _Shape(msgspec.Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """No key stands for nothing."""


_TYPES: dict[str, Any] = {"exec-hash": bool | str}  # of options that may have a value
#: what --output option:NAME has
_Options: Any = msgspec.defstruct(
    "Options",
    [
        (
            name.partition("=")[0].replace("-", "_"),
            _TYPES.get(name, str if "=" in name else bool) | UnsetType,
            UNSET,
        )
        for name in (*OPTIONS, *ALIASES)
    ],
    bases=(_Shape,),
    frozen=True,
    forbid_unknown_fields=True,
    rename="kebab",
)


class Forward(_Shape, frozen=True):
    """A receiver. `headers` are sent to a webhook only."""

    protocol: Literal["webhook", "forward"]
    url: _Text
    headers: dict[str, str] = {}

    def word(self) -> str:
        return f"{self.protocol}:{self.url}"


class _Output(_Shape, frozen=True):
    formats: list[_Text] = []
    options: _Options = _Options()
    forward: list[Forward] = []

    def words(self) -> list[str]:
        given = msgspec.to_builtins(self.options)
        flags = [f"option:{name}" for name, value in given.items() if value is True]
        texts = [f"option:{name}={value}" for name, value in given.items() if type(value) is str]
        return [*self.formats, *flags, *texts, *(one.word() for one in self.forward)]


class _Log(_Shape, frozen=True):
    level: Literal["debug", "info", "warn", "error"] | UnsetType = UNSET
    file: _Text | UnsetType = UNSET
    format: Literal["text", "json"] | UnsetType = UNSET

    def words(self) -> list[str]:
        file = [f"option:log-file={self.file}"] if self.file else []
        form = [f"option:log-format={self.format}"] if self.format else []
        return [*([self.level] if self.level else []), *file, *form]


class _Containers(_Shape, frozen=True):
    runtime_sockets: list[_Text] | UnsetType = UNSET


class Settings(_Shape, frozen=True):
    """What stands in the file. Beside the manual's keys these are options by their own names."""

    output: _Output = _Output()
    log: _Log = _Log()
    containers: _Containers = _Containers()
    events: list[_Text] | UnsetType = UNSET
    scope: list[_Text] | UnsetType = UNSET
    filter: list[_Text] | UnsetType = UNSET
    policy: list[_Text] | UnsetType = UNSET
    signatures_dir: list[_Text] | UnsetType = UNSET
    perf_buffer_size: int | UnsetType = UNSET
    sampling: float | UnsetType = UNSET
    stats: bool | UnsetType = UNSET
    metrics: bool | UnsetType = UNSET
    healthz: bool | UnsetType = UNSET
    profile: bool | UnsetType = UNSET
    listen_addr: str | UnsetType = UNSET
    user: str | UnsetType = UNSET
    no_reload: bool | UnsetType = UNSET
    no_process_tree: bool | UnsetType = UNSET
    no_containers_enrich: bool | UnsetType = UNSET


class _Metadata(_Shape, frozen=True):
    name: str = ""


class _Document(_Shape, frozen=True, rename={"api_version": "apiVersion"}):
    api_version: Literal["tracee.aquasec.com/v1beta1"]
    kind: Literal["Config"]
    metadata: _Metadata = _Metadata()
    spec: Settings = Settings()


def settings(path: Path) -> Settings:
    """Raises OperatorError with the file's line and the cure."""
    try:
        parts = read(path, _content(path))
        found = [_settings(part) for part in parts]
    except BadDocument as error:
        raise OperatorError(f"--config {error}{_cure(str(error))}") from None
    if len(found) > 1:
        raise OperatorError(f"--config {parts[1].place}: one document is enough: join them")
    return found[0] if found else Settings()


def _content(path: Path) -> bytes | None:
    """None: it can be read without more ado."""
    try:
        return None if os.access(path, os.R_OK, effective_ids=True) else content(path, _LARGEST)
    except OSError:
        return None


def _settings(part: Part) -> Settings:
    return part.read(_Document).spec if part.get("kind") else part.read(Settings)


def _cure(said: str) -> str:
    if _MIXED in said:
        return ": a list's items and keys cannot stand side by side: write `formats: [json]`"
    return ""


def _by_flag(found: Settings) -> dict[str, Any]:
    """Option → its value, of those that the file gives."""
    given = {
        f"--{name.replace('_', '-')}": value
        for name in found.__struct_fields__
        if not isinstance(value := getattr(found, name), _Shape | UnsetType)
    }
    words = {"--output": found.output.words(), "--log": found.log.words()}
    sockets = found.containers.runtime_sockets or []
    return (
        given
        | {flag: value for flag, value in words.items() if value}
        | ({"--runtime-sockets": sockets} if sockets else {})
    )


def _load(context: click.Context, _option: click.Parameter, path: Path | None) -> None:
    """The file's options are the defaults of those that the command line may give."""
    if path is None:
        return
    found = settings(path)
    given = _by_flag(found)
    context.meta[PATH] = path
    context.meta[HEADERS_OF] = {one.url: one.headers for one in found.output.forward}
    context.default_map = {
        param.name: given[flag]
        for param in context.command.params
        for flag in param.opts
        if param.name and flag in given
    }


def with_option(command: _F) -> _F:
    """A click command with --config."""
    return click.option(
        "--config",
        type=click.Path(path_type=Path, dir_okay=False),
        callback=_load,
        is_eager=True,
        expose_value=False,
        metavar="FILE",
        help="Options in YAML, see docs/config.md; those on the command line override them.",
    )(command)
