# SPDX-License-Identifier: Apache-2.0
"""YAML whose every value has a place: `FILE:ROW:COL`."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import yaml

from pytracee.service import misfit
from pytracee.service.problem import Problem

_T = TypeVar("_T")
_STEP = re.compile(r"\.([\w-]+)|\[(\d+)\]")
_AT = re.compile(r"(.*) - at `\$(.*)`", re.DOTALL)


class BadDocument(Exception):
    """This part of a file cannot be used."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class _Loader(yaml.SafeLoader):
    """Without aliases: a few lines of them can stand for gigabytes."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(
                problem="aliases are not supported: write the value out", problem_mark=mark
            )
        return super().compose_node(parent, index)


class Part:
    """A value of a document, with its place."""

    def __init__(self, path: Path, node: yaml.Node) -> None:
        self.path = path
        self.node = node

    def problem(self, message: str, node: yaml.Node | None = None) -> Problem:
        mark = (node or self.node).start_mark
        return Problem(self.path, mark.line + 1, mark.column + 1, message)

    @property
    def place(self) -> str:
        """`FILE:ROW:COL`."""
        return self.problem("").place

    def get(self, *steps: str | int) -> "Part | None":
        """The value at `steps` down, keys and indices; None if there is none."""
        node: yaml.Node | None = self.node
        for step in steps:
            node = _child(node, step)
        return Part(self.path, node) if node is not None else None

    def items(self) -> list["Part"]:
        """The elements of a list; of anything else none."""
        listed = self.node.value if isinstance(self.node, yaml.SequenceNode) else []
        return [Part(self.path, node) for node in listed]

    def plain(self) -> Any:
        """As Python's own values. Raises BadDocument for a key that is there twice."""
        self._refuse_double_keys(self.node)
        loader = _Loader("")
        try:
            return loader.construct_document(self.node)
        except (yaml.MarkedYAMLError, ValueError) as error:  # an impossible date
            raise BadDocument(_told(self.path, error, self.node)) from None

    def read(self, shape: type[_T]) -> _T:
        """As a value of `shape`. Raises BadDocument with the place of what does not fit."""
        plain = self.plain()
        try:
            return msgspec.convert(plain, shape)
        except msgspec.ValidationError as error:
            raise BadDocument(self._misfit(str(error), shape)) from None
        except UnicodeEncodeError as error:  # half a character, which YAML can write as "\ud800"
            raise BadDocument(self.problem(f"cannot be read: {error.reason}")) from None

    def _refuse_double_keys(self, node: yaml.Node) -> None:
        if isinstance(node, yaml.SequenceNode):
            for one in node.value:
                self._refuse_double_keys(one)
        elif isinstance(node, yaml.MappingNode):
            seen = set()
            for key, value in node.value:
                if str(key.value) in seen:
                    raise BadDocument(self.problem(f"{key.value} is here twice", key))
                seen.add(str(key.value))
                self._refuse_double_keys(value)

    def _misfit(self, said: str, shape: type) -> Problem:
        """msgspec's complaint, at the deepest value of its path that there is."""
        match = _AT.fullmatch(said)
        message, path = (match[1], match[2]) if match else (said, "")
        steps = [int(index) if index else name for name, index in _STEP.findall(path)]
        node = self.node
        for step in steps:
            node = _child(node, step) or node
        said = misfit.words(message, shape, steps)
        if key := misfit.unknown_key(message):
            node = next((k for k, _ in node.value if k.value == key), node)
        return self.problem(said, node)


def read(path: Path, data: bytes | None = None) -> list[Part]:
    """The documents of a file, or of its `data`. Raises BadDocument for what is no YAML."""
    try:
        loader = _Loader((path.read_bytes() if data is None else data).decode("utf-8"))
    except OSError as error:
        said = f"cannot be read: {error.strerror}: name a file that you may read"
        raise BadDocument(Problem(path, 1, 1, said)) from None
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadDocument(_told(path, error)) from None
    parts = []
    try:
        while loader.check_node():
            node = loader.get_node()
            parts += [Part(path, node)] if node is not None else []
    except (yaml.YAMLError, RecursionError) as error:
        raise BadDocument(_told(path, error)) from None
    return parts


def _told(path: Path, error: Exception, node: yaml.Node | None = None) -> Problem:
    mark = getattr(error, "problem_mark", None) or (node.start_mark if node else None)
    row, col = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    said = getattr(error, "problem", None) or str(error).splitlines()[0]
    return Problem(path, row, col, f"cannot be read: {said}")


def _child(node: yaml.Node | None, step: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int):
        listed: Sequence[yaml.Node] = node.value
        return listed[step] if step < len(listed) else None
    if isinstance(node, yaml.MappingNode):
        found: yaml.Node | None = next((v for k, v in node.value if k.value == step), None)
        return found
    return None
