# SPDX-License-Identifier: Apache-2.0
"""Policies from files: what they mean, and what is said of those of a wrong shape."""

import copy
import json
import os
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from collector.choosing import policies
from collector.choosing.awaited import AWAITED
from collector.choosing.chosen import chosen
from collector.choosing.document import Document, schema
from collector.choosing.events import Names
from collector.choosing.grammar import option
from collector.choosing.policy import LIMIT, Policy
from collector.choosing.signatures import Selected, Signature
from collector.choosing.trace import Asked
from pytracee.service.document import BadDocument, read
from schemas.events import BY_NAME, sets
from tests.choosing.writing import MACHINE
from tests.collecting import ROOT

GOOD = """\
apiVersion: tracee.aquasec.com/v1beta1
kind: Policy
metadata:
  name: good
  annotations:
    description: It is good.
    other: It may be there.
spec:
  scope:
    - uid!=0
    - follow
  rules:
    - event: openat
      filters:
        - data.pathname=/tmp/*
        - retval<0
        - comm=sh
    - event: containers
"""
ONE = Signature("one", ("one", "TRC-1"), (Selected(BY_NAME["execve"], "container"),))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "good.yaml"
    path.write_text(GOOD)
    return path


def load(*paths: Path, names: Names | None = None) -> tuple[list[Policy], list[str]]:
    complaints: list[str] = []
    found = policies.load(paths, names or Names(), MACHINE, complaints)
    return found, complaints


def said(path: Path, text: str) -> list[str]:
    """What is wrong with it, without the file's name."""
    path.write_text(text)
    complaints = load(path)[1]
    assert complaints
    return [one.removeprefix(f"{path}:") for one in complaints]


def test_what_a_policy_means(file: Path) -> None:
    (policy,), complaints = load(file)
    assert complaints == []
    assert (policy.name, policy.description) == ("good", "It is good.")
    assert policy.place == f"{file}:1:1"
    assert policy.scope.follows
    assert [one.key for one in policy.scope.conditions] == ["uid"]
    assert [(rule.event.name, [one.key for one in rule.filters]) for rule in policy.rules] == [
        ("openat", ["data.pathname", "retval", "comm"]),
        *((event.name, []) for event in sets()["containers"]),
    ]
    assert policy.rules[0].filters[1].place == f"{file}:16:11"


def test_several_documents_and_files_and_a_directory(tmp_path: Path, file: Path) -> None:
    (tmp_path / "b.yml").write_text(
        GOOD.replace("good", "b1", 1) + "---\n" + GOOD.replace("good", "b2", 1) + "---\n"
    )
    (tmp_path / "notes.txt").write_text("no policy")
    (tmp_path / ".hidden.yaml").write_text("no policy")
    assert [one.name for one in load(tmp_path)[0]] == ["b1", "b2", "good"]
    assert [one.name for one in load(file, tmp_path / "b.yml")[0]] == ["good", "b1", "b2"]


def test_a_directory_of_links_as_kubernetes_mounts_it(tmp_path: Path, file: Path) -> None:
    data = tmp_path / "mounted" / "..2026_11"
    data.mkdir(parents=True)
    file.rename(data / "policy.yaml")
    (tmp_path / "mounted" / "..data").symlink_to(data.name)
    (tmp_path / "mounted" / "policy.yaml").symlink_to("..data/policy.yaml")
    assert [one.name for one in load(tmp_path / "mounted")[0]] == ["good"]


