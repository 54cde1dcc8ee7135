"""A folder in which a test works, with one small run."""

from __future__ import annotations

import os
import tempfile
import unittest
from typing import Any, ClassVar

import rankcollapse as rc

try:
    import pandas
except ImportError:
    pandas = None
try:
    import torch
except ImportError:
    torch = None

__all__ = ["SMALL", "Stage", "needs_pandas", "needs_torch", "torch"]
SMALL: dict[str, Any] = {"data": "gaussian-mixture", "samples": 40, "classes": 4, "depth": 3, "width": 20, "convention": "mean", "lam": 1e-2}
needs_pandas = unittest.skipUnless(pandas, "pandas is not installed")
needs_torch = unittest.skipUnless(torch, "PyTorch is not installed")


class Stage(unittest.TestCase):
    """Works in an empty folder."""

    before: ClassVar[str]
    folder: ClassVar[tempfile.TemporaryDirectory[str]]

    @classmethod
    def setUpClass(cls) -> None:
        cls.before = os.getcwd()
        cls.folder = tempfile.TemporaryDirectory()
        os.chdir(cls.folder.name)

    @classmethod
    def tearDownClass(cls) -> None:
        os.chdir(cls.before)
        cls.folder.cleanup()

    @staticmethod
    def train(out: str = "runs/first", **settings: Any) -> Any:
        given: dict[str, Any] = {**SMALL, "out": out, **settings}
        return rc.train(**given)
