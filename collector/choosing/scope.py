# SPDX-License-Identifier: Apache-2.0
"""`--scope`, and a policy's `scope`: whose activity. From texts to conditions."""

from collections.abc import Iterable
from dataclasses import replace

from collector.choosing.condition import Condition, Form, Pattern, Value, contradictions
from collector.choosing.grammar import Expression, Written, condition, each, expression
from collector.choosing.kinds import BY_NAME, NAMES, Kind
from collector.choosing.policy import Scope
from collector.choosing.values import Reading, ranged
from pytracee.service.nearest import hint
from schemas import kinds

_NUMBER = ranged(kinds.Kind.U32)
_COMM_MAX = 15  # bytes: TASK_COMM_LEN without its NUL
_NOT = ("not-", "!")
_MERGED = ("/bin/", "/sbin/", "/lib/", "/lib64/")  # with /usr, by their maker's rules


def parse(texts: Iterable[Written], complaints: list[str]) -> Scope:
    """The scope that these make together; what is wrong with them is added to `complaints`."""
    found = each(texts, _read, complaints)
    conditions = [one for one in found if isinstance(one, Condition)]
    complaints += contradictions(conditions)
    return Scope(tuple(conditions), follows="follow" in found)


def _read(written: Written) -> Condition | str:
    if (word := written.text.strip()) in ("global", "follow"):
        return word
    asked = expression(written)
    if asked.key in ("global", "follow"):
        raise ValueError(f"{asked.key} stands alone")
    if (found := of_task(asked)) is None:
        known = ("global", "follow", "not-container", *NAMES)
        raise ValueError(
            f"no scope is named {asked.key!r}{hint(asked.key, known)}; there are {', '.join(known)}"
        )
    return found


def of_task(asked: Expression) -> Condition | None:
    """The condition on a task or its container; None if no kind has such a name.

    Raises ValueError for what does not fit the kind.
    """
    if asked.operator is None and asked.key.startswith(_NOT):
        name = asked.key.removeprefix("not-").removeprefix("!")
        kind = BY_NAME.get(name)
        return _mark(kind, asked, 0) if kind and kind.mark else None
    kind = BY_NAME.get(asked.key)
    if kind is None:
        return None
    if "new" in asked.values and (marked := BY_NAME.get(f"{kind.key}=new")):
        return _new(marked, asked)
    if kind.mark:
        if asked.operator is None:
            return _mark(kind, asked, 1)
        kind = BY_NAME[f"{kind.key}=ID"]
    if kind.key == "executable":
        asked = with_usr(asked)
    return condition(asked, kind.key, reading(kind))


def with_usr(asked: Expression) -> Expression:
    """A resolved path in `/bin` is one in `/usr/bin` where the one is a link to the other, as
    most systems have it: each value that may be so, a second time.
    """
    merged = [f"/usr{value}" for value in asked.values if value.startswith(_MERGED)]
    return replace(asked, values=(*asked.values, *merged))


def _new(kind: Kind, asked: Expression) -> Condition:
    if len(asked.values) > 1 or asked.operator not in ("=", "!="):
        raise ValueError("new stands alone: write the other values apart")
    return _mark(kind, asked, int(asked.operator == "="))


def _mark(kind: Kind, asked: Expression, value: int) -> Condition:
    return Condition(kind.key, "=", (value,), Form.NUMBER, place=asked.place, text=asked.text)


def reading(kind: Kind) -> Reading:
    """How a kind's values are read."""
    if kind.form != Form.TEXT:
        return Reading(kind.form, _number)
    return Reading(Form.TEXT, _TEXTS.get(kind.key, Pattern))


def _number(text: str) -> Value:
    if text.startswith("-"):
        raise ValueError(f"{text} is negative")
    return _NUMBER.read(text)


def _comm(text: str) -> Pattern:
    longest = max(len(part.encode()) for part in text.split("*"))
    if longest > _COMM_MAX:
        raise ValueError(f"the kernel keeps {_COMM_MAX} bytes of a comm: cut {text!r}")
    return Pattern(text)


def _container(text: str) -> Pattern:
    """The beginning of an id will do."""
    return Pattern(text if "*" in text else f"{text}*")


_TEXTS = {"comm": _comm, "container=ID": _container}
