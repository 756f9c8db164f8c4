# SPDX-License-Identifier: Apache-2.0
"""All that was chosen: policies from files, and what the command line says beside them."""

from collections.abc import Sequence
from pathlib import Path

from collector.choosing import command_line, policies
from collector.choosing.events import Names
from collector.choosing.policy import LIMIT, Policy
from collector.choosing.trace import Asked


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
    if paths and not complaints and not any(policy.rules for policy in made):
        complaints.append("--policy: there is nothing to do: no event of the rules is there yet")
    return made
