"""What can go wrong with a database as a whole: faults with a code, and a message that says what to do."""

from __future__ import annotations

from typing import ClassVar

from wording.catalogue import Language, say


class Fault(Exception):
    """A fault of the database. `key` names its message; no message ever repeats a password."""

    code: ClassVar[str] = "INTERNAL"

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key, values)
        self.key = key
        self.values = values

    def message(self, language: Language = Language.ZH) -> str:
        """What happened and what to do about it."""
        return say(self.key, language, **self.values)

    def __str__(self) -> str:
        return self.message()


class DatabaseUnavailable(Fault):
    """There is no usable database at the address: nobody answers, no right, not a database, no room."""

    code = "DATABASE_UNAVAILABLE"


class DatabaseBusy(Fault):
    """The database did not come free in time, or chose this transaction to give way. Trying again helps."""

    code = "DATABASE_BUSY"


class DatabaseSlow(Fault):
    """A statement took longer than it may, and was given up. Asking for less helps."""

    code = "DATABASE_SLOW"


class SchemaMismatch(Fault):
    """The tables are of another version than the program, or are not Lianxi's."""

    code = "SCHEMA_MISMATCH"
