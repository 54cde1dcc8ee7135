"""A wheel is built, installed into an empty environment without a network, and used there."""

from __future__ import annotations

import os
import subprocess
import sys
import unittest
import zipfile
from pathlib import Path

import rankcollapse as rc
from tests.stage import Stage

PROJECT = Path(__file__).resolve().parent.parent
USE = """
import sys, rankcollapse as rc
assert rc.program().startswith(sys.prefix), rc.program()
run = rc.train(data="gaussian-mixture", samples=20, classes=2, depth=2, width=8, convention="mean", lam=1e-2, out="run")
assert run.status == "converged" and run.weights["W1"].shape == (8, 100) and len(run.figure("tcv").svg) > 1000
print(rc.__version__)
"""


@unittest.skipIf(sys.platform == "win32", "the stand-in of an archive is a script of Unix")
class WheelTest(Stage):
    def test_a_wheel_with_the_program_is_all_that_is_needed(self) -> None:
        archive = os.environ.get("RANKCOLLAPSE_ARCHIVE") or self.stand_in()
        wheel = self.shell(sys.executable, str(PROJECT / "build_wheel.py"), archive, "--out", "wheels").strip()
        self.shell(sys.executable, "-m", "venv", "--system-site-packages", "--without-pip", "environment")
        python = os.path.abspath("environment/bin/python")
        self.shell(python, "-m", "pip", "install", "--no-index", "--no-deps", "--quiet", wheel)
        os.mkdir("elsewhere")
        version = self.shell(python, "-c", USE, cwd="elsewhere").strip()
        self.assertIn(f"-{version}-", wheel)
        self.assertEqual(self.shell("environment/bin/rankcollapse", "--version").strip().partition("-")[0].partition("+")[0], version.partition(".dev")[0])

    def test_a_wheel_without_it_is_for_every_platform(self) -> None:
        wheel, again = (Path(self.shell(sys.executable, str(PROJECT / "build_wheel.py"), "--out", out).strip()) for out in ("pure", "again"))
        self.assertTrue(wheel.name.endswith("-py3-none-any.whl"))
        self.assertEqual(wheel.read_bytes(), again.read_bytes())
        with zipfile.ZipFile(wheel) as file:
            self.assertLessEqual({"rankcollapse/__init__.py", "rankcollapse/py.typed"}, set(file.namelist()))

    def stand_in(self) -> str:
        """The folder of an archive whose program is the one under test."""
        version = subprocess.run([rc.program(), "--version"], capture_output=True, text=True, check=True).stdout.strip()
        folder = Path(f"rankcollapse-{version}-linux-x64")
        folder.mkdir()
        (folder / "rankcollapse").write_text(f'#!/bin/sh\nexec "{rc.program()}" "$@"\n', encoding="utf-8")
        (folder / "rankcollapse").chmod(0o755)
        return str(folder)

    def shell(self, *line: str, cwd: str = ".") -> str:
        # Neither the source tree nor the program under test may be found.
        environment = {name: value for name, value in os.environ.items() if name not in ("RANKCOLLAPSE", "PYTHONPATH")}
        done = subprocess.run(line, capture_output=True, text=True, cwd=cwd, env=environment, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout
