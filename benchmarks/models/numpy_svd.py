#!/usr/bin/env python3
"""Reads every matrix of a safetensors file as float64 and takes its singular values with numpy (LAPACK's dgesdd without vectors), one at a time.

Usage: numpy_svd.py FILE. Prints wall and processor seconds; threads are those of OPENBLAS_NUM_THREADS.
"""
import json
import resource
import struct
import sys
import time

import numpy as np


def main(path):
    wall, processor = time.perf_counter(), time.process_time()
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        for name, entry in header.items():
            begin, end = entry["data_offsets"]
            file.seek(8 + length + begin)
            weights = np.frombuffer(file.read(end - begin), dtype="<f4").reshape(entry["shape"]).astype(np.float64)
            values = np.linalg.svd(weights, compute_uv=False)
            print("%-28s %s  largest %.6f" % (name, "x".join(map(str, entry["shape"])), values[0]), flush=True)
    print("numpy %s: %.1f s wall, %.1f s processor, peak %.0f MB" % (
        np.__version__, time.perf_counter() - wall, time.process_time() - processor, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


if __name__ == "__main__":
    main(sys.argv[1])
