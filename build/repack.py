#!/usr/bin/env python3
"""Packs packages again: repack.py FILE... The same files in the same order, as small as deflate makes them, with one moment: equal bytes for equal content."""

from __future__ import annotations

import os
import sys
import zipfile

for path in sys.argv[1:]:
    with zipfile.ZipFile(path) as given, zipfile.ZipFile(f"{path}.partial", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for entry in given.infolist():
            # Without its date, which is then the first that zip files have.
            same = zipfile.ZipInfo(entry.filename)
            same.external_attr, same.compress_type = entry.external_attr, zipfile.ZIP_DEFLATED
            packed.writestr(same, given.read(entry))
    os.replace(f"{path}.partial", path)
