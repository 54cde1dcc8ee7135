"""Finds the program, calls it, shows its progress, and turns its errors into exceptions."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Optional

import numpy as np

from ._documents import RankCollapseError, RankCollapseWarning, Result
from ._files import is_array, is_module, write_npz, write_tensors

_WINDOWS = sys.platform == "win32"
_PREFIX = "rankcollapse-"
_PROGRAM = "rankcollapse.exe" if _WINDOWS else "rankcollapse"


def program() -> str:
    """The path of the program: what ``RANKCOLLAPSE`` names, or the one of this package, or the one on ``PATH``."""
    if named := os.environ.get("RANKCOLLAPSE"):
        if found := shutil.which(named):
            return found
        raise RankCollapseError(f"The variable RANKCOLLAPSE names {named}, which is no program; give the path of rankcollapse.")
    inside = Path(__file__).parent / "bin" / _PROGRAM
    if inside.is_file():
        return str(inside)
    if found := shutil.which("rankcollapse"):
        return found
    raise RankCollapseError("The program rankcollapse was found neither in this package nor on PATH; "
                            "install a wheel that holds it, or set RANKCOLLAPSE to its path.")


def main() -> int:
    """The command ``rankcollapse`` of a wheel that holds the program."""
    line = [str(Path(__file__).parent / "bin" / _PROGRAM), *sys.argv[1:]]
    if _WINDOWS:
        return subprocess.call(line)
    os.execv(line[0], line)


def call(verb: str, *arguments: Any, progress: Optional[bool] = None, **options: Any) -> Result:
    """Calls any verb of the program with ``--json``, and gives what it writes.

    Options are those of the command line with underscores for dashes: ``max_epochs=100`` is ``--max-epochs 100``, ``bias=True`` is
    ``--bias``, ``width=[50, 20]`` is ``--width 50,20``, ``lam=1e-3`` is ``--lambda 1e-3`` (``lambda_`` does too), ``seeds=range(10)`` is
    ``--seeds 0..9``; ``None`` and ``False`` leave an option out. Where a file is asked for, a dict that JSON can hold, arrays
    (``(X, y)``, a sample a row), tensors by name or a module of PyTorch may stand in its place, and lie in a temporary file meanwhile.

    >>> rc.call("measure", "runs/first", tolerance=1e-3).run
    'runs/first'

    ``progress`` shows the program's progress in a notebook or on a terminal (``None``), always, or never. Errors are
    :class:`RankCollapseError`. Ctrl-C and a notebook's stop button let the program end cleanly, with what it has saved.
    """
    with tempfile.TemporaryDirectory(prefix=_PREFIX) as scratch:
        line = [program(), *verb.split(), *(_text(value, scratch, f"model{i or ''}") for i, value in enumerate(arguments))]
        line += [argument for name, value in options.items() for argument in _option(name, value, scratch)]
        code, output, said = _run([*line, "--json"], progress)
    # What lay in temporary files has the names of these, without a place that is gone.
    output, said = (re.sub(rf"{re.escape(tempfile.gettempdir())}/{_PREFIX}\w+/", "", text) for text in (output, said))
    try:
        document = json.loads(output)
    except ValueError:
        how = f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"
        raise RankCollapseError(said.removeprefix("error: ") or f"{verb} {how} and said nothing.", code) from None
    if isinstance(document, dict) and "error" in document:
        raise RankCollapseError(document["error"], document.get("exitCode", code))
    result = Result(document if isinstance(document, dict) else {"rows": document})
    result.exit_code = code
    if advice := result.get("advice"):
        warnings.warn(advice, RankCollapseWarning, stacklevel=3)
    return result


def _option(name: str, value: Any, scratch: str) -> list[str]:
    if value is None or value is False:
        return []
    name = re.sub(r"^lam(?=_|$)", "lambda", name.rstrip("_")).replace("_", "-")
    return [f"--{name}"] if value is True else [f"--{name}={_text(value, scratch, name)}"]


def _text(value: Any, scratch: str, name: str) -> str:
    """A value as the command line has it; what is no text, number or path goes to a file."""
    folder = getattr(value, "folder", value)
    if isinstance(folder, (str, os.PathLike)):
        return os.fspath(folder)
    if isinstance(value, range) and value.step == 1 and len(value) > 0:
        return f"{value[0]}..{value[-1]}"
    if isinstance(value, (bool, int, float, np.generic)):
        return str(value.item() if isinstance(value, np.generic) else value)
    if is_module(value):
        return _text(value.state_dict(), scratch, type(value).__name__)
    if isinstance(value, Mapping):
        if tensors := {key: one for key, one in value.items() if is_array(one)}:
            if others := [str(key) for key in value if key not in tensors]:
                warnings.warn(f"No tensors, and left out: {', '.join(others)}.", RankCollapseWarning, stacklevel=4)
            return write_tensors(tensors, os.path.join(scratch, f"{name}.safetensors"))
        with open(path := os.path.join(scratch, f"{name}.json"), "w", encoding="utf-8") as file:
            json.dump(value, file, default=lambda one: one.tolist() if is_array(one) else os.fspath(one))
        return path
    if is_array(value):
        return write_tensors({"W1": value}, os.path.join(scratch, f"{name}.safetensors"))
    if isinstance(value, tuple) and len(value) == 2 and (is_array(value[0]) or isinstance(value[0], list)):
        return write_npz({"X": value[0], "y": value[1]}, os.path.join(scratch, f"{name}.npz"))
    if isinstance(value, (list, tuple, range)):
        if value and all(is_array(one) for one in value):
            return write_tensors({f"W{i}": one for i, one in enumerate(value, 1)}, os.path.join(scratch, f"{name}.safetensors"))
        return ",".join(_text(one, scratch, name) for one in value)
    raise RankCollapseError(f"{name} is of type {type(value).__name__}; expected a number, a text, a path, arrays or a module of PyTorch.")


def _run(line: list[str], progress: Optional[bool]) -> tuple[int, str, str]:
    """Exit code, standard output, and the last line of standard error."""
    output: list[str] = []
    said = ""
    # In a session of its own, so that a terminal's Ctrl-C reaches it once, from here.
    with _progress(progress) as show, _start(line) as process:
        assert process.stdout and process.stderr
        reader = threading.Thread(target=lambda stream: output.append(stream.read()), args=(process.stdout,), daemon=True)
        reader.start()
        try:
            for one in process.stderr:
                said = one.rstrip()
                if said.startswith("warning: "):
                    warnings.warn(said[9:], RankCollapseWarning, stacklevel=4)
                elif not said.startswith("error: "):
                    show(said)
            reader.join()
            return process.wait(), "".join(output), said
        except KeyboardInterrupt:
            _stop(process, show)
            reader.join()
            with contextlib.suppress(ValueError, KeyError, TypeError):
                raise KeyboardInterrupt(f"stopped; what was computed is in {json.loads(''.join(output))['run']}") from None
            raise
        except BaseException:
            process.kill()
            raise


def _start(line: list[str]) -> subprocess.Popen[str]:
    try:
        return subprocess.Popen(line, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", errors="replace",
                                start_new_session=not _WINDOWS)
    except OSError as error:
        raise RankCollapseError(f"{line[0]} cannot be started: {error.strerror}; expected the program for this system.") from None


def _stop(process: subprocess.Popen[str], show: Any) -> None:
    """Lets the program save and end; another Ctrl-C ends it at once."""
    show("stopping …")
    try:
        if not _WINDOWS:  # There the console has told it already, and this would end it at once.
            process.terminate()
        for _ in process.stderr or ():
            pass
        process.wait()
    except KeyboardInterrupt:
        process.kill()
        raise


@contextlib.contextmanager
def _progress(wanted: Optional[bool]) -> Iterator[Any]:
    """Shows a line in the place of the one before: in a notebook's output, or on a terminal; line by line where it is asked for elsewhere."""
    notebook = sys.modules.get("IPython") and hasattr(sys.modules["IPython"].get_ipython(), "kernel")
    terminal = sys.stderr is not None and sys.stderr.isatty()
    if wanted is False or not (wanted or notebook or terminal):
        yield lambda line: None
    elif notebook:
        from IPython.display import TextDisplayObject, display

        class Line(TextDisplayObject):  # type: ignore[misc]
            def __repr__(self) -> str:
                return str(self.data)

        handle = display(Line(""), display_id=True)
        try:
            yield lambda line: handle.update(Line(line))
        finally:
            handle.update(Line(""))
    elif terminal:
        try:
            yield lambda line: print(f"\r\033[2K{line[:shutil.get_terminal_size().columns - 1]}", end="", file=sys.stderr, flush=True)
        finally:
            print("\r\033[2K", end="", file=sys.stderr, flush=True)
    else:
        yield lambda line: print(line, file=sys.stderr, flush=True)
