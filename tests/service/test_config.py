# SPDX-License-Identifier: Apache-2.0
"""Configuration files: what they give, that options override it, and what is wrong where."""

import re
from contextlib import suppress
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from collector.cli import command as collector
from pytracee.service import config
from pytracee.service.errors import OperatorError
from pytracee.sinks.webhook import Target
from pytracee.sinks.webhook_options import given as webhook_given
from pytracee.sinks.webhook_options import target
from pytracee.sinks.webhook_options import with_options as with_webhook_options

GOOD = """
output:
  formats: [json, "msgpack:/tmp/x"]
  options:
    parse-arguments: true
    no-timestamp: false
    out-file: /tmp/events.json
  forward:
    - {protocol: webhook, url: "http://siem.example/events", headers: {Authorization: Bearer 1}}
log: {level: warn, file: /tmp/t.log, format: json}
containers: {runtime-sockets: [/run/docker.sock]}
perf-buffer-size: 64
events: [openat, -close]
"""
#: the manual's example, which is no YAML
MANUAL = "output:\n  - json\n\n  options:\n    parse-arguments: true\n"


def written(folder: Path, text: str) -> Path:
    path = folder / "config.yaml"
    path.write_text(text)
    return path


def values(path: Path, *arguments: str) -> dict[str, object]:
    """What a command with some of collector's options gets."""
    with collector.make_context("collector", ["--config", str(path), *arguments]) as context:
        return context.params


def test_a_file_gives_what_options_give(tmp_path: Path) -> None:
    found = values(written(tmp_path, GOOD))
    assert found["outputs"] == (
        "json", "msgpack:/tmp/x", "option:parse-arguments", "option:out-file=/tmp/events.json",
        "webhook:http://siem.example/events",
    )  # fmt: skip
    assert found["log"] == ("warn", "option:log-file=/tmp/t.log", "option:log-format=json")
    assert found["pages"] == 64
    assert found["events"] == ("openat", "-close")


def test_options_override_the_file(tmp_path: Path) -> None:
    found = values(written(tmp_path, GOOD), "--output", "table", "--perf-buffer-size", "8")
    assert (found["outputs"], found["pages"]) == (("table",), 8)
    assert found["log"] == ("warn", "option:log-file=/tmp/t.log", "option:log-format=json")


def test_the_file_overrides_the_environment_no_more_than_it_should(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTRACEE_LOG", "error option:log-format=text")
    assert values(written(tmp_path, GOOD))["log"] == ("error", "option:log-format=text")


def test_the_form_with_a_kind_is_the_same(tmp_path: Path) -> None:
    inner = "".join(f"  {line}\n" for line in GOOD.splitlines())
    text = (
        "apiVersion: tracee.aquasec.com/v1beta1\nkind: Config\nmetadata: {name: tracee-config}\n"
        f"spec:\n{inner}"
    )
    flat = config.settings(written(tmp_path, GOOD))
    assert config.settings(written(tmp_path, text)) == flat
    assert flat.containers.runtime_sockets == ["/run/docker.sock"]


def test_a_webhooks_headers_are_its_own(tmp_path: Path) -> None:
    found: list[Target] = []

    @click.command()
    @with_webhook_options
    @config.with_option
    def command(**more: object) -> None:
        options = webhook_given(more)
        found.extend(target(f"http://siem.example/{x}", options)[0] for x in ("events", "other"))

    done = CliRunner().invoke(command, ["--config", str(written(tmp_path, GOOD))])
    assert done.exception is None
    assert [one.headers for one in found] == [{"Authorization": "Bearer 1"}, {}]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (MANUAL, "4:3: .* write `formats:"),
        ("outputs: {}", r"1:1: there is no outputs \(did you mean output\?\)"),
        ("output: {options: {parse-argument: true}}", r"1:20: .* \(did you mean parse-arguments"),
        ("log:\n  level: infoo", "2:10: it must be debug or error or info or warn"),
        ("log: debug", "1:6: "),
        ("perf-buffer-size: many", "1:19: "),
        ("log: {level: info}\nlog: {level: debug}", "2:1: log is here twice"),
        ("kind: Confg\napiVersion: tracee.aquasec.com/v1beta1", "1:7: it must be Config"),
        ("log: {}\n---\nlog: {}", "3:1: one document"),
        ("a: &a [1]\nb: *a", "2:4: .*aliases"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, text: str, complaint: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(OperatorError) as error:
        config.settings(path)
    assert re.match(f"--config {re.escape(str(path))}:{complaint}", str(error.value), re.DOTALL)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match=r"nowhere\.yaml.*No such file"):
        config.settings(tmp_path / "nowhere.yaml")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=6),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["output", "log", "level", "formats", "kind", "spec", "x", "forward"]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
def test_a_file_of_any_shape_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, value: object
) -> None:
    import yaml

    path = written(tmp_path_factory.mktemp("config"), yaml.safe_dump(value))
    with suppress(OperatorError):
        assert isinstance(config.settings(path), config.Settings)
