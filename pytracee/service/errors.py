# SPDX-License-Identifier: Apache-2.0
"""What the operator did or must do: reported all at once, without a traceback, exit status 2."""


class OperatorError(Exception):
    """One or more complaints, each a sentence with its address and its cure."""

    def __init__(self, *complaints: str) -> None:
        super().__init__("\n".join(complaints))
        self.complaints = complaints
