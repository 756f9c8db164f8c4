# SPDX-License-Identifier: Apache-2.0
"""`collector doctor`: all that a bug report must say; and it tries to load all programs."""

import json
import time
from collections import Counter
from collections.abc import Mapping, Sequence

import click

from collector.choosing.policy import Policy, Rule
from collector.loading.features import Features
from collector.loading.privileges import check
from collector.loading.settle import settle
from collector.reports import machine
from collector.reports.availability import Availability, availability, row
from collector.reports.listing import print_text
from collector.reports.machine import Section
from collector.reports.trouble import trouble
from pytracee.service.errors import OperatorError
from schemas.events import CATALOGUE

_RING = 1 << 20  # bytes: nothing is read from it


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "-o",
    "--output",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="json has every event with its probes.",
)
def doctor(form: str) -> int:
    """Say what this machine is, what its kernel offers and what stands in the way."""
    loading, refused = try_loading()
    found = availability(refused)
    sections: dict[str, Section] = {
        "what stands in the way": trouble(),
        "versions": machine.versions(),
        "system": machine.system(),
        "kernel": machine.kernel(),
        "privileges": machine.privileges(),
        "mounts": machine.mounts(),
        "container runtimes": machine.runtimes(),
        "features": features(),
        "loading": loading,
        "events": summary(found),
    }
    if form == "json":
        return print_text(json.dumps({**sections, "events": [row(one) for one in found]}, indent=1))
    sections["events that are not to be had here"] = {
        one.event.name: one.why_not for one in found if not one.probe
    }
    return print_text(text(sections))


def text(sections: Mapping[str, Section]) -> str:
    """A paragraph each, its keys in a column."""
    return "\n\n".join(_paragraph(title, rows) for title, rows in sections.items() if rows)


def _paragraph(title: str, rows: Section) -> str:
    width = max(map(len, rows))
    return "\n".join((title, *(f"  {key:<{width}}  {value}" for key, value in rows.items())))


def features() -> Section:
    """Ways to look into the kernel, and why one is closed."""
    try:
        found = Features()
    except OperatorError as error:
        return {"all": f"no: {error}"}
    ways = {
        "LSM programs": found.without_lsm,
        "fentry and fexit programs": found.without_fentry,
        "kprobes": found.without_kprobes,
        "addresses of symbols": found.without_addresses,
    }
    return {way: f"no: {why}" if why else "yes" for way, why in ways.items()}


def try_loading() -> tuple[Section, Mapping[str, str]]:
    """Load and attach what all events need, and take it back. What came of it, and what the kernel
    said of programs that it refused.
    """
    everything = Policy("doctor", tuple(Rule(event) for event in CATALOGUE))
    begin = time.perf_counter()
    try:
        check()
        plan, kernel = settle([everything], Features(), _RING)
    except (OperatorError, OSError) as error:
        return {"tried": f"failed: {error}"}, {}
    seconds = time.perf_counter() - begin
    kernel.close()
    refused = {f"refused {name}": words for name, words in plan.refused.items()}
    return {"tried": f"{len(plan.programs)} programs in {seconds:.1f} s", **refused}, plan.refused


def summary(found: Sequence[Availability]) -> Section:
    """How many events there are, and by which kind of probe."""
    kinds = Counter(one.probe.place.partition("/")[0] for one in found if one.probe)
    return {
        "available": f"{sum(kinds.values())} of {len(found)}",
        **{kind: str(count) for kind, count in kinds.most_common()},
    }
