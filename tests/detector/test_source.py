# SPDX-License-Identifier: Apache-2.0
"""A file under the root of its directory."""

from pathlib import Path

import pytest

from detector.opa.source import BadSource, Source, read
from detector.opa.tokens import tokens


def source(tmp_path: Path, text: str) -> Source:
    path = tmp_path / "a.rego"
    path.write_text(text)
    return read(path, tmp_path, "d7")


@pytest.mark.parametrize(
    ("text", "rebased"),
    [
        ("package a.b\n", "package d7.a.b\n"),
        ('package a["b-c"]\n', 'package d7.a["b-c"]\n'),
        ("# data.x\npackage a\nx := data.b.c", "# data.x\npackage d7.a\nx := data.d7.b.c"),
        ("package a\nimport data.b", "package d7.a\nimport data.d7.b"),
        ('package a\nx := data["b"]', 'package d7.a\nx := data.d7["b"]'),
        ('package a\nx := "data.b \\" data.c"', 'package d7.a\nx := "data.b \\" data.c"'),
        ("package a\nx := `data.b\ndata.c`", "package d7.a\nx := `data.b\ndata.c`"),
        ("package a\nx := input.data.b", "package d7.a\nx := input.data.b"),
        ("package a\nx := mydata.b", "package d7.a\nx := mydata.b"),
        (
            'package a\nx := $"data.b {data.c} \\{data.d}"',
            'package d7.a\nx := $"data.b {data.d7.c} \\{data.d}"',
        ),
        (
            "package a\nx := $`{ {`data.b`: data.c} } data.d`",
            "package d7.a\nx := $`{ {`data.b`: data.d7.c} } data.d`",
        ),
    ],
)
def test_every_package_and_every_data_gets_the_root(
    tmp_path: Path, text: str, rebased: str
) -> None:
    assert source(tmp_path, text).text == rebased


@pytest.mark.parametrize("use", ["f(data) { data.x }", "x := data", "x { data := 1; data }"])
def test_data_alone_is_refused_at_its_place(tmp_path: Path, use: str) -> None:
    with pytest.raises(BadSource) as caught:
        source(tmp_path, f"package a\n\n{use}\n")
    assert (caught.value.problem.row, caught.value.problem.col) == (3, use.index("data") + 1)


@pytest.mark.parametrize("text", ["", "# nothing\n", "x := 1\n", "package\n", 'package "a"\n'])
def test_a_file_without_package_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadSource, match=r"a\.rego:1:1: a Rego file begins with `package NAME`"):
        source(tmp_path, text)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.rego").write_bytes(b"package a\xff")
    with pytest.raises(BadSource, match=r"a\.rego:1:1: cannot be read"):
        read(tmp_path / "a.rego", tmp_path, "d0")


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ("x := input.args", {"args"}),
        ('x := input["processName"]', {"processName"}),
        ("x := [input.args[_], input.data.path]", {"args", "data"}),
        ("import input.args as given", {"args"}),
        ('x := "input.userId" # input.podName', set()),
        ("x := input", None),
        ("x := input[name]", None),
        ('x := input["a\\u0062"]', None),
        ("import input as event", None),
        ("x := object.get(input, path, 0)", None),
    ],
)
def test_the_fields_that_a_file_can_read(
    tmp_path: Path, body: str, fields: set[str] | None
) -> None:
    assert source(tmp_path, f"package a\n{body}\n").fields == fields


@pytest.mark.parametrize(
    ("text", "is_signature"),
    [
        ('package a\n__rego_metadoc__ := {"id": "x"}', True),
        ("package a\n__rego_metadoc__ = {}", True),
        ("package a\nx := data.b.__rego_metadoc__", False),
        ("package a\nx := __rego_metadoc__", False),
        ('package a\nx := "__rego_metadoc__ := 1"', False),
    ],
)
def test_a_signature_is_what_has_metadata(tmp_path: Path, text: str, is_signature: bool) -> None:
    assert (source(tmp_path, text).metadata_at is not None) is is_signature


@pytest.mark.parametrize("text", ['"', "`", '$"', "$`", '$"{', "}", '$"}{', "\\", '"\n"', "é$"])
def test_tokens_of_what_is_no_rego_come_to_an_end(text: str) -> None:
    assert all(token.text for token in tokens(text))
