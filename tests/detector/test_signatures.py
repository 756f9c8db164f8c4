# SPDX-License-Identifier: Apache-2.0
"""What signatures say of themselves, and which of them run."""

from collections.abc import Callable
from pathlib import Path

import pytest

from detector.rules import running
from detector.selection import Selection, origin_of
from detector.signature import Selector, Signature, event_name
from schemas.event import CONTAINER_STARTED
from schemas.events import BY_NAME
from schemas.finding import SignatureMetadata
from schemas.stream.messages import Container, encode
from schemas.stream.parser import Batch, Parser
from tests.detector.rego import ALWAYS, GUIDE, signature
from tests.recordings import TASK, batch, hello, layout, record

Make = Callable[..., Path]
HEAD = "package tracee.X\n\nimport rego.v1\n\ntracee_match if true\n\n"
METADATA = '__rego_metadoc__ := {"id": "X", "name": "x"}\n\n'
SELECTED = 'tracee_selected_events contains {"source": "tracee", "name": "ptrace"}\n'


def test_the_guides_form(signatures: Make) -> None:
    with running([signatures(guide=GUIDE)]) as rules:
        (found,) = rules.signatures
    assert found.metadata == SignatureMetadata(
        id="TRC-2",
        name="Anti-Debugging",
        version="0.1.0",
        event_name="anti_debugging",
        description="Process uses anti-debugging technique to block debugger",
        tags=("linux", "container"),
        properties={"Severity": 3, "MITRE ATT&CK": "Defense Evasion: Execution Guardrails"},
    )
    assert found.selectors == (Selector("ptrace", "*"),)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (HEAD + METADATA, "tracee_selected_events has no value"),
        (HEAD + METADATA + "tracee_selected_events := []", "it selects no event"),
        (HEAD + METADATA + "tracee_selected_events := 1", "Expected `array`, got `int`"),
        (HEAD + METADATA + SELECTED.replace("tracee\"", 'other"'), 'events of source "other"'),
        (HEAD + METADATA + SELECTED.replace("}", ', "origin": "pod"}'), 'selects origin "pod"'),
        (HEAD + METADATA + 'tracee_selected_events := [{"name": "ptrace"}]', "missing required"),
        (HEAD + SELECTED + '__rego_metadoc__ := {"id": "X"}', "missing required field `name`"),
        (HEAD + SELECTED + '__rego_metadoc__ := {"id": 2, "name": "x"}', "Expected `str`"),
        (HEAD + SELECTED + '__rego_metadoc__ := {"id": "", "name": "x"}', "an empty id"),
        (HEAD + SELECTED + '__rego_metadoc__ := {"id": "X"} if input.never', "has no value"),
        (METADATA.join(["package tracee.X\nimport rego.v1\n", SELECTED]), "no rule tracee_match"),
    ],
)  # fmt: skip
def test_an_unfit_description_is_told_at_its_place(
    signatures: Make, text: str, complaint: str
) -> None:
    directory = signatures(good=signature("GOOD", ALWAYS), unfit=text)
    row = text[: text.index("__rego_metadoc__")].count("\n") + 1
    with running([directory]) as rules:
        assert [found.metadata.id for found in rules.signatures] == ["GOOD"]
        (problem,) = rules.problems
    assert problem.startswith(f"{directory}/unfit.rego:{row}:1: ")
    assert complaint in problem


def test_one_that_contradicts_itself_does_not_hide_the_others(signatures: Make) -> None:
    twice = HEAD + SELECTED + METADATA + METADATA.replace('"x"', '"y"')
    with running([signatures(good=signature("GOOD", ALWAYS), twice=twice)]) as rules:
        assert [found.metadata.id for found in rules.signatures] == ["GOOD"]
        (problem,) = rules.problems
    assert "it cannot be evaluated: complete rules must not produce multiple outputs" in problem


