"""Features of live models."""

from __future__ import annotations

import os
import unittest
from typing import Any

import numpy as np

import rankcollapse as rc
from tests.stage import Stage, needs_torch, torch


@needs_torch
class RecordingTest(Stage):
    def setUp(self) -> None:
        torch.manual_seed(0)
        self.model = torch.nn.Sequential(torch.nn.Linear(6, 8), torch.nn.BatchNorm1d(8), torch.nn.ReLU(inplace=True), torch.nn.Dropout(0.5),
                                         torch.nn.Linear(8, 3))
        data = torch.utils.data.TensorDataset(torch.randn(20, 6), torch.arange(20) % 3)
        self.loader = torch.utils.data.DataLoader(data, batch_size=8, shuffle=True)
        self.name = self.id().rsplit(".", 1)[1]

    def weights(self, record: bool) -> list[Any]:
        torch.manual_seed(1)
        self.model[0].reset_parameters()
        self.model[1].reset_parameters()
        self.model[1].reset_running_stats()
        self.model[4].reset_parameters()
        optimizer = torch.optim.SGD(self.model.parameters(), 0.1)
        with rc.record_features(self.model, self.loader, self.name) as features:
            for epoch in range(2):
                for x, y in self.loader:
                    optimizer.zero_grad()
                    torch.nn.functional.cross_entropy(self.model(x), y).backward()
                    optimizer.step()
                if record:
                    features.record(epoch)
        return [value.numpy().copy() for value in self.model.state_dict().values()]

    def test_training_does_not_notice_that_it_is_recorded(self) -> None:
        self.model[3].eval()  # A mode of its own.
        for without, recorded in zip(self.weights(False), self.weights(True)):
            np.testing.assert_array_equal(without, recorded)
        self.assertEqual([module.training for module in self.model], [True, True, True, False, True])
        self.assertFalse(any(module._forward_hooks or module._forward_pre_hooks for module in self.model.modules()))

    def test_parts_hold_features_as_the_model_computes_them(self) -> None:
        loader = [(torch.randn(5, 6), torch.tensor([0, 1, 2, 0, 1])), (torch.randn(2, 6), torch.tensor([2, 2]))]
        with rc.record_features(self.model, loader, self.name) as features:
            self.assertEqual(features.record(7), features.folder / "epoch-0007")
            self.assertEqual(features.record().name, "epoch-0008")
        self.assertEqual(sorted(os.listdir(features.folder / "epoch-0007")), ["part-0000.npz", "part-0001.npz"])
        self.model.eval()
        for part, (x, y) in enumerate(loader):
            read = rc.load(features.folder / f"epoch-0007/part-{part:04}.npz")
            self.assertEqual(list(read), ["labels", "4.input", "output"])
            np.testing.assert_array_equal(read["labels"], y)
            np.testing.assert_array_equal(read["4.input"], self.model[:4](x).detach())
            np.testing.assert_array_equal(read["output"], self.model(x).detach())
        self.assertEqual(features.skipped, {"0.input": "is the model's input"})

    def test_layers_are_chosen_by_name(self) -> None:
        with rc.record_features(self.model, self.loader, self.name, layers=["0", "2", "0.input"]) as features:
            with self.assertRaisesRegex(rc.RankCollapseError, "0.input is the model's input"):
                features.record()
        self.assertEqual(os.listdir(self.name), [])
        with rc.record_features(self.model, self.loader, self.name, layers=["0", "2"]) as features:
            read = rc.load(features.record() / "part-0000.npz")
        # What ReLU overwrites was written before.
        self.assertLess(read["0"].min(), 0)
        self.assertEqual(read["2"].min(), 0)
        with self.assertRaisesRegex(rc.RankCollapseError, "The model has no module 'relu'; it has 0, 1, 2, 3, 4"):
            rc.record_features(self.model, self.loader, self.name, layers=["relu"])

    def test_features_that_are_there_are_not_overwritten(self) -> None:
        with rc.record_features(self.model, self.loader, self.name) as features:
            features.record(3)
            with self.assertRaisesRegex(rc.RankCollapseError, "epoch-0003 holds features already"):
                features.record(3)
        with rc.record_features(self.model, self.loader[:1] if isinstance(self.loader, list) else [next(iter(self.loader))], self.name, force=True) as features:
            features.record(3)
        self.assertEqual(os.listdir(features.folder / "epoch-0003"), ["part-0000.npz"])

    def test_an_epoch_that_fails_leaves_nothing(self) -> None:
        with rc.record_features(self.model, [(torch.randn(4, 6), torch.arange(4)), (torch.randn(4, 5), torch.arange(4))], self.name) as features:
            with self.assertRaises(RuntimeError):
                features.record()
        self.assertEqual(os.listdir(self.name), [])
        self.assertTrue(self.model.training)
        with self.assertRaisesRegex(rc.RankCollapseError, "The loader gave no batch"), rc.record_features(self.model, [], self.name) as features:
            features.record()
        with self.assertRaisesRegex(rc.RankCollapseError, "expected \\(inputs, labels\\)"), rc.record_features(self.model, [torch.ones(2, 6)], "x") as features:
            features.record()

    def test_dicts_modules_that_repeat_and_outputs_with_names_are_understood(self) -> None:
        class Model(torch.nn.Module):  # type: ignore[misc]
            def __init__(self) -> None:
                super().__init__()
                self.embedding, self.fc = torch.nn.Embedding(9, 4), torch.nn.Linear(4, 4)

            def forward(self, ids: torch.Tensor) -> dict[str, torch.Tensor]:
                return {"logits": self.fc(torch.tanh(self.fc(self.embedding(ids).mean(1)))).bfloat16()}

        loader = [{"ids": torch.randint(9, (6, 5)), "labels": torch.arange(6)}]
        with rc.record_features(Model(), loader, self.name) as features:
            read = rc.load(features.record() / "part-0000.npz")
        self.assertEqual({name: value.shape for name, value in read.items()},
                         {"labels": (6,), "fc.input": (6, 4), "fc.input:2": (6, 4), "output": (6, 4)})

    def test_what_cannot_be_recorded_is_said(self) -> None:
        class Model(torch.nn.Module):  # type: ignore[misc]
            def __init__(self) -> None:
                super().__init__()
                self.lstm, self.fc, self.unused = torch.nn.LSTM(6, 5, batch_first=True), torch.nn.Linear(5, 3), torch.nn.Linear(2, 2)

            def forward(self, x: Any) -> Any:
                features, state = self.lstm(x[:, None, :].expand(-1, 4, -1))
                return self.fc(input=features[:, -1]), state

        x, y = torch.randn(12, 6), torch.arange(12) % 3
        with rc.record_features(Model(), [(x, tuple(y.tolist()))], self.name, layers=["lstm", "fc"]) as features:
            self.assertEqual({name: value.shape for name, value in rc.load(features.record() / "part-0000.npz").items()},
                             {"labels": (12,), "lstm": (12, 4, 5), "fc": (12, 3)})
        with rc.record_features(Model(), [(x, y)], self.name) as features:
            features.record(1)
        self.assertEqual(list(features.skipped), ["fc.input", "unused.input"])
        self.assertRegex(features.skipped["unused.input"], "^is not applied as a module")
        for model, loader, said in (
            (self.model, [(x, y[:5])], r"Nothing can be recorded: output has the shape \(12, 3\), with 5 samples"),
            (self.model, torch.utils.data.TensorDataset(x, y), "A batch has a label that is one number; expected one for each sample, as a DataLoader"),
            (abs, [(x, y)], "The model is of type builtin_function_or_method; expected a module of PyTorch"),
        ):
            with self.assertRaisesRegex(rc.RankCollapseError, said):
                rc.record_features(model, loader, "nothing").record()
        self.assertEqual(os.listdir("nothing"), [])


if __name__ == "__main__":
    unittest.main()
