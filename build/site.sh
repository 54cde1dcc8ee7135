#!/usr/bin/env bash
# Builds the documentation as a site in artifacts/site, from docs/, the program's manual, the schemas and the XML docs. A link that leads nowhere is an error.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
stage=artifacts/site-source
rm -rf "$stage" artifacts/site
mkdir -p "$stage"
# Also builds the assemblies whose documentation is read.
./rankcollapse man >"$stage/manual.txt"
python3 build/site_pages.py "$stage"
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
