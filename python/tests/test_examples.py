"""Every example of the documentation runs."""

from __future__ import annotations

import contextlib
import doctest
import importlib
import io
import os
import pkgutil
import re
from pathlib import Path

import numpy as np

import rankcollapse as rc
from tests.stage import Stage, needs_pandas, needs_torch, torch

HERE = Path(__file__).resolve().parent.parent
SMALLER = [("rc.train(depth=5, width=200,", "rc.train(depth=3, width=40, samples=60,"), ("lam=1e-3)", "lam=1e-2)")]


@needs_pandas
@needs_torch
class ExamplesTest(Stage):
    def test_examples_of_docstrings_give_what_they_show(self) -> None:
        modules = [rc, *(importlib.import_module(f"rankcollapse.{one.name}") for one in pkgutil.iter_modules(rc.__path__))]
        finder, runner = doctest.DocTestFinder(exclude_empty=True), doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
        tests = {id(test.docstring): test for module in modules for test in finder.find(module, globs={"rc": rc, "np": np, "torch": torch})}
        # Training first: others look at its run.
        for test in sorted(tests.values(), key=lambda test: (test.name != "rankcollapse.train", test.name)):
            test.globs = {"rc": rc, "np": np, "torch": torch}
            said: list[str] = []
            self.assertEqual(runner.run(test, out=said.append).failed, 0, "".join(said))
        self.assertGreater(runner.tries, 20)

    def test_lines_of_documents_run_and_give_what_comments_say(self) -> None:
        for document in (HERE / "README.md", HERE.parent / "docs" / "python.md"):
            os.mkdir(f"{self.folder.name}/{document.stem}")
            os.chdir(f"{self.folder.name}/{document.stem}")
            self.addCleanup(os.chdir, self.folder.name)
            text = document.read_text(encoding="utf-8")
            for what, by in SMALLER:
                text = text.replace(what, by)
            scope: dict[str, object] = {}
            blocks = re.findall(r"^```python\n(.*?)^```", text, re.S | re.M)
            self.assertGreater(len(blocks), 1)
            for block in blocks:
                with self.subTest(document=document.name, block=block), contextlib.redirect_stdout(io.StringIO()):
                    exec(compile(block, document.name, "exec"), scope)
                    for line, shown in re.findall(r"^(\S.*?) +# (?:.*: )?((?:True|'[^']*'|\([\d, ]+\)))(?:;.*)?$", block, re.M):
                        self.assertEqual(repr(eval(line, scope)), shown)
