# SPDX-License-Identifier: Apache-2.0
"""`--output`: forms, places, templates and webhooks, several at once; duplicates; the schema."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from detector.notices import Errors
from detector.outputs import open_outputs
from detector.suppression import Suppression, window
from detector.telling import Teller, rendered
from pytracee.service.errors import OperatorError
from pytracee.sinks.webhook_options import WebhookOptions, target
from schemas.finding import Finding, FindingEvent, SignatureMetadata
from schemas.line import Line
from schemas.line_event import LineEvent
from schemas.rendering.finding import finding_json, finding_row, finding_text
from schemas.stream.parser import Batch, Parser
from tests.recordings import TASK, record, recording
from tests.sinks.receiver import receiver

SCHEMA = json.loads((Path(__file__).parents[2] / "schemas/finding.schema.json").read_text())
METADATA = SignatureMetadata("X-1", "Name", "1", "a_name", "What", ("linux",), {"Severity": 3})
SECOND = 10**9


def finding(
    *,
    pid: int = 1,
    seconds: float = 0,
    data: dict[str, Any] | None = None,
    metadata: Any = METADATA,
) -> Finding:
    task = TASK._replace(host_pid=pid)
    made = recording([record("ptrace", {"request": 0}, timestamp=int(seconds * SECOND), task=task)])
    [batch] = [item for item in Parser().feed(made) if isinstance(item, Batch)]
    return Finding(metadata, batch.decoder.event(batch.records[0]), data, 0)


def test_several_forms_to_several_places_each_once(tmp_path: Path) -> None:
    template = tmp_path / "a:b.tmpl"
    template.write_text("{{ .SigMetadata.ID }};")
    places = {form: tmp_path / form for form in ("text", "json", "table", "made")}
    wanted = [f"{form}:{place}" for form, place in places.items() if form != "made"] * 2
    outputs = open_outputs([*wanted, f"gotemplate={template}:{places['made']}"])
    assert len(outputs) == 4
    for output in outputs:
        output.write(finding())
        output.close()
    assert places["text"].read_text() == finding_text(finding())
    assert places["json"].read_text() == finding_json(finding())
    assert places["table"].read_text().splitlines()[1:] == finding_row(finding()).splitlines()
    assert places["made"].read_text() == "X-1;"


def test_a_template_goes_to_standard_output(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    template = tmp_path / "a.tmpl"
    template.write_text("{{ .SigMetadata.Name }}\n")
    for given in (f"gotemplate={template}", f"gotemplate={template}:stdout"):
        [output] = open_outputs([given])
        output.write(finding())
    assert capfd.readouterr().out == "Name\nName\n"


def test_findings_go_to_webhooks_as_json_or_by_template(tmp_path: Path) -> None:
    template = tmp_path / "a.tmpl"
    template.write_text("<{{ .SigMetadata.ID }}>")
    options = WebhookOptions(headers=["X-A: b"], spool=str(tmp_path / "spool"))
    with receiver() as plain, receiver() as made:
        wanted = [
            f"webhook:{plain.url}?a=1",
            f"webhook:{made.url}?gotemplate={template}&timeout=2s",
        ]
        outputs = open_outputs(wanted, options)
        for output in outputs:
            output.write(finding())
            output.close()
        assert json.loads(plain.accepted[0]) == json.loads(finding_json(finding()))
        assert made.accepted == ["<X-1>"]
        first, second = plain.requests[0], made.requests[0]
    assert (first.line, second.line) == ("POST /hook?a=1 HTTP/1.1", "POST /hook HTTP/1.1")
    assert first.headers["Content-Type"] == "application/json"
    assert second.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert first.headers["X-A"] == second.headers["X-A"] == "b"


def test_a_finding_that_its_template_does_not_fit_is_counted(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    template = tmp_path / "a.tmpl"
    template.write_text("{{ index .Event.Args 99 }}")
    errors = Errors()
    outputs = open_outputs([f"gotemplate={template}", "json"], None, errors)
    Teller(outputs).tell(finding())
    said = capfd.readouterr()
    assert errors.count == 1
    assert said.out == finding_json(finding())
    assert "X-1 at position 0 is not written: " in said.err
    assert "a.tmpl:1:" in said.err


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ("jsn", "no such format .did you mean json"),
        ("gotemplate=/nowhere", "/nowhere: No such file"),
        ("json:/nowhere/x", "cannot write to /nowhere/x"),
        ("webhook:ftp://x/", "not a URL"),
        ("webhook:http://h/?timeout=soon", "--webhook-timeout soon: give a time"),
        ("webhook:http://h/?timeout=0s", "--webhook-timeout 0s"),
        ("webhook:http://h/?contentType=a%0Ab", "NAME: VALUE"),
    ],
)
def test_what_is_wrong_is_refused(given: str, complaint: str) -> None:
    with pytest.raises(OperatorError, match=complaint):
        open_outputs([given])


@pytest.mark.parametrize("header", ["nothing", ": x", "A B: c", "A: b\r\nC: d", "A: é"])
def test_a_header_is_checked(header: str) -> None:
    with pytest.raises(OperatorError, match="--webhook-header"):
        target("http://h/", WebhookOptions(headers=[header]))


def test_before_each_finding_others_may_make_room(capfd: pytest.CaptureFixture[str]) -> None:
    [output] = open_outputs(["json"])
    output.before = lambda: print("room", flush=True)
    output.write(finding())
    assert capfd.readouterr().out == "room\n" + finding_json(finding())


def told(capfd: pytest.CaptureFixture[str], findings: list[Finding]) -> tuple[int, str]:
    suppression = Suppression(window("10s"))
    teller = Teller(open_outputs(["json"]), suppression)
    for one in findings:
        teller.tell(one)
    teller.close()
    said = capfd.readouterr()
    assert len(findings) == said.out.count("\n") + suppression.count
    return said.out.count("\n"), said.err


def test_equal_findings_are_told_once_in_a_window(capfd: pytest.CaptureFixture[str]) -> None:
    count, said = told(capfd, [finding(seconds=s) for s in (0, 1, 9.9, 10, 12)])
    assert count == 2
    assert said == (
        "detector: suppressed: X-1 of sh (1): 2 more like it\n"
        "detector: suppressed: X-1 of sh (1): 1 more like it\n"
    )


def test_other_processes_data_and_signatures_are_others(capfd: pytest.CaptureFixture[str]) -> None:
    other = SignatureMetadata("X-2", "Other")
    different = [finding(), finding(pid=2), finding(data={"a": 1}), finding(data={"a": 2})]
    count, said = told(capfd, [*different, finding(metadata=other)])
    assert (count, said) == (5, "")


def test_an_event_that_comes_late_is_suppressed_too(capfd: pytest.CaptureFixture[str]) -> None:
    assert told(capfd, [finding(seconds=s) for s in (5, 4)])[0] == 1


def test_memory_for_suppression_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("detector.suppression._OPEN", 10)
    suppression = Suppression(SECOND)
    for number in range(100):
        assert suppression.admits(b"%d" % number, "x", 0)
    assert not suppression.admits(b"99", "x", 0)
    assert suppression.admits(b"0", "x", 0)
    assert len(suppression._open) == 10


@pytest.mark.parametrize("given", ["", "10", "s", "0s", "-1s", "1.5s", "1d", "99999999999s"])
def test_a_window_is_a_time(given: str) -> None:
    with pytest.raises(OperatorError, match="--suppress"):
        window(given)


def test_every_form_of_finding_is_valid_by_the_schema() -> None:
    line = {"timestamp": 1, "eventName": "ptrace", "args": [{"name": "x", "value": None}], "new": 1}
    of_line = LineEvent(Line(json.dumps(line).encode()))
    findings = [
        finding(),
        finding(data={"a": [1, {"b": None}]}),
        Finding(METADATA, of_line, None, 0),
        Finding(METADATA, FindingEvent(finding(data={"a": 1}), frozenset()), None, 0),
    ]
    for one in findings:
        jsonschema.validate(json.loads(finding_json(one)), SCHEMA)


@pytest.mark.parametrize(
    "change", [{"More": 1}, {"Data": []}, {"Context": {}}, {"SigMetadata": {"ID": "x"}}]
)
def test_the_schema_refuses_what_is_no_finding(change: dict[str, Any]) -> None:
    line = json.loads(finding_json(finding())) | change
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(line, SCHEMA)


def test_what_is_rendered_elsewhere_is_the_same(capfd: pytest.CaptureFixture[str]) -> None:
    outputs = open_outputs(["json"])
    Teller(outputs).write(rendered(finding(), outputs))
    assert capfd.readouterr().out == finding_json(finding())


def test_files_are_reopened_and_what_is_dropped_is_summed_up(tmp_path: Path) -> None:
    path = tmp_path / "out"
    teller = Teller(open_outputs([f"json:{path}", "json:/dev/full"]))
    teller.tell(finding())
    path.rename(tmp_path / "moved")
    teller.reopen()
    teller.tell(finding())
    teller.close()
    assert path.read_text() == (tmp_path / "moved").read_text() == finding_json(finding())
    assert teller.dropped == 2
