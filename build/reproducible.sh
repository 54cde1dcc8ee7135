#!/usr/bin/env bash
# Builds the published command twice from the last commit, in two folders, and compares every byte: build/reproducible.sh. About three minutes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export CI=true DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for folder in one another/folder; do
    git clone -q . "$work/$folder/source"
    (cd "$work/$folder/source" && dotnet publish src/RankCollapse.Cli -c Release -o "$work/$folder/publish" -v quiet -p:RunAnalyzers=false \
        -p:PublishReadyToRun=true -p:UseSharedCompilation=false)
done
diff -r "$work/one/publish" "$work/another/folder/publish" || { echo "error: two builds differ" >&2; exit 1; }
echo "$(find "$work/one/publish" -type f | wc -l) files, $(find "$work/one/publish" -name 'RankCollapse*.dll' | wc -l) assemblies of ours: all bytes are equal"
