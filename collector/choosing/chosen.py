# SPDX-License-Identifier: Apache-2.0
"""All that was chosen: policies from files, and what the command line says beside them."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from collector.choosing import command_line, policies
from collector.choosing.condition import Condition
from collector.choosing.events import Names
from collector.choosing.policy import LIMIT, Policy
from collector.choosing.trace import Asked
from schemas.event_type import EventType


def chosen(
    asked: Asked, paths: Sequence[Path], names: Names, machine: str, complaints: list[str]
) -> list[Policy]:
    """The policies in the order of their bits.

    The command line makes one of its own, last, where it names events or no policy is given.
    """
    made = policies.load(paths, names, machine, complaints)
    if not paths or asked.events or asked.filters:
        made.append(command_line.policy(asked, names, machine, complaints))
    elif asked.scopes:
        complaints.append(
            f"{asked.scopes[0].place}: a policy has its own scope: say --events too, for what this "
            "one is for, or write it in the policy"
        )
    complaints += [
        f"{one.place or '--events'}: the policy {one.name} is one too many: at most {LIMIT} at once"
        for one in made[LIMIT:]
    ]
    if not complaints and not any(policy.rules for policy in made):
        waited = dict.fromkeys(one.event for policy in made for one in policy.waiting)
        complaints.append(f"there is nothing to collect: not there yet is {', '.join(waited)}")
    return _parted(made, complaints)


def _parted(policies: Sequence[Policy], complaints: list[str]) -> list[Policy]:
    """A policy whose signatures judge more of an event than is to be shown of it has a bit for
    each: else it could not be told which of the two an event is for.
    """
    shown, judged = [], []
    for policy in policies:
        if not _mixed(policy):
            shown.append(policy)
            continue
        parts = ([r for r in policy.rules if bool(r.signatures) is one] for one in (False, True))
        first, second = (replace(policy, rules=tuple(rules)) for rules in parts)
        shown.append(first)
        judged.append(replace(second, waiting=()))
    if len(policies) <= LIMIT < len(shown) + len(judged):
        complaints.append(
            f"{judged[-1].place}: policies that filter events which their signatures judge too "
            f"count twice, and {LIMIT} are the most at once: give the signatures a policy of "
            "their own"
        )
    return [*shown, *judged]


def _mixed(policy: Policy) -> bool:
    ways: dict[EventType, set[tuple[bool, tuple[Condition, ...]]]] = {}
    for rule in policy.rules:
        ways.setdefault(rule.event, set()).add((bool(rule.signatures), rule.filters))
    return any(
        {one for one, _ in found} == {True, False} and len({filters for _, filters in found}) > 1
        for found in ways.values()
    )