@pytest.mark.parametrize(
    ("old", "new", "place", "part"),
    [
        ("v1beta1", "v1", "1:13", "it must be tracee.aquasec.com/v1beta1"),
        ("kind: Policy", "kind: Polcy", "2:7", "it must be Policy"),
        ("kind: Policy\n", "", "1:1", "kind is missing: write kind: Policy"),
        ("  name: good\n", "", "4:3", "name is missing: write name: …"),
        ("name: good", "name: a b", "4:9", "letters, digits, and . _ - between them"),
        ("name: good", "nam: good", "4:3", "there is no nam (did you mean name?)"),
        ("    description: It is good.\n", "", "6:5", "description is missing: write"),
        ("description: It is good.", "description: ''", "6:18", "it is empty"),
        ("description: It is good.", "description:", "6:17", "it must be text, and is nothing"),
        ("- uid!=0\n    - follow", "[]", "10:5", "it is empty"),
        ("  scope:\n    - uid!=0\n    - follow\n", "", "9:3", "scope is missing: write scope: […]"),
        ("uid!=0", "udi!=0", "10:7", "no scope is named 'udi' (did you mean uid?)"),
        ("uid!=0", "{uid: 0}", "10:7", "it must be text, and is keys with values"),
        ("uid!=0", "7", "10:7", "it must be text, and is a number: put it into quotes"),
        ("- uid!=0\n    - follow", "uid!=0", "10:5", "a list, and is text: write `- ` before each"),
        ("event: openat", "event: opneat", "13:14", "(did you mean openat?)"),
        ("event: openat", "events: openat", "13:7", "there is no events (did you mean event?)"),
        ("event: openat", "event: openat,close", "13:14", "write a rule for each"),
        ("event: openat", "event: -openat", "13:14", "write a rule for each"),
        ("event: openat", "event: anti_debugging", "13:14", "is a signature: use pytracee"),
        ("data.pathname=/tmp/*", "data.pathnam=/tmp/*", "15:11", "(did you mean pathname?)"),
        ("retval<0", "retval<x", "16:11", "'x' is not a number"),
        ("event: openat", "event: close", "15:11", "close has no field 'pathname'"),
        ("name: good", "name: good\n  name: again", "5:3", "name is here twice"),
        ("- follow", "- &a follow\n    - *a", "12:7", "aliases are not supported"),
        ("- follow", "- !follow", "11:7", "could not determine a constructor"),
        ("kind: Policy", "kind: [", "", "cannot be read"),
        ("kind: Policy", "kind: \x01", "", "cannot be read"),
        ("kind: Policy", "kind: " + "[" * 5000, "", "cannot be read"),
        ("kind: Policy", 'kind: "\\ud800"', "1:1", "surrogates not allowed"),
        ("kind: Policy", "kind: 2001-99-99", "1:1", "cannot be read"),
    ],
)
def test_a_mistake_is_told_with_its_place(
    file: Path, old: str, new: str, place: str, part: str
) -> None:
    assert old in GOOD
    told = said(file, GOOD.replace(old, new, 1))
    assert told[0].startswith(place)
    assert part in told[0]


def test_all_mistakes_of_all_policies_are_told(file: Path, tmp_path: Path) -> None:
    told = said(file, GOOD.replace("uid!=0", "uid!=x").replace("retval<0", "x=1"))
    assert [one.partition(": ")[0] for one in told] == ["16:11", "10:7"]
    bad = GOOD.replace("kind: Policy", "kind: x").replace("event: openat", "evnt: openat")
    assert [one.partition(": ")[0] for one in said(file, bad)] == ["2:7", "13:7"]
    (tmp_path / "other.yaml").write_text("kind: x\n")
    assert len(load(tmp_path)[1]) == 3


def test_a_billion_laughs_are_refused(file: Path) -> None:
    lines = ["a: &a [x]"] + [f"{n}: &{n} [{','.join(f'*{m}' for _ in range(9))}]"
                             for m, n in zip("abcdefgh", "bcdefghi", strict=True)]  # fmt: skip
    assert "aliases are not supported" in said(file, "\n".join(lines))[0]


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    missing, pipe, large, empty, folder, binary = (
        tmp_path / name for name in ("none.yaml", "pipe", "large", "empty", "folder", "binary")
    )
    os.mkfifo(pipe)
    large.write_bytes(b"#" * (2 << 20))
    empty.write_text("# nothing\n")
    folder.mkdir()
    binary.write_bytes(b"\xff\xfe\xfd")
    _, complaints = load(missing, pipe, large, empty, folder, binary)
    assert complaints[:5] == [
        f"--policy {missing}: No such file or directory: name one that you may read",
        f"--policy {pipe}: neither a file nor a directory",
        f"--policy {large}: larger than 1 MiB",
        f"{empty}:1:1: no policy is in it",
        f"--policy {folder}: no file in it ends in .yaml or .yml",
    ]
    assert complaints[5].startswith(f"{binary}:1:1: cannot be read: ")
    assert len(complaints) == 6


def test_two_policies_of_one_name(file: Path) -> None:
    (complaint,) = load(file, file)[1]
    assert complaint == f"{file}:1:1: the policy in {file}:1:1 is called good too"


def test_a_65th_policy_is_refused(file: Path) -> None:
    file.write_text("---\n".join(GOOD.replace("good", f"p{n}", 1) for n in range(LIMIT + 1)))
    complaints: list[str] = []
    assert len(chosen(Asked(), [file], Names(), MACHINE, complaints)) == LIMIT + 1
    assert complaints == [
        f"{file}:{1 + 19 * LIMIT}:1: the policy p64 is one too many: at most 64 at once"
    ]


def test_beside_policies_the_command_line_makes_one_of_its_own(file: Path) -> None:
    complaints: list[str] = []
    asked = Asked(option("--events", ["execve"]), option("--scope", ["uid=0"]))
    made = chosen(asked, [file], Names(), MACHINE, complaints)
    assert [one.name for one in made] == ["good", "default"]
    assert complaints == []
    chosen(Asked(scopes=option("--scope", ["uid=0"])), [file], Names(), MACHINE, complaints)
    assert "a policy has its own scope" in complaints[0]


