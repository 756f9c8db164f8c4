# SPDX-License-Identifier: Apache-2.0
"""What a process tells its operator, on stderr or in the log file: one line each."""

import contextlib
import enum
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence

import msgspec

from pytracee.service.errors import OperatorError
from pytracee.service.nearest import hint
from pytracee.sinks.opening import open_to_write

#: what --log holds, words with blanks between them: our child processes have it from here
SETTING = "PYTRACEE_LOG"
_SHOWN = 5  # errors of one kind that are told; the others are only counted
_STDERR = 2
_FILE, _FORM = "option:log-file=", "option:log-format="
_FORMS = ("text", "json")


class Level(enum.IntEnum):
    """How much it matters."""

    DEBUG = 10
    INFO = 20
    WARN = 30
    ERROR = 40


LEVELS = tuple(level.name.lower() for level in Level)


class Log(msgspec.Struct):
    """What is told, and in which form. `file`: "" for standard error."""

    level: Level = Level.INFO
    form: str = "text"
    file: str = ""

    def words(self) -> str:
        """As --log has it."""
        file = f" {_FILE}{self.file}" if self.file else ""
        return f"{self.level.name.lower()} {_FORM}{self.form}{file}"


def log_of(words: Sequence[str]) -> Log:
    """From the words of --log. Raises OperatorError with all complaints."""
    log, complaints = Log(), []
    for word in words:
        if word.startswith(_FILE) and word != _FILE:
            log.file = os.path.abspath(word.removeprefix(_FILE))
        elif word.startswith(_FORM) and word.removeprefix(_FORM) in _FORMS:
            log.form = word.removeprefix(_FORM)
        elif word in LEVELS:
            log.level = Level[word.upper()]
        else:
            complaints.append(f"--log {word}{_cure(word)}")
    if complaints:
        raise OperatorError(*complaints)
    return log


def _cure(word: str) -> str:
    if word.startswith("option:"):
        return f"{hint(word, (_FILE, _FORM))}: give {_FILE}FILE or {_FORM}{' or '.join(_FORMS)}"
    return f"{hint(word, LEVELS)}: give {', '.join(LEVELS)}"


def _inherited() -> Log:
    """Of who started us; what we do not understand there is not ours to complain about."""
    try:
        return log_of(os.environ.get(SETTING, "").split())
    except OperatorError:
        return Log()


_log = _inherited()


def use(log: Log) -> None:
    """From now on, also for the processes that we start."""
    _log.level, _log.form, _log.file = log.level, log.form, log.file
    os.environ[SETTING] = log.words()


def log_file() -> str:
    """ "" for standard error."""
    return _log.file


def to_file() -> None:
    """From now on standard error is the log file, if there is to be one: what libraries and the
    processes that we start write there is in it too. Raises OperatorError.
    """
    if not _log.file:
        return
    try:
        fd = open_to_write(_log.file)
    except OSError as error:
        raise OperatorError(
            f"--log {_FILE}{_log.file}: {error.strerror}: name a file you may write"
        ) from None
    os.dup2(fd, _STDERR)
    os.close(fd)


def reopen(program: str) -> None:
    """The log file was moved away: go on in a new one, if that can be."""
    try:
        to_file()
    except OperatorError as error:
        say(program, f"{error}: it goes on in the old file", Level.WARN)


def say(program: str, text: str, level: Level = Level.INFO) -> None:
    """One line. A closed or full stderr is no reason to stop."""
    if level < _log.level:
        return
    with contextlib.suppress(OSError, ValueError):
        line = _json(program, text, level) if _log.form == "json" else f"{program}: {text}"
        print(line, file=sys.stderr, flush=True)


def _json(program: str, text: str, level: Level) -> str:
    line = {
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "level": level.name.lower(),
        "program": program,
        "message": text,
    }
    return msgspec.json.encode(line).decode()


class Errors:
    """Counts errors, and tells the first few of each kind so that a flood stays readable."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self.count = 0
        self.of: Counter[str] = Counter()  # kind → errors; a signature's kind is its id
        self._told: Counter[str] = Counter()

    def more(self, kind: str, count: int = 1) -> None:
        """Errors that are not told."""
        self.count += count
        self.of[kind] += count

    def add(self, kind: str, text: str, count: int = 1) -> None:
        self.more(kind, count)
        self._told[kind] += 1
        told = self._told[kind]
        if told <= _SHOWN:
            self._tell(text)
        if told == _SHOWN:
            self._tell(f"{kind}: further errors are counted, not told")
