#!/usr/bin/env python3
"""Builds a wheel: python3 build_wheel.py [ARCHIVE] [--platform RID] [--out DIR].

With the archive of a platform (rankcollapse-VERSION-RID.tar.gz or .zip, or its unpacked folder) the wheel holds the program and suits that
platform alone; without, it finds the program on PATH or by RANKCOLLAPSE. Needs neither setuptools nor a network, and is the build backend
of pyproject.toml, so that `pip install ./python` works too. Equal input gives equal bytes.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import io
import os
import re
import sys
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Optional

HERE = Path(__file__).resolve().parent
SUMMARY = "Train to stationary points, measure deep neural collapse, inspect and compress models."
TAGS = {  # What the archives run on: glibc 2.28, which ONNX Runtime needs, macOS 14.
    "linux-x64": "manylinux_2_28_x86_64", "linux-arm64": "manylinux_2_28_aarch64", "win-x64": "win_amd64",
    "win-arm64": "win_arm64", "osx-x64": "macosx_14_0_x86_64", "osx-arm64": "macosx_14_0_arm64",
}


def build(archive: Optional[Path], platform: Optional[str], out: Path, version: Optional[str] = None) -> Path:
    """Writes the wheel to a folder; gives its path."""
    tag = "any"
    if archive and not platform:
        platform = next((rid for rid in sorted(TAGS, key=len, reverse=True) if re.search(rf"(^|[-_.]){rid}([-_.]|$)", archive.name)), None)
        if not platform:
            sys.exit(f"error: the name {archive.name} says no platform; give --platform, one of {', '.join(TAGS)}.")
    if archive and platform:
        tag = TAGS[platform]
    version = version or (archive and _version(re.search(r"\d+\.\d+[^/]*?(?=-(?:linux|win|osx))", archive.name))) or _source_version()
    tag = f"py3-none-{tag}"
    info = f"rankcollapse-{version}.dist-info"
    out.mkdir(parents=True, exist_ok=True)
    wheel = out / f"rankcollapse-{version}-{tag}.whl"
    record = []
    with zipfile.ZipFile(unfinished := wheel.with_suffix(".partial"), "w", zipfile.ZIP_DEFLATED, compresslevel=9) as file:
        def add(name: str, data: bytes, mode: int = 0o644) -> None:
            entry = zipfile.ZipInfo(name)
            entry.external_attr = (0o100000 | mode) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            file.writestr(entry, data)
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            record.append(f"{name},sha256={digest},{len(data)}")

        for path in sorted((HERE / "rankcollapse").glob("*")):
            if path.suffix in (".py", ".typed"):
                add(f"rankcollapse/{path.name}", path.read_bytes())
        for name, data, mode in _members(archive) if archive else ():
            add(f"rankcollapse/bin/{name}", data, mode)
        add(f"{info}/METADATA", _metadata(version).encode())
        add(f"{info}/WHEEL", f"Wheel-Version: 1.0\nGenerator: rankcollapse\nRoot-Is-Purelib: {str(not archive).lower()}\nTag: {tag}\n".encode())
        if archive:
            add(f"{info}/entry_points.txt", b"[console_scripts]\nrankcollapse = rankcollapse._program:main\n")
        for licence in (HERE.parent / "LICENSE", HERE / "LICENSE"):
            if licence.is_file():
                add(f"{info}/licenses/LICENSE", licence.read_bytes())
                break
        file.writestr(zipfile.ZipInfo(f"{info}/RECORD"), "\n".join([*record, f"{info}/RECORD,,", ""]))
    os.replace(unfinished, wheel)
    return wheel


def _members(archive: Path) -> Iterator[tuple[str, bytes, int]]:
    """Name below the archive's folder, content and mode of each file, in order of names."""
    members: list[tuple[str, Callable[[], bytes], int]]
    if archive.is_dir():
        files = {str(path.relative_to(archive).as_posix()): path for path in archive.rglob("*") if path.is_file()}
        members = [(name, files[name].read_bytes, files[name].stat().st_mode & 0o777) for name in sorted(files)]
    elif archive.suffix == ".zip":
        source = zipfile.ZipFile(archive)
        members = [(one.filename, partial(source.read, one), (one.external_attr >> 16) & 0o777 or 0o644)
                   for one in sorted(source.infolist(), key=lambda one: one.filename) if not one.is_dir()]
    else:
        tar = tarfile.open(fileobj=io.BytesIO(archive.read_bytes()))
        members = [(one.name.removeprefix("./"), partial(_content, tar, one), one.mode)
                   for one in sorted(tar.getmembers(), key=lambda one: one.name) if one.isfile()]
    programs = [name for name, _, _ in members if re.fullmatch(r"([^/]+/)?rankcollapse(\.exe)?", name)]
    if not programs:
        sys.exit(f"error: {archive.name} holds no program rankcollapse.")
    top = min(programs, key=len).rpartition("/")[0]
    for name, read, mode in members:
        name = name[len(top) + 1:] if top and name.startswith(f"{top}/") else name
        # What is for a terminal, and the archive's own instructions.
        if name.startswith("share/") or name.endswith((".ps1", "README.txt")):
            continue
        yield name, read(), 0o755 if mode & 0o100 or name in ("rankcollapse", "rankcollapse.exe") else 0o644


