#!/usr/bin/env bash
# Prints the version that this source tree builds.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
[ -f src/RankCollapse/obj/project.assets.json ] || dotnet restore src/RankCollapse -v quiet -nologo >&2
dotnet msbuild src/RankCollapse/RankCollapse.csproj -p:Configuration=Release -t:MinVer -getProperty:Version -nologo
