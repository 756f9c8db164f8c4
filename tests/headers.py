# SPDX-License-Identifier: Apache-2.0
"""What the system's own headers say, through its own compiler."""

import os
import re
import subprocess
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

#: what arch/arm64/include/uapi/asm/unistd.h asks of the generic header
_ARM64 = [
    f"-D__ARCH_WANT_{part}"
    for part in ("RENAMEAT", "NEW_STAT", "SET_GET_RLIMIT", "SYS_CLONE3", "MEMFD_SECRET")
]
_PLAIN = {**os.environ, "LC_ALL": "C"}
_UNDECLARED = re.compile(r"'(\w+)' undeclared")
_NUMBER = re.compile(r"#define (__NR\w*) (\w+)")


@cache
def call_numbers(header: str) -> dict[str, int]:
    """System call → number, as this header (`asm/unistd_64.h`) defines them."""
    command = ["cc", "-E", "-dM", *_ARM64, "-include", header, "-"]
    done = subprocess.run(command, input="", capture_output=True, text=True, check=True)
    defined: dict[str, str] = dict(_NUMBER.findall(done.stdout))
    found = {}
    for name, number in defined.items():
        value = defined.get(number, number)  # __NR_lseek is __NR3264_lseek, which is 62
        if name.startswith("__NR_") and value.isdigit():
            found[name.removeprefix("__NR_")] = int(value)
    return found


def constants(headers: Sequence[str], names: Iterable[str], folder: Path) -> dict[str, int | None]:
    """Name → value in these headers, None where they do not define it."""
    source, program = folder / "constants.c", folder / "constants"
    includes = [f"#if __has_include(<{one}>)\n#include <{one}>\n#endif" for one in headers]
    known = set(names)
    while True:  # an enumerator is known only to the compiler: leave out what it complains of
        prints = [f'printf("{name} %lld\\n", (long long)({name}));' for name in sorted(known)]
        text = ["#include <stdio.h>", "#include <linux/types.h>", *includes]
        source.write_text("\n".join([*text, "int main(void) {", *prints, "return 0; }"]))
        command = ["cc", "-D_GNU_SOURCE", "-o", str(program), str(source)]
        done = subprocess.run(command, capture_output=True, text=True, env=_PLAIN, check=False)
        unknown = set(_UNDECLARED.findall(done.stderr)) & known
        if not unknown:
            break
        known -= unknown
    assert done.returncode == 0, done.stderr
    printed = subprocess.run([program], capture_output=True, text=True, check=True).stdout
    values = dict(line.split() for line in printed.splitlines())
    return {name: int(values[name]) if name in values else None for name in names}
