# SPDX-License-Identifier: Apache-2.0
"""What the system's own headers say, through its own compiler."""

import re
import subprocess
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

_NUMBER = re.compile(r"#define __NR_(\w+) (\d+)")


@cache
def call_numbers(header: str) -> dict[str, int]:
    """System call → number, as this header (`asm/unistd_64.h`) defines them."""
    command = ["cc", "-E", "-dM", "-include", header, "-"]
    done = subprocess.run(command, input="", capture_output=True, text=True, check=True)
    return {name: int(number) for name, number in _NUMBER.findall(done.stdout)}


def constants(headers: Sequence[str], names: Iterable[str], folder: Path) -> dict[str, int | None]:
    """Name → value in these headers, None where they do not define it."""
    lines = [f"#include <{header}>" for header in ("stdio.h", *headers)]
    lines.append("int main(void) {")
    for name in names:
        lines.append(f'#ifdef {name}\nprintf("{name} %lld\\n", (long long)({name}));')
        lines.append(f'#else\nprintf("{name} none\\n");\n#endif')
    lines.append("return 0; }")
    source, program = folder / "constants.c", folder / "constants"
    source.write_text("\n".join(lines))
    subprocess.run(["cc", "-o", program, source], check=True)
    printed = subprocess.run([program], capture_output=True, text=True, check=True).stdout
    rows = (line.split() for line in printed.splitlines())
    return {name: None if value == "none" else int(value) for name, value in rows}
