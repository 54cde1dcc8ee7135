#!/usr/bin/env bash
# Prints the licences and notices of everything that the command holds, from its locked packages: build/notices.sh [RID, to name .NET for that system too].
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
packages=${NUGET_PACKAGES:-$HOME/.nuget/packages}

cat <<TEXT
rankcollapse is under the MIT licence. It holds the following works of others. Where a package says its licence by name alone, the text of that licence stands
at the end.

-------- Inter, the font of the figures

TEXT
cat src/RankCollapse.Reporting/Fonts/Inter-LICENSE.txt
# A name, and some lines below it the version that was resolved. What only builds is left out.
held=$(awk -F'"' '/^      "/ { name = $2 } $2 == "resolved" && name !~ /^(Meziantou.Analyzer|MinVer)$/ { print tolower(name) "/" $4 }' src/RankCollapse.Cli/packages.lock.json | sort -u)
for runtime in ${1:+microsoft.netcore.app.runtime.$1 microsoft.aspnetcore.app.runtime.$1}; do
    held+=" $runtime/$(cd "$packages/$runtime" && printf '%s\n' * | sort -V | tail -n 1)"
done
declare -A above
for package in $held; do
    [ -d "$packages/$package" ] || { echo "error: the package $package is not restored" >&2; exit 1; }
    printf '\n-------- %s\n\n' "$package"
    sed -n 's:.*<\(license\|copyright\|projectUrl\)[^>]*>\([^<]*\)<.*:\1\: \2:p' "$packages/$package"/*.nuspec
    while read -r file; do
        sum=$(cksum <"$file")
        if [ -n "${above[$sum]:-}" ]; then printf '%s: as of %s\n' "$(basename "$file")" "${above[$sum]}"; else cat "$file"; fi
        above[$sum]=$package
    done < <(find "$packages/$package" -maxdepth 1 -type f \( -iname 'licen*' -o -iname '*notice*' \) | sort)
done
for licence in MIT BSD-3-Clause; do
    printf '\n-------- %s\n\n' "$licence"
    cat "build/licences/$licence.txt"
done
