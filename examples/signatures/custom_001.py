# SPDX-License-Identifier: Apache-2.0
"""CUSTOM-001: a shell is started in /tmp or below. Put it into a directory and run
`detector --signatures-dir DIRECTORY`; `detector test DIRECTORY` runs the examples at its end.

An exec event has no working directory. Shells keep it in PWD, and what they start inherits it, so
the environment comes nearest; a program that changes directory by itself is not seen.
"""

from collections.abc import Iterable

from detector.python import (
    Event,
    Example,
    PythonSignature,
    Selector,
    SignatureMetadata,
    data,
    example,
    texts,
)

_SHELLS = ("/bin/bash", "/bin/sh", "/usr/bin/bash", "/usr/bin/sh", "/usr/bin/dash")


class SuspiciousBashUsage(PythonSignature):
    metadata = SignatureMetadata(
        id="CUSTOM-001",
        version="1.0.0",
        name="Suspicious Bash Usage",
        event_name="suspicious_bash_usage",
        description="Detects suspicious bash command execution",
        tags=("linux", "container"),
        properties={
            "Severity": 3,
            "Category": "execution",
            "Technique": "T1059",
            "MITRE ATT&CK": "Command and Scripting Interpreter",
        },
    )
    selectors = (Selector("sched_process_exec", where=data("pathname").is_one_of(*_SHELLS)),)

    def on_event(self, event: Event) -> None:
        values = event.data()
        path, directory = values.get("pathname"), _working_directory(texts(values.get("env")))
        if path in _SHELLS and f"{directory}/".startswith("/tmp/"):
            self.found({"pathname": path, "cwd": directory})

    @classmethod
    def examples(cls) -> Iterable[Example]:
        for cwd in ("/tmp", "/tmp/x"):
            found = {"pathname": "/usr/bin/bash", "cwd": cwd}
            yield Example(f"bash in {cwd}", [_exec("/usr/bin/bash", cwd)], [found])
        yield Example("bash elsewhere", [_exec("/usr/bin/bash", "/tmpfiles")])
        yield Example("another program in /tmp", [_exec("/usr/bin/ls", "/tmp")])


def _working_directory(environment: Iterable[str]) -> str:
    found = (one.removeprefix("PWD=") for one in environment if one.startswith("PWD="))
    return next(found, "")


def _exec(pathname: str, cwd: str) -> Event:
    return example("sched_process_exec", {"pathname": pathname, "env": ["A=1", f"PWD={cwd}"]})
