"""Documents of the program, as dicts with attributes and tables, and its errors."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any


class RankCollapseError(Exception):
    """What the program says in its one line; ``exit_code`` is 2 for bad input and 1 where the computation did not reach what was asked."""

    def __init__(self, message: str, exit_code: int = 2) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class RankCollapseWarning(UserWarning):
    """Something odd that did not stop the program, or its advice where a tolerance was not reached."""


def table(rows: Sequence[dict[str, Any]]) -> Any:
    """Rows as a DataFrame where pandas is installed, otherwise as they are, a list of dicts."""
    try:
        import pandas
    except ImportError:
        return list(rows)
    return pandas.DataFrame(rows)


class Result(dict[str, Any]):
    """A JSON document of the program, as ``rankcollapse schema`` describes it.

    ``result["tailEnergy"]`` is what the document says; ``result.tail_energy`` is the same with the names of Python, where documents are
    results too and lists of documents are tables.
    """

    exit_code = 0

    def __getattr__(self, name: str) -> Any:
        for key in (name, re.sub(r"_(\w)", lambda match: str(match[1]).upper(), name)):
            if key in self:
                value = self[key]
                if isinstance(value, dict):
                    return Result(value)
                return table(value) if isinstance(value, list) and value and isinstance(value[0], dict) else value
        raise AttributeError(f"There is no {name}; there are {', '.join(self)}.")

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *(re.sub(r"(?<=[a-z0-9])([A-Z])", lambda match: f"_{str(match[1]).lower()}", key) for key in self)]

    def __repr__(self) -> str:
        return "\n".join(f"{key}: {_short(value)}" for key, value in self.items())


def _short(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(value) + "}"
    return f"[{len(value)}]" if isinstance(value, list) and len(value) > 4 or isinstance(value, list) and value and isinstance(value[0], dict) \
        else str(value)
