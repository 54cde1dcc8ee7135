#!/usr/bin/env bash
# Writes the bill of materials of the command (CycloneDX, JSON) from its locked packages: build/sbom.sh [FILE].
# Fails where the published command holds a package or a library that the bill does not name.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
bill=$(realpath -m "${1:-artifacts/rankcollapse.cdx.json}")
publish=src/RankCollapse.Cli/bin/publish
version=$(build/version.sh)

./rankcollapse --version >/dev/null
dotnet tool restore --verbosity quiet
dotnet restore src/RankCollapse.Cli -p:RestoreLockedMode=true -v quiet -nologo
mkdir -p "$(dirname "$bill")"
dotnet dotnet-CycloneDX src/RankCollapse.Cli/RankCollapse.Cli.csproj --disable-package-restore --no-serial-number --output-format Json \
    --output "$(dirname "$bill")" --filename "$(basename "$bill")" --set-name rankcollapse --set-version "$version" >/dev/null
# Equal bytes for equal contents: the commit's time.
sed -i "s/^\( *\"timestamp\": \"\).*\"/\1$(TZ=UTC0 git log -1 --date=format-local:%Y-%m-%dT%H:%M:%SZ --format=%cd 2>/dev/null || echo 1970-01-01T00:00:00Z)\"/" "$bill"

named=$(sed -n 's:.*"purl"\: "pkg\:nuget/\([^"@]*\)@\([^"]*\)".*:\1/\2:p' "$bill" | sort -u)
[ -n "$named" ] || { echo "error: $bill names no package" >&2; exit 1; }
# What the host of .NET loads stands in this file; packages have a hash there, our own assemblies have none.
deps=$publish/RankCollapse.Cli.deps.json
held=$(tr -d '\n' <"$deps" | grep -o '"[^"]*/[^"]*": *{ *"type": *"package"' | sed 's:^"\([^"]*\)".*:\1:' | sort -u)
unnamed=$(comm -13 <(echo "$named") <(echo "$held"))
# Every library in the folder is ours, or of a package in that file.
strange=$(cd "$publish" && find . -type f \( -name '*.dll' -o -name '*.so' -o -name '*.dylib' \) -printf '%f\n' | sort -u | while read -r file; do
    case $file in RankCollapse*.dll) ;; *) grep -q "[/\"]$file\"" RankCollapse.Cli.deps.json || echo "$file" ;; esac
done)
[ -z "$unnamed$strange" ] || { printf 'error: not in the bill of materials: %s\n' "$unnamed $strange" >&2; exit 1; }
echo "$bill: $(wc -l <<<"$named") packages, of which the published command holds $(wc -l <<<"$held")"
