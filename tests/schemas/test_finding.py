# SPDX-License-Identifier: Apache-2.0
"""How a finding looks. The `map[…]` forms were printed by Go's fmt."""

import json
import struct
from typing import Any

import pytest

from schemas.finding import Finding, SignatureMetadata
from schemas.rendering.finding import finding_json, finding_text, go_value
from schemas.stream.decoder import DamagedRecord
from schemas.stream.parser import Batch, Parser
from tests.recordings import TASK, record, recording

SIGNATURE = SignatureMetadata(
    "TRC-2", "Anti-Debugging", "0.1.0", "anti_debugging", "why", ("linux",), {"Severity": 3}
)


def finding(data: dict[str, Any] | None = None, comm: bytes = b"strace") -> Finding:
    task = TASK._replace(comm=comm, uts_name=b"{my-hostname}")
    return of(record("ptrace", {"request": 0, "pid": 7}, task=task), data)


def of(raw: bytes, data: dict[str, Any] | None = None) -> Finding:
    (batch,) = [item for item in Parser().feed(recording([raw])) if isinstance(item, Batch)]
    return Finding(SIGNATURE, batch.decoder.event(batch.records[0]), data, position=0)


def test_text_is_that_of_the_guide() -> None:
    assert finding_text(finding()) == (
        "\n*** Detection ***\n"
        "Time: 2022-09-07T06:25:10Z\n"
        "Signature ID: TRC-2\n"
        "Signature: Anti-Debugging\n"
        "Data: map[]\n"
        "Command: strace\n"
        "Hostname:  {my-hostname}\n"
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ('{"b":1,"a":"x"}', "map[a:x b:1]"),
        ('{"a":[1,"x y",null],"c":{"z":true,"y":1.5}}', "map[a:[1 x y <nil>] c:map[y:1.5 z:true]]"),
        ('{"B":1,"a":2,"_":3,"é":4}', "map[B:1 _:3 a:2 é:4]"),
        ('{"a":[],"b":{},"c":false}', "map[a:[] b:map[] c:false]"),
        ('{"i":12345678901234567}', "map[i:12345678901234567]"),
    ],
)
def test_data_is_gos_map(value: str, text: str) -> None:
    assert go_value(json.loads(value)) == text


def test_no_name_forges_a_line_or_moves_the_cursor() -> None:
    text = finding_text(finding({"path": "a\nSignature: x"}, comm=b"\x1b[2J\nCommand"))
    assert text.count("\n") == 8
    assert "\x1b" not in text
    assert "Command: \\x1b[2J\\nCommand\n" in text


def test_a_time_that_is_no_number_is_damage() -> None:
    raw = record("ptrace")
    damaged = raw[:6] + struct.pack(">Bd", 0xCB, float("nan")) + raw[15:]
    with pytest.raises(DamagedRecord):
        of(damaged)


def test_json_has_all_of_it_in_tracees_spelling() -> None:
    line = finding_json(finding({"why": ["x"]}))
    assert line.endswith("}\n")
    assert line.count("\n") == 1
    told = json.loads(line)
    assert told["Data"] == {"why": ["x"]}
    assert told["SigMetadata"] == {
        "ID": "TRC-2",
        "Version": "0.1.0",
        "Name": "Anti-Debugging",
        "EventName": "anti_debugging",
        "Description": "why",
        "Tags": ["linux"],
        "Properties": {"Severity": 3},
    }
    context = told["Context"]
    assert (context["eventName"], context["processName"]) == ("ptrace", "strace")
    assert context["args"][0] == {"name": "request", "type": "long", "value": "PTRACE_TRACEME"}
    assert json.loads(finding_json(finding()))["Data"] is None