def test_an_id_twice_in_a_directory_is_refused_in_two_it_replaces(signatures: Make) -> None:
    first = signatures("one", a=signature("A", ALWAYS), b=signature("B", ALWAYS))
    again = signature("A", ALWAYS, package="other")
    with running([signatures("two", a=signature("A", ALWAYS), z=again)]) as rules:
        assert [found.path.name for found in rules.signatures] == ["a.rego"]
        assert "two/z.rego:6:1: its id is already that of" in rules.problems[0]
    with running([first, signatures("three", mine=again)]) as rules:
        assert [found.path.name for found in rules.signatures] == ["b.rego", "mine.rego"]
        assert "three/mine.rego replaces that of" in rules.problems[0]


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Anti-Debugging", "anti_debugging"), ("K8S  Cert (TLS)", "k8s_cert_tls"), ("x", "x")],
)
def test_event_names_from_names(name: str, expected: str) -> None:
    assert event_name(name) == expected


def made(key: str, *selectors: Selector) -> Signature:
    return Signature(key, SignatureMetadata(key, key), selectors, Path(key))


LAYOUTS = {BY_NAME[n].id: layout(BY_NAME[n]) for n in ("ptrace", "execve", "sched_process_exit")}


def test_who_sees_which_event() -> None:
    selection = Selection(
        [
            made("a", Selector("ptrace")),
            made("b", Selector("ptrace", "container"), Selector("execve", "host")),
            made("c", Selector("openat")),
        ]
    )
    by_name = {LAYOUTS[number].name: dict(o) for number, o in selection.by_id(LAYOUTS).items()}
    assert by_name == {
        "ptrace": {"host": ("a",), "container": ("a", "b"), "container-init": ("a",)},
        "execve": {"host": ("b",)},
    }
    assert selection.events() == ["execve", "openat", "ptrace"]
    there = [layout.name for layout in LAYOUTS.values()]
    missing = selection.missing(there)
    assert {name: [s.key for s in waiting] for name, waiting in missing.items()} == {
        "openat": ["c"]
    }
    assert not selection.missing([*there, "openat"])


def test_an_event_that_is_there_instead_of_others() -> None:
    better = Selector("sched_process_exec", instead_of=("execve", "openat"))
    one = made("a", better, Selector("execve"), Selector("openat"))
    selection = Selection([one, made("b", Selector("execve"))])

    def seen(*there: str) -> dict[str, tuple[str, ...]]:
        found = {name: selection.of_event(name, set(there)).get("host", ()) for name in there}
        return {name: keys for name, keys in found.items() if keys}

    assert seen("execve", "ptrace") == {"execve": ("a", "b")}
    both = seen("execve", "sched_process_exec", "openat")
    assert both == {"execve": ("b",), "sched_process_exec": ("a",)}
    assert not selection.missing(["execve", "sched_process_exec"])
    assert selection.missing(["execve"]).keys() == {"openat"}
    assert selection.missing([]).keys() == {"execve", "openat", "sched_process_exec"}


def test_a_star_sees_every_event() -> None:
    selection = Selection([made("all", Selector("*")), made("a", Selector("ptrace"))])
    assert selection.by_id(LAYOUTS).keys() == LAYOUTS.keys()
    assert selection.events() == ["*"]
    assert not selection.missing(["ptrace"])


@pytest.mark.parametrize(
    ("known", "flags", "origin"),
    [(False, 0, "host"), (True, 0, "container-init"), (True, CONTAINER_STARTED, "container")],
)
def test_the_origin_of_an_event(*, known: bool, flags: int, origin: str) -> None:
    context = encode(Container(cgroup=TASK.cgroup_id, id="3f4ea2c9d5b1")) if known else b""
    stream = encode(hello()) + context + batch([record("ptrace", flags=flags)])
    (found,) = [item for item in Parser().feed(stream) if isinstance(item, Batch)]
    assert origin_of(found.decoder.event(found.records[0])) == origin
