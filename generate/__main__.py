# SPDX-License-Identifier: Apache-2.0
"""Write what follows from the event catalogue and the commands, or with --check say what is old.

bpf/catalogue.h, schemas/json/EVENT.json (the `input` of a rule for that event), the other JSON
Schemas beside it, docs/events.md, docs/system-calls.md, docs/cli.md.
"""

import json
import sys
from pathlib import Path

from collector.choosing.document import schema as policy_schema
from generate.commands import commands_page
from generate.header import c_header
from generate.pages import calls_page, events_page
from schemas.events import CATALOGUE
from schemas.json import event_schema, finding_schema, line_schema

ROOT = Path(__file__).resolve().parent.parent
_INPUTS = "schemas/json"


def files() -> dict[Path, str]:
    """What is to be in each."""
    schemas = {"finding": finding_schema(), "event": line_schema(), "policy": policy_schema()}
    made = {
        "bpf/catalogue.h": c_header(),
        "docs/events.md": events_page(),
        "docs/system-calls.md": calls_page(),
        "docs/cli.md": commands_page(),
        **{f"schemas/{name}.schema.json": _pretty(made) for name, made in schemas.items()},
        **{f"{_INPUTS}/{e.name}.json": json.dumps(event_schema(e)) + "\n" for e in CATALOGUE},
    }
    return {ROOT / name: text for name, text in made.items()}


def _pretty(schema: object) -> str:
    return json.dumps(schema, indent=1) + "\n"


def main(*, check: bool) -> int:
    """Exit status."""
    made = files()
    stale = [path for path, text in made.items() if not path.exists() or path.read_text() != text]
    orphans = set((ROOT / _INPUTS).glob("*.json")) - made.keys()
    if check:
        for path in (*stale, *orphans):
            print(f"{path.relative_to(ROOT)}: not current: run scripts/generate", file=sys.stderr)
        return 1 if stale or orphans else 0
    for path in stale:
        path.write_text(made[path])
    for path in orphans:
        path.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv[1:]))
