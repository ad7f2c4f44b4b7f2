"""Personal data where only pseudonyms belong: recognised by shape, refused with the place named (pure)."""

import calendar
import re
from collections.abc import Iterable

from core.errors import LoadRefused

_CPR = re.compile(r"(?<!\d)(\d{2})(\d{2})(\d{2})[-  ]?\d{4}(?!\d)")
_EMAIL = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[A-Za-z]{2,}")
_LONGEST_MONTH = {month: calendar.monthrange(2000, month)[1] for month in range(1, 13)}


def personal_data_in(text: str) -> str | None:
    """What personal data a text looks like it holds: ``"a CPR number"``, ``"an e-mail address"``, or ``None``."""
    for day, month, _ in _CPR.findall(text):
        if 1 <= int(day) <= _LONGEST_MONTH.get(int(month), 0):
            return "a CPR number"
    return "an e-mail address" if _EMAIL.search(text) else None


def refuse_personal_names(file: str, what: str, names: Iterable[str]) -> None:
    """Raise ``LoadRefused`` if a sample name (``what`` says which kind) looks like personal data.

    The message names the place, never the value.
    """
    for position, name in enumerate(names, start=1):
        found = personal_data_in(name)
        if found:
            message = f"{file}: {what} {position} looks like {found}; give people pseudonyms before loading"
            raise LoadRefused(message)
