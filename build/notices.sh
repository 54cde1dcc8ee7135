#!/usr/bin/env bash
# Prints the licences and notices of everything that the command of one system holds: build/notices.sh RID. Needs that command's build and its restored packages.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
rid=$1
packages=${NUGET_PACKAGES:-$HOME/.nuget/packages}
deps=src/RankCollapse.Cli/bin/Release/net10.0/$rid/RankCollapse.Cli.deps.json

cat <<TEXT
rankcollapse is under the MIT licence (LICENSE). It holds the following works of others. Where a package says its licence by name alone, the text of that
licence stands at the end.

The figures' font, Inter
TEXT
cat src/RankCollapse.Reporting/Fonts/Inter-LICENSE.txt
for package in $(tr -d '\n' <"$deps" | grep -o '"[^"]*/[^"]*": *{ *"type": *"package"' | sed 's:^"\([^"]*\)".*:\1:' | sort -u) \
    "microsoft.netcore.app.runtime.$rid/$(basename "$(ls -d "$packages/microsoft.netcore.app.runtime.$rid"/* | tail -n 1)")"; do
    folder=$packages/${package,,}
    [ -d "$folder" ] || { echo "error: package $package is not restored" >&2; exit 1; }
    said=$(sed -n 's:.*<\(license\|copyright\|projectUrl\)[^>]*>\([^<]*\)<.*:\1\: \2:p' "$folder"/*.nuspec)
    printf '\n%s\n%s\n%s\n' "-------- $package" "$said" ""
    find "$folder" -maxdepth 1 -type f \( -iname 'licen*' -o -iname '*notice*' \) -print0 | sort -z | xargs -0 -r cat
done
for licence in MIT BSD-3-Clause; do
    printf '\n-------- %s\n\n' "$licence"
    cat "build/licences/$licence.txt"
done
