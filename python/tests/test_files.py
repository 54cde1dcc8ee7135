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

    @needs_torch
    def test_tensors_of_pytorch_are_those_of_numpy(self) -> None:
        given = {"w": torch.arange(6.0).reshape(2, 3).T, "half": torch.tensor([1.5]).half(), "b16": torch.tensor([[1.5, -3e38]]).bfloat16(),
                 "grad": torch.nn.Parameter(torch.ones(2)), "steps": torch.tensor(3)}
        rc.save(given, "t.safetensors")
        read = rc.load("t.safetensors")
        for name, tensor in given.items():
            np.testing.assert_array_equal(read[name], tensor.detach().to(torch.float64).numpy())
        self.assertEqual(read["half"].dtype, np.float16)