def _content(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = tar.extractfile(member)
    return file.read() if file else b""


def _version(found: Optional[re.Match[str]]) -> Optional[str]:
    """A version as Python writes it: 0.3.0-alpha.0.2+abc is 0.3.0.dev2."""
    if not found:
        return None
    number, _, label = found[0].partition("-")
    digits = re.findall(r"\d+", label.partition("+")[0])
    return number.partition("+")[0] + (f".dev{int(digits[-1]) if digits else 0}" if label else "")


def _source_version() -> str:
    """The version that the source tree says."""
    text = (HERE.parent / "Directory.Build.props").read_text(encoding="utf-8") if (HERE.parent / "Directory.Build.props").is_file() else ""
    found = re.search(r"<(?:Version|VersionPrefix|MinVerMinimumMajorMinor)>([\d.]+)<", text)
    return found[1] if found else "0"


def _source_url() -> str:
    """Where the source tree says that its sources are, as a line of metadata."""
    props = HERE.parent / "Directory.Build.props"
    found = re.search(r"<RepositoryUrl>(.+?)</RepositoryUrl>", props.read_text(encoding="utf-8")) if props.is_file() else None
    return f"Project-URL: Source, {found[1]}\n" if found else ""


def _metadata(version: str) -> str:
    readme = (HERE / "README.md").read_text(encoding="utf-8")
    return (f"Metadata-Version: 2.1\nName: rankcollapse\nVersion: {version}\nSummary: {SUMMARY}\nLicense: MIT\n{_source_url()}Requires-Python: >=3.9\n"
            "Requires-Dist: numpy\nProvides-Extra: tables\nRequires-Dist: pandas; extra == 'tables'\nProvides-Extra: models\n"
            f"Requires-Dist: torch; extra == 'models'\nDescription-Content-Type: text/markdown\n\n{readme}")


def build_wheel(wheel_directory: str, config_settings: object = None, metadata_directory: object = None) -> str:
    """What pip calls (PEP 517); the setting `archive` names an archive."""
    archive = config_settings.get("archive") if isinstance(config_settings, dict) else None
    return build(Path(archive) if archive else None, None, Path(wheel_directory)).name


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("archive", nargs="?", type=Path)
    parser.add_argument("--platform", choices=TAGS)
    parser.add_argument("--out", type=Path, default=HERE.parent / "artifacts" / "python")
    parser.add_argument("--version")
    given = parser.parse_args()
    print(build(given.archive, given.platform, given.out, given.version))