def test_a_rule_waits_for_what_is_not_there_yet(file: Path) -> None:
    name = min(AWAITED)
    file.write_text(GOOD.replace("event: openat", f"event: {name}"))
    (policy,), complaints = load(file)
    assert complaints == []
    assert [rule.event for rule in policy.rules] == sets()["containers"]
    assert policy.waiting == ((name, f"{file}:13:14"),)


def test_signatures_are_rules_where_they_are_known(file: Path) -> None:
    names = Names([ONE])
    filters = "        - data.pathname=/tmp/*\n        - retval<0\n"
    file.write_text(GOOD.replace("openat", "TRC-1").replace(filters, ""))
    (policy,), complaints = load(file, names=names)
    assert complaints == []
    rule = next(one for one in policy.rules if one.signatures)
    assert (rule.event.name, rule.signatures) == ("execve", ("one",))
    assert [one.key for one in rule.filters] == ["container", "comm"]
    file.write_text(GOOD.replace("openat", "one"))
    assert len(load(file, names=names)[1]) == 2


EXAMPLES = sorted((ROOT / "examples" / "policies").glob("*.yaml"))


def documents() -> some.SearchStrategy[Any]:
    """The good one and the examples, changed somewhere."""
    good = [yaml.safe_load(GOOD), *(one for path in EXAMPLES for one in _all(path))]
    values: some.SearchStrategy[Any] = some.one_of(
        some.none(), some.booleans(), some.integers(), some.text(max_size=3),
        some.lists(some.text(max_size=3), max_size=2),
        some.sampled_from([{}, {"x": 1}]).map(copy.deepcopy),
    )  # fmt: skip

    @some.composite
    def changed(draw: some.DrawFn) -> Any:
        made = copy.deepcopy(draw(some.sampled_from(good)))
        for _ in range(draw(some.integers(0, 2))):
            places = list(_places(made))
            holder, key = draw(some.sampled_from(places))
            if draw(some.booleans()) and isinstance(holder, dict):
                holder[draw(some.text("abcxyz", min_size=1, max_size=3))] = draw(values)
            else:
                holder[key] = draw(values)
        return made

    return changed()


def _all(path: Path) -> list[Any]:
    return list(yaml.safe_load_all(path.read_text()))


def _places(value: Any) -> Any:
    """Every (holder, key) in it."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in list(items):
        yield value, key
        if isinstance(inner, dict | list):
            yield from _places(inner)


@given(documents())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_the_published_schema_accepts_what_we_accept(tmp_path: Path, made: Any) -> None:
    path = tmp_path / "made.yaml"
    path.write_text(yaml.safe_dump(json.loads(json.dumps(made))))  # each value apart: no aliases
    try:
        read(path)[0].read(Document)
        accepted = True
    except BadDocument:
        accepted = False
    assert accepted == jsonschema.Draft202012Validator(schema()).is_valid(made)
    load(path)  # whatever it is, it raises nothing


@given(some.text() | some.binary().map(lambda data: data.decode("latin-1")))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_whatever_is_in_a_file_is_a_complaint(tmp_path: Path, text: str) -> None:
    path = tmp_path / "any.yaml"
    path.write_text(text, "utf-8", errors="surrogatepass")
    found, complaints = load(path)
    assert found == []
    assert complaints


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_are_valid_by_the_published_schema(path: Path) -> None:
    for one in _all(path):
        jsonschema.Draft202012Validator(schema()).validate(one)


def test_what_is_shown_and_what_is_judged_have_bits_of_their_own_where_they_differ(
    file: Path,
) -> None:
    def parts(*rules: str) -> list[tuple[str, list[bool]]]:
        head = GOOD[: GOOD.index("    - event: openat")]
        file.write_text(head + "".join(f"    - event: {rule}\n" for rule in rules))
        complaints: list[str] = []
        made = chosen(Asked(), [file], Names([ONE]), MACHINE, complaints)
        assert complaints == []
        return [(one.name, [bool(rule.signatures) for rule in one.rules]) for one in made]

    assert parts("one", "openat") == [("good", [True, False])]
    assert parts("one", "execve") == [("good", [False]), ("good", [True])]
    filtered = "execve\n      filters: [container]"
    assert parts("one", filtered) == [("good", [True, False])]


def test_where_nothing_is_there_yet_there_is_nothing_to_do() -> None:
    name = min(AWAITED)
    complaints: list[str] = []
    chosen(Asked(option("--events", [name])), [], Names(), MACHINE, complaints)
    assert complaints == [f"there is nothing to collect: not there yet is {name}"]
