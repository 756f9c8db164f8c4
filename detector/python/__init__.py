# SPDX-License-Identifier: Apache-2.0
"""Signatures in Python: what a file in a signatures directory imports."""

from detector.example import example
from detector.python.recent import Recent
from detector.python.signature import EndOfStream, Example, PythonSignature
from detector.python.values import integer, texts
from detector.python.where import data, either, every, field, parsed
from detector.signature import ANY, Selector
from schemas.event import Event
from schemas.finding import SignatureMetadata
from schemas.task import Task

__all__ = [
    "ANY",
    "EndOfStream",
    "Event",
    "Example",
    "PythonSignature",
    "Recent",
    "Selector",
    "SignatureMetadata",
    "Task",
    "data",
    "either",
    "every",
    "example",
    "field",
    "integer",
    "parsed",
    "texts",
]
