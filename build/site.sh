#!/usr/bin/env bash
# Builds the documentation as a site in artifacts/site, from docs/, the program's manual, the schemas and the XML docs. A link that leads nowhere is an error.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
stage=artifacts/site-source
rm -rf "$stage" artifacts/site artifacts/browser
mkdir -p "$stage"
# Also builds the assemblies whose documentation is read.
./rankcollapse man >"$stage/manual.txt"
python3 build/site_pages.py "$stage"
# The library for browsers, which only who asks for it loads: 8 MB at most as it is served.
dotnet publish build/browser -c Release -o artifacts/browser -v quiet -nologo -p:RunAnalyzers=false
cp -r artifacts/browser/wwwroot "$stage/browser"
bytes=$(find "$stage/browser" -type f -exec gzip -c {} + | wc -c)
echo "The library for browsers: $bytes bytes compressed"
[ "$bytes" -le 8000000 ] || { echo "error: more than 8 MB" >&2; exit 1; }
sed -i "s/SIZE MB/$(printf '%d.%d MB' $((bytes / 1000000)) $((bytes / 100000 % 10)))/" "$stage/browser/index.html"
dotnet tool restore --verbosity quiet
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { dotnet docfx metadata "$stage/docfx.json" && dotnet docfx build "$stage/docfx.json" --warningsAsErrors; } >"$log" 2>&1; then
    cat "$log" >&2
    exit 1
fi
mv "$stage/site" artifacts/site
# Half of its size, for those alone who debug docfx.
find artifacts/site/public -name '*.map' -delete
rm -rf "$stage"
python3 build/site_pages.py --check artifacts/site
