#!/usr/bin/env python3
"""Whether debuggers find the sources of packages: check_symbols.py COMMIT REPOSITORY PACKAGE.snupkg... (in the source tree, at that commit).

Each portable PDB must say where its sources are to be fetched, at this commit, and hold the checksum (SHA-256) of every file of its project as it lies here.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import zipfile

commit, repository, *packages = sys.argv[1:]
raw = repository.replace("https://github.com/", "https://raw.githubusercontent.com/")
for package in packages:
    with zipfile.ZipFile(package) as archive:
        names = [name for name in archive.namelist() if name.endswith(".pdb")]
        if not names:
            sys.exit(f"error: {package} holds no symbols")
        for name in names:
            symbols = archive.read(name)
            found = re.search(rb'\{"documents":\{[^}]*\}\}', symbols)
            documents = json.loads(found[0])["documents"] if found else {}
            if f"{raw}/{commit}/*" not in documents.values():
                sys.exit(f"error: {name} of {package} finds its sources at {documents}, expected {raw}/{commit}/*")
            if any(not place.startswith("/_") for place in documents):
                sys.exit(f"error: {name} of {package} names folders of the machine that built it: {documents}")
            project = name.rpartition("/")[2].removesuffix(".pdb")
            files = subprocess.run(["git", "ls-files", f"src/{project}/*.cs"], check=True, capture_output=True, text=True).stdout.split()
            other = []
            for file in files:
                with open(file, "rb") as source:
                    if hashlib.sha256(source.read()).digest() not in symbols:
                        other.append(file)
            if other or not files:
                sys.exit(f"error: {name} of {package} was made of other sources than {', '.join(other) or 'any'}")
            print(f"{name}: {len(files)} files with their checksums, at {raw}/{commit}")
