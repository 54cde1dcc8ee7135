"""Runs, ensembles, sweeps and figures: what the program leaves in folders."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Union

from ._documents import RankCollapseError, Result, table
from ._files import Array, read_tensors
from ._program import call


class Figure:
    """A figure, shown inline by notebooks."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def svg(self) -> str:
        """The figure as SVG."""
        return self.path.read_text(encoding="utf-8")

    @property
    def png(self) -> bytes:
        """The figure as PNG."""
        return self.path.with_suffix(".png").read_bytes()

    def save(self, path: Union[str, Path]) -> None:
        """Writes a copy; PNG where the name ends so, SVG otherwise."""
        path = Path(path)
        path.write_bytes(self.png if path.suffix == ".png" else self.path.read_bytes())

    def _repr_svg_(self) -> str:
        return self.svg

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"image/svg+xml": self.svg, "text/plain": repr(self)}

    def __repr__(self) -> str:
        return f"Figure({str(self.path)!r})"


class Run:
    """A training, by its folder. Everything is read from there when it is asked for.

    >>> run = rc.Run("runs/first")
    >>> run.status
    'converged'
    """

    def __init__(self, folder: Union[str, Path]) -> None:
        self.folder = Path(folder)
        if not (self.folder / "config.json").is_file():
            raise RankCollapseError(f"{folder} holds no run; expected the folder of a run, as train wrote it.")

    def _json(self, name: str) -> Result:
        return Result(json.loads((self.folder / name).read_text(encoding="utf-8")))

    @property
    def config(self) -> Result:
        """The settings that have an effect, as ``config.json`` has them."""
        return self._json("config.json")

    @property
    def summary(self) -> Result:
        """The final state; ``rankcollapse schema summary`` describes it."""
        return self._json("summary.json")

    @property
    def status(self) -> str:
        """How training ended: ``converged``, ``stalled``, ``max-epochs``, …; ``unfinished`` before."""
        return str(self.summary["status"]) if (self.folder / "summary.json").exists() else "unfinished"

    @property
    def objective(self) -> float:
        """The objective at the end."""
        return float(self.summary["objective"])

    @property
    def layers(self) -> Any:
        """Every number of every layer at the end, a row each; docs/metrics.md defines them."""
        return self.summary.layers

    @property
    def metrics(self) -> Any:
        """What was recorded on the way: epoch, seconds, layer (0 for the whole network), metric, value."""
        return query("SELECT epoch, seconds, layer, metric, value FROM metrics ORDER BY epoch, layer, metric", self.folder)

    @property
    def weights(self) -> dict[str, Array]:
        """W1 … WL [out, in] and, with biases, b1 … bL [out], after training."""
        return read_tensors(self.folder / "weights.safetensors")

    @property
    def initial(self) -> dict[str, Array]:
        """The same before training."""
        return read_tensors(self.folder / "initial.safetensors")

    @property
    def dataset(self) -> dict[str, Array]:
        """X [d, N] and Y [K, N], samples as columns, and labels [N]."""
        return read_tensors(self.folder / "dataset.safetensors")

    @property
    def figures(self) -> list[str]:
        """The names that :meth:`figure` takes."""
        self._draw()
        return sorted(path.stem for path in (self.folder / "figures").glob("*.svg"))

    def figure(self, name: str) -> Figure:
        """A figure, drawn at the first time: ``tcv``, ``objective``, ``ranks``, ``metrics``, ``feature-spectra``, …"""
        if name not in self.figures:
            raise RankCollapseError(f"The run {self.folder} has no figure '{name}'; it has {', '.join(self.figures)}.")
        return Figure(self.folder / "figures" / f"{name}.svg")

    def report(self) -> Path:
        """The path of the report, one HTML page."""
        self._draw()
        return self.folder / "report.html"

    def _draw(self) -> None:
        page, ended = self.folder / "report.html", self.folder / "summary.json"
        if not page.exists() or ended.exists() and page.stat().st_mtime < ended.stat().st_mtime:
            call("report", self.folder)

    def __repr__(self) -> str:
        return f"Run({str(self.folder)!r}): {self.status}" + (f", objective {self.objective:.6g}" if self.status != "unfinished" else "")


class Ensemble(Result):
    """Trainings that differ in their seed alone; ``rankcollapse schema ensemble`` describes the document."""

    folder: Path

    @property
    def runs(self) -> list[Run]:
        """The members."""
        return [Run(self.folder / member["folder"]) for member in self["members"]]


class Sweep(Result):
    """Many trainings; ``rankcollapse schema sweep-status-json`` describes the document."""

    @property
    def runs(self) -> Any:
        """A row for each trial: settings and final state."""
        return self.query("FROM runs")

    @property
    def layers(self) -> Any:
        """A row for each layer of each trial."""
        return self.query("FROM layers")

    def query(self, sql: str) -> Any:
        """SQL over the results of this sweep."""
        return query(sql, self["folder"])


def query(sql: str, *folders: Any, **options: Any) -> Any:
    """Asks SQL over the results of runs and sweeps, or of folders that hold them [runs]: a DataFrame where pandas is installed.

    The views are ``runs``, ``layers``, ``metrics`` and ``results``; ``DESCRIBE runs`` lists the columns of one.

    >>> rc.query("SELECT status, epochs FROM runs", "runs/first")
          status  epochs
    0  converged      24
    """
    return table(call("query", sql, *folders, **options)["rows"])
