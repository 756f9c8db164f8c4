# SPDX-License-Identifier: Apache-2.0
"""Go templates over findings: Tracee's field names, Sprig's functions, and mistakes."""

import json
from pathlib import Path
from typing import Any

import pytest

from pytracee.service.errors import OperatorError
from pytracee.sinks.go_names import finding_value
from pytracee.sinks.template import RenderFailed, Template
from schemas.finding import Finding, SignatureMetadata
from schemas.rendering.finding import finding_json, finding_text
from schemas.stream.parser import Batch, Parser
from tests.recordings import record, recording

EXAMPLE = Path(__file__).parents[2] / "examples/templates/finding.tmpl"
METADATA = SignatureMetadata("X-1", 'A "name"', "1", "a_name", "What", ("linux",), {"Severity": 3})


def finding(data: dict[str, Any] | None = None) -> Finding:
    made = recording([record("ptrace", {"request": 0, "pid": 7}, timestamp=5)])
    [batch] = [item for item in Parser().feed(made) if isinstance(item, Batch)]
    return Finding(METADATA, batch.decoder.event(batch.records[0]), data, 3)


def rendered(tmp_path: Path, text: str, data: dict[str, Any] | None = None) -> str:
    path = tmp_path / "a.tmpl"
    path.write_text(text)
    one = finding(data)
    return Template(path).render(finding_value(one), one.event.timestamp)


@pytest.mark.parametrize("data", [None, {}, {"b": [1, "x", None], "a": {"c": True}, "d": "é"}])
def test_the_example_is_the_text_form(data: dict[str, Any] | None) -> None:
    one = finding(data)
    template = Template(EXAMPLE)
    assert template.render(finding_value(one), one.event.timestamp) == finding_text(one)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ .SigMetadata.ID }} {{ .SigMetadata.Name }}", 'X-1 A "name"'),
        ("{{ .Event.ProcessID }}{{ .Context.ProcessID }}{{ .Event.Payload.ProcessID }}", "100" * 3),
        ("{{ .Event.Timestamp }}", "1662531910000000005"),
        ("{{ range .Event.Args }}{{ .Name }}:{{ .Type }}={{ .Value }},{{ end }}", None),
        ("{{ .Event.Data.pid }} {{ .Event.Data.request }}", "7 0"),
        ("{{ if .Event.Container.Name }}in{{ else }}host{{ end }}", "host"),
        ("[{{ .Event.Container.Name }}{{ .Event.ContainerID }}]", "[]"),
        ("{{ .SigMetadata.Properties.Severity }}", "3"),
        ('{{ printf "%q|%5d" .SigMetadata.Name .Event.ProcessID }}', '"A \\"name\\""|  100'),
        ("{{ .SigMetadata.Name | upper | quote }}", '"A \\"NAME\\""'),
        ("{{ .Event.MountNS }} {{ .Event.PIDNS }}", "4026531841 4026531836"),
        ('{{ dateInZone "2006-01-02" (now) "UTC" }}', "2022-09-07"),
        ('{{ join "," .SigMetadata.Tags }}', "linux"),
    ],
)
def test_fields_and_functions(text: str, expected: str | None, tmp_path: Path) -> None:
    if expected is None:
        args = finding().event.layout.fields
        values = ("PTRACE_TRACEME", "7", "<no value>", "<no value>")
        pairs = zip(args, values, strict=True)
        expected = "".join(f"{field.name}:{field.type}={value}," for field, value in pairs)
    assert rendered(tmp_path, text) == expected


@pytest.mark.parametrize("data", [None, {"a": ["<é>", 1]}])
def test_to_json_gives_the_json_line(data: dict[str, Any] | None, tmp_path: Path) -> None:
    line = json.loads(finding_json(finding(data)))
    assert json.loads(rendered(tmp_path, "{{ toJson . }}", data)) == line
    assert json.loads(rendered(tmp_path, "{{ .Event | toPrettyJson }}", data)) == line["Context"]
    assert json.loads(rendered(tmp_path, "{{ toJson .Event.Args }}")) == line["Context"]["args"]


@pytest.mark.parametrize("name", ["env", "expandenv", "getHostByName", "randAlpha", "uuidv4"])
def test_nothing_from_outside_can_be_asked_for(name: str, tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match=f"a.tmpl:1:4: function '{name}' not defined"):
        rendered(tmp_path, f'{{{{ {name} "PATH" }}}}')


@pytest.mark.parametrize(
    ("text", "place"), [("x\n{{ .A", "2:1"), ("{{ end }}", "1:"), ("\n\n {{ nix . }}", "3:5")]
)
def test_a_broken_template_is_refused_with_its_place(text: str, place: str, tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match=rf"a\.tmpl:{place}"):
        rendered(tmp_path, text)


def test_a_template_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match=r"nix\.tmpl: No such file"):
        Template(tmp_path / "nix.tmpl")
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    with pytest.raises(OperatorError, match="binary: "):
        Template(tmp_path / "binary")


@pytest.mark.parametrize(
    "text",
    [
        "{{ index .Event.Args 99 }}",
        "{{ template `x` . }}{{ define `x` }}{{ template `x` . }}{{ end }}",
        "{{ range $i := until 2000000 }}x{{ end }}",
    ],
)
def test_a_template_that_does_not_fit_fails_with_its_place(text: str, tmp_path: Path) -> None:
    with pytest.raises(RenderFailed, match=r"a\.tmpl:1:"):
        rendered(tmp_path, text)
