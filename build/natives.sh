#!/usr/bin/env bash
# Prints the native libraries that the command loads on a system: build/natives.sh RID. Whatever else is native has come in by a new version of a package.
set -euo pipefail
case $1 in
linux-*) echo "libSkiaSharp.so libduckdb.so libonnxruntime.so" ;;
osx-arm64) echo "libSkiaSharp.dylib libduckdb.dylib libonnxruntime.dylib" ;;
osx-x64) echo "libSkiaSharp.dylib libduckdb.dylib" ;;
win-*) echo "duckdb.dll libSkiaSharp.dll onnxruntime.dll" ;;
*) echo "error: nothing is known of $1" >&2 && exit 1 ;;
esac
