"""Runs, figures, sweeps and documents."""

from __future__ import annotations

import sys
import unittest.mock
from typing import Any

import numpy as np

import rankcollapse as rc
from tests.stage import SMALL, Stage, needs_pandas


class RunTest(Stage):
    def test_a_run_gives_what_its_folder_holds(self) -> None:
        run = self.train()
        self.assertEqual(run.status, "converged")
        self.assertEqual([w.shape for w in run.weights.values()], [(20, 100), (20, 20), (4, 20)])
        penalty = 1e-2 / 2 * sum(np.sum(run.weights[f"W{layer}"] ** 2) for layer in (2, 3))
        self.assertAlmostEqual(run.summary.weight_penalty, penalty, places=12)
        z = run.dataset["X"]
        for w in list(run.weights.values())[:-1]:
            z = np.tanh(w @ z)
        output = run.weights["W3"] @ z
        self.assertAlmostEqual(run.summary.data_loss, 0.5 * np.sum((output - run.dataset["Y"]) ** 2), places=10)
        self.assertEqual(run.config.depth, 3)
        self.assertFalse((run.folder / "report.html").exists())
        svg = run.figure("tcv")._repr_mimebundle_()["image/svg+xml"]
        self.assertTrue(svg.lstrip().startswith(("<svg", "<?xml")))
        run.figure("tcv").save("tcv.png")
        with open("tcv.png", "rb") as file:
            self.assertEqual(file.read(4), b"\x89PNG")
        with self.assertRaisesRegex(rc.RankCollapseError, "has no figure 'x'; it has .*tcv"):
            run.figure("x")
        with self.assertRaisesRegex(rc.RankCollapseError, "nowhere holds no run"):
            rc.Run("nowhere")

    def test_settings_of_a_run_give_the_run_again(self) -> None:
        first = self.train("again/1")
        second = rc.train(config=first.config, out="again/2")
        for name, weights in first.weights.items():
            np.testing.assert_array_equal(second.weights[name], weights)

    def test_arrays_are_data(self) -> None:
        labels = np.repeat([0, 1, 2], [6, 5, 4])
        run = rc.train(data=(np.random.default_rng(0).normal(size=(15, 4)), labels), depth=2, width=8, convention="mean", lam=1e-2, delta=1, out="arrays")
        self.assertEqual(sorted(run.dataset["labels"].tolist()), labels.tolist())

    def test_an_ensemble_has_its_runs(self) -> None:
        ensemble = self.train("ensemble", seeds=range(2))
        self.assertEqual([run.config.seed for run in ensemble.runs], [0, 1])

    @needs_pandas
    def test_tables_are_frames(self) -> None:
        run = self.train("frames")
        metrics = run.metrics
        last = metrics[(metrics.metric == "objective") & (metrics.epoch == metrics.epoch.max())].value
        self.assertEqual(last.tolist(), [run.objective])
        self.assertEqual(run.layers.layer.tolist(), [1, 2, 3])

    def test_tables_without_pandas_are_lists(self) -> None:
        run = self.train("lists")
        with unittest.mock.patch.dict(sys.modules, {"pandas": None}):
            self.assertEqual([row["layer"] for row in run.layers], [1, 2, 3])
            self.assertEqual(run.metrics[0]["epoch"], 0)

    def test_a_sweep_is_asked(self) -> None:
        settings: dict[str, Any] = {**SMALL, "lambda": 1e-2, "samples": 20, "width": 6}
        del settings["lam"], settings["depth"]
        sweep = rc.sweep({"settings": settings, "grid": {"depth": [2, 3]}}, out="sweep", engine="in-process")
        self.assertEqual(sweep.states["done"], 2)
        with unittest.mock.patch.dict(sys.modules, {"pandas": None}):
            self.assertEqual(sweep.query("SELECT depth FROM runs ORDER BY depth"), [{"depth": 2}, {"depth": 3}])
            self.assertEqual(len(sweep.layers), 5)

    def test_a_document_names_what_it_holds(self) -> None:
        result = rc.Result({"gradientNorm": 1, "weightNumericalRank1e-2": 3, "inner": {"tailEnergy": 0.5}})
        self.assertEqual((result.gradient_norm, result.inner.tail_energy, result["gradientNorm"]), (1, 0.5, 1))
        self.assertIn("gradient_norm", dir(result))
        with self.assertRaisesRegex(AttributeError, "There is no depth; there are gradientNorm"):
            _ = result.depth
