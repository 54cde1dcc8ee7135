"""Calls of the program."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import stat
import sys
import threading
import time
import types
import unittest
import unittest.mock
import warnings
from typing import Any

import numpy as np

import rankcollapse as rc
from rankcollapse import _program
from tests.stage import SMALL, Stage


class OptionsTest(unittest.TestCase):
    def test_keywords_are_options_of_the_command_line(self) -> None:
        for name, value, expected in [
            ("max_epochs", 100, ["--max-epochs=100"]), ("lam", 1e-3, ["--lambda=0.001"]), ("lam_features", 1, ["--lambda-features=1"]),
            ("lambda_", np.float64(0.5), ["--lambda=0.5"]), ("from_", "a b", ["--from=a b"]), ("width", (50, np.int32(20)), ["--width=50,20"]),
            ("seeds", range(2, 5), ["--seeds=2..4"]), ("bias", True, ["--bias"]), ("bias", False, []), ("out", None, []),
            ("lambdas", -1, ["--lambdas=-1"]),
        ]:
            self.assertEqual(_program._option(name, value, ""), expected)

    def test_a_value_of_no_known_kind_is_refused(self) -> None:
        with self.assertRaisesRegex(rc.RankCollapseError, "depth is of type object; expected"):
            rc.train(depth=object())

    def test_a_program_that_is_not_there_is_said(self) -> None:
        with unittest.mock.patch.dict(os.environ, {"RANKCOLLAPSE": "/nowhere/rankcollapse"}):
            with self.assertRaisesRegex(rc.RankCollapseError, "RANKCOLLAPSE names /nowhere/rankcollapse"):
                rc.forecast()
        with unittest.mock.patch.dict(os.environ, {"RANKCOLLAPSE": "", "PATH": ""}):
            with self.assertRaisesRegex(rc.RankCollapseError, "neither in this package nor on PATH"):
                rc.forecast()


class CallTest(Stage):
    def test_an_error_is_the_line_of_the_program(self) -> None:
        with self.assertRaises(rc.RankCollapseError) as raised:
            self.train("nothing", samples=0)
        self.assertEqual(str(raised.exception), "The setting samples is 0; expected at least 1.")
        self.assertEqual(raised.exception.exit_code, 2)
        self.assertFalse(os.path.exists("nothing"))

    def test_what_ends_without_a_word_is_an_error(self) -> None:
        with self.program("echo 'error: no disk' >&2; exit 1"), self.assertRaisesRegex(rc.RankCollapseError, "^no disk$"):
            rc.forecast()
        with unittest.mock.patch.dict(os.environ, {"RANKCOLLAPSE": os.path.abspath("program")}):
            with open("program", "wb") as file:
                file.write(b"MZ another system's")
            os.chmod("program", stat.S_IRWXU)
            with self.assertRaisesRegex(rc.RankCollapseError, "program cannot be started: .*; expected the program for this system.$"):
                rc.forecast()
        with self.program("kill -9 $$"), self.assertRaisesRegex(rc.RankCollapseError, "forecast was ended by signal 9"):
            rc.forecast()

    def test_a_tolerance_that_is_not_reached_is_a_warning(self) -> None:
        with self.assertWarnsRegex(rc.RankCollapseWarning, "above the tolerance") as warned:
            run = self.train("short", max_epochs=3, gradient_tolerance=1e-9)
        self.assertEqual(run.status, "max-epochs")
        self.assertIn("stage.py", warned.filename)

    def test_warnings_of_the_program_are_warnings(self) -> None:
        with self.program("echo 'warning: odd' >&2; echo '{}'"), self.assertWarnsRegex(rc.RankCollapseWarning, "^odd$"):
            rc.forecast()

    def test_progress_is_shown_where_it_is_asked_for(self) -> None:
        for wanted, expected in ((True, "one\ntwo\n"), (None, ""), (False, "")):
            with self.program("echo one >&2; echo two >&2; echo '{}'"), contextlib.redirect_stderr(io.StringIO()) as error:
                rc.call("forecast", progress=wanted)
            self.assertEqual(error.getvalue(), expected)

    def test_progress_on_a_terminal_is_one_line(self) -> None:
        class Terminal(io.StringIO):
            def isatty(self) -> bool:
                return True

        with self.program("echo one >&2; echo two >&2; echo '{}'"), contextlib.redirect_stderr(Terminal()) as error:
            rc.forecast()
        self.assertEqual(error.getvalue(), "\r\033[2Kone\r\033[2Ktwo\r\033[2K")

    def test_progress_in_a_notebook_is_one_line_that_changes(self) -> None:
        shown: list[str] = []
        handle = types.SimpleNamespace(update=lambda line: shown.append(repr(line)))
        ipython = types.ModuleType("IPython")
        ipython.get_ipython = lambda: types.SimpleNamespace(kernel=None)  # type: ignore[attr-defined]
        module = types.ModuleType("IPython.display")
        module.TextDisplayObject = type("TextDisplayObject", (), {"__init__": lambda self, data: setattr(self, "data", data)})  # type: ignore[attr-defined]
        module.display = lambda line, display_id: handle  # type: ignore[attr-defined]
        with unittest.mock.patch.dict(sys.modules, {"IPython": ipython, "IPython.display": module}), \
                self.program("echo one >&2; echo two >&2; echo '{}'"):
            rc.forecast()
        self.assertEqual(shown, ["one", "two", ""])

    @unittest.skipIf(sys.platform == "win32", "signals are those of Unix")
    def test_an_interrupt_stops_the_program_which_saves(self) -> None:
        endless: dict[str, Any] = {**SMALL, "solver": "adam", "max_epochs": 100_000_000, "width": 100, "schedule": "constant"}
        # A shell's background jobs ignore it.
        self.addCleanup(signal.signal, signal.SIGINT, signal.signal(signal.SIGINT, signal.default_int_handler))
        threading.Thread(target=self.interrupt_when, args=("interrupted/metrics.parquet",), daemon=True).start()
        with self.assertRaisesRegex(KeyboardInterrupt, "what was computed is in interrupted"):
            rc.train(out="interrupted", **endless)
        run = rc.Run("interrupted")
        self.assertEqual(run.status, "cancelled")
        epochs = run.summary.epochs
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", rc.RankCollapseWarning)
            self.assertGreater(rc.train(out="interrupted", resume=True, max_epochs=epochs + 5).summary.epochs, epochs)

    @staticmethod
    def interrupt_when(path: str) -> None:
        while not os.path.exists(path):
            time.sleep(0.02)
        time.sleep(0.3)
        os.kill(os.getpid(), signal.SIGINT)

    @contextlib.contextmanager
    def program(self, script: str):  # type: ignore[no-untyped-def]
        """A program that does what a test needs."""
        with open("program", "w", encoding="utf-8") as file:
            file.write(f"#!/bin/sh\n{script}\n")
        os.chmod("program", stat.S_IRWXU)
        try:
            with unittest.mock.patch.dict(os.environ, {"RANKCOLLAPSE": os.path.abspath("program")}):
                yield
        finally:
            os.remove("program")
