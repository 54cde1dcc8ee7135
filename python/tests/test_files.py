"""Tensors in files."""

from __future__ import annotations

import os

import numpy as np

import rankcollapse as rc
from rankcollapse._files import NpzWriter
from tests.stage import Stage, needs_torch, torch

ARRAYS = {
    "a": np.arange(6.0).reshape(2, 3), "columns": np.asfortranarray(np.arange(6, dtype=np.float32).reshape(2, 3)), "half": np.ones(3, np.float16),
    "big-endian": np.array([1.5, -2], ">f8"), "whole": np.array([[-1], [2**40]]), "bytes": np.array([0, 255], np.uint8), "true": np.array([True, False]),
    "empty": np.zeros((0, 3)), "number": np.array(2.5), "every second": np.arange(10.0)[::2],
}


class FilesTest(Stage):
    def test_tensors_come_back(self) -> None:
        rc.save(ARRAYS, "a.safetensors")
        with NpzWriter("a.npz") as file:
            for name, value in ARRAYS.items():
                file.add(name, value)
        for path in ("a.safetensors", "a.npz"):
            read = rc.load(path)
            self.assertEqual(list(read), list(ARRAYS))
            for name, value in ARRAYS.items():
                np.testing.assert_array_equal(read[name], value)
                self.assertEqual((read[name].dtype.newbyteorder("="), read[name].shape), (value.dtype.newbyteorder("="), value.shape))

    def test_the_program_reads_what_is_written(self) -> None:
        value = np.diag([3.0, 2, 1])
        for given in ({"fc.weight": value}, {"fc.weight": np.asfortranarray(value.astype(">f8"))}, [value], value):
            np.testing.assert_allclose(rc.inspect(given)["layers"][0]["singularValues"], [3, 2, 1], rtol=1e-12)

    def test_a_type_that_safetensors_has_not_is_named(self) -> None:
        with self.assertRaisesRegex(rc.RankCollapseError, "z is of type complex128, which safetensors does not hold"):
            rc.save({"z": np.ones(2, complex)}, "z.safetensors")
        self.assertFalse(os.path.exists("z.safetensors"))

    def test_what_cannot_be_written_whole_is_not_there(self) -> None:
        with self.assertRaises(ZeroDivisionError), NpzWriter("half.npz") as file:
            file.add("a", np.ones(3))
            raise ZeroDivisionError
        self.assertFalse([name for name in os.listdir() if name.startswith("half")])

    def test_a_file_of_another_kind_is_said(self) -> None:
        for content in (b"", b"hello", b"\x10\0\0\0\0\0\0\0no JSON but sixteen"):
            with open("other", "wb") as file:
                file.write(content)
            with self.assertRaisesRegex(rc.RankCollapseError, "^other is neither a safetensors file nor an npz file; check the path.$"):
                rc.load("other")

    def test_classes_may_have_names_and_features_may_be_lists(self) -> None:
        labels = np.arange(12) % 3
        features = np.eye(3)[labels] + 0.1 * np.random.default_rng(0).normal(size=(12, 3))
        expected = rc.collapse(features, labels)["tensors"]
        names = np.array(["cat", "dog", "fish"])[labels]
        for given, classes in ((features.tolist(), names), (features, names.astype(object)), (np.asfortranarray(features), labels.tolist())):
            self.assertEqual(rc.collapse(given, classes)["tensors"], expected)
        with self.assertRaisesRegex(rc.RankCollapseError, "^labels is of type object; expected numbers, or texts alone.$"):
            rc.collapse(features, [None] * 12)

    def test_errors_name_no_temporary_file(self) -> None:
        with self.assertRaisesRegex(rc.RankCollapseError, "^features.npz: features has 4 samples, but labels has 3"):
            rc.collapse(np.ones((4, 2)), [0, 1, 0])

    def test_what_holds_no_tensors_is_no_model(self) -> None:
        for given, said in (({}, "has no tensors."), ({"epoch": 3}, "has no tensors; it has epoch."),
                            ({"model": {"w": np.eye(2)}, "epoch": 3}, "has no tensors; it has model, epoch; give its 'model'.")):
            for verb, options in (("inspect", {}), ("compress", {"out": "out.safetensors", "rank": 1})):
                with self.assertRaises(rc.RankCollapseError) as raised:
                    getattr(rc, verb)(given, **options)
                self.assertEqual(str(raised.exception), f"The model {said}")
        with self.assertWarnsRegex(rc.RankCollapseWarning, "^No tensors, and left out: note.$"):
            self.assertEqual(len(rc.inspect({"w": np.eye(2), "note": "x"})["layers"]), 1)

    @needs_torch
    def test_modules_of_every_make_are_inspected(self) -> None:
        layer = torch.nn.Linear(4, 4)
        for module, layers in ((torch.nn.Linear(3, 4).bfloat16(), 1), (torch.nn.Conv2d(3, 8, 3).to(memory_format=torch.channels_last), 1),
                               (torch.nn.Sequential(layer, layer), 2), (torch.nn.DataParallel(layer), 1), (torch.nn.LSTM(4, 5), 2)):
            self.assertEqual(len(rc.inspect(module)["layers"]), layers, module)
        self.assertEqual(rc.inspect({"a": torch.eye(3).to_sparse()}).layers.weightNumericalRank.tolist(), [3])
        for module, said in ((torch.nn.Linear(3, 4, device="meta"), "weight has no values yet"), (torch.nn.ReLU(), "The model has no tensors"),
                             (torch.nn.UninitializedParameter(), "W1 has no values yet")):
            with self.assertRaisesRegex(rc.RankCollapseError, said):
                rc.inspect(module)

    @needs_torch
    def test_tensors_of_pytorch_are_those_of_numpy(self) -> None:
        given = {"w": torch.arange(6.0).reshape(2, 3).T, "half": torch.tensor([1.5]).half(), "b16": torch.tensor([[1.5, -3e38]]).bfloat16(),
                 "grad": torch.nn.Parameter(torch.ones(2)), "steps": torch.tensor(3)}
        rc.save(given, "t.safetensors")
        read = rc.load("t.safetensors")
        for name, tensor in given.items():
            np.testing.assert_array_equal(read[name], tensor.detach().to(torch.float64).numpy())
        self.assertEqual(read["half"].dtype, np.float16)
