#!/usr/bin/env bash
# Whole results on ARMv8 against the hashes that all machines share: a self-contained linux-arm64 build of the tests under qemu-user.
# On Debian, as root; the emulated tests take about two minutes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

DEBIAN_FRONTEND=noninteractive apt-get install -y -qq qemu-user libc6-arm64-cross libstdc++6-arm64-cross libgcc-s1-arm64-cross >/dev/null
# OpenSSL, by which .NET hashes, comes from Debian's arm64 packages; nothing of them is installed.
dpkg --add-architecture arm64
(cd "$work" && apt-get update -qq && apt-get download -qq libssl3:arm64)
dpkg --remove-architecture arm64
dpkg -x "$work"/libssl3_*.deb "$work/ssl"

out=tests/RankCollapse.Tests/bin/arm64
dotnet publish tests/RankCollapse.Tests -c Debug -r linux-arm64 --self-contained -p:RunAnalyzers=false -v quiet -nologo -o "$out" --artifacts-path "$work/artifacts"
cp "$work"/ssl/usr/lib/aarch64-linux-gnu/lib*.so.3 "$out"

# What qemu-user does not emulate well: memory mapped twice, concurrent collection, code that is exchanged while it runs.
export DOTNET_EnableWriteXorExecute=0 DOTNET_gcConcurrent=0 DOTNET_TieredCompilation=0 DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
qemu-aarch64 -L /usr/aarch64-linux-gnu -E LD_LIBRARY_PATH="$PWD/$out" "$out/RankCollapse.Tests" -noColor -class '*GoldenResultsTests'
