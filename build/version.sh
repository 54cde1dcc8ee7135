#!/usr/bin/env bash
# Prints the version that this source tree builds.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
dotnet msbuild src/RankCollapse/RankCollapse.csproj -p:Configuration=Release -getProperty:Version -nologo
