# SPDX-License-Identifier: Apache-2.0
"""Some of the signatures: by id, alias, event name, wildcard, and what umbrellas need beside."""

from pathlib import Path

import pytest

from detector.choice import choose, inner
from detector.signature import Selector, Signature
from pytracee.service.errors import OperatorError
from schemas.finding import SignatureMetadata


def made(key: str, event_name: str, *events: str, alias: str = "") -> Signature:
    said = SignatureMetadata(key, key, event_name=event_name, properties={"aliases": [alias]})
    return Signature(key, said, tuple(Selector(name) for name in events), Path(key))


ALL = [
    made("TRC-2", "anti_debugging", "ptrace", alias="TRC-102"),
    made("TRC-11", "disk_mount", "mount"),
    made("PYT-4", "container_escape", "disk_mount", "socket_abuse"),
    made("TRC-1019", "socket_abuse", "connect"),
    made("OVER", "over_all", "container_escape"),
]


def ids(signatures: list[Signature]) -> list[str]:
    return [signature.key for signature in signatures]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ([], ["TRC-2", "TRC-11", "PYT-4", "TRC-1019", "OVER"]),
        (["TRC-2"], ["TRC-2"]),
        (["TRC-102"], ["TRC-2"]),
        (["disk_mount, anti_debugging"], ["TRC-2", "TRC-11"]),
        (["TRC-*"], ["TRC-2", "TRC-11", "TRC-1019"]),
        (["TRC-*,-TRC-11"], ["TRC-2", "TRC-1019"]),
        (["-TRC-*"], ["PYT-4", "OVER"]),
        (["OVER", "TRC-11"], ["TRC-11", "OVER"]),
    ],
)
def test_names_choose(texts: list[str], expected: list[str]) -> None:
    assert ids(choose(ALL, texts)) == expected


def test_all_that_names_nothing_is_told_at_once() -> None:
    with pytest.raises(OperatorError) as error:
        choose(ALL, ["anti_debuging,TRC-2,-nonsense"])
    assert [text.partition(":")[0] for text in error.value.complaints] == ["--signatures"] * 2
    assert "(did you mean anti_debugging?)" in error.value.complaints[0]


def test_nothing_left_is_an_error() -> None:
    with pytest.raises(OperatorError, match="there is no signature that can run"):
        choose(ALL, ["-*"])


def test_an_umbrella_needs_what_is_under_it_all_the_way_down() -> None:
    assert not inner(choose(ALL, ["TRC-2"]), ALL)
    assert sorted(ids(inner(choose(ALL, ["OVER"]), ALL))) == ["PYT-4", "TRC-1019", "TRC-11"]
    assert ids(inner(choose(ALL, ["OVER,disk_mount,PYT-4"]), ALL)) == ["TRC-1019"]
