#!/usr/bin/env bash
# Makes the packages and the archive of this system and uses them as their users do, in empty folders: build/try-packages.sh [--made, to take those in artifacts].
# The tool is installed and run, each library's program of its readme and a script are built and run, the archive is unpacked in a root that holds a C library
# and nothing else, and runs the main job there. Sizes and start-up are held against what they may be. About three minutes on two cores.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
rid=linux-x64
[ "$(uname -sm)" = "Linux x86_64" ] || { echo "skipped: this is written for $rid"; exit 0; }
if [ "${1:-}" != --made ]; then
    build/packages "$rid"
    build/archive "$rid"
fi
version=$(build/version.sh)
feed=$PWD/artifacts/packages
archive=$PWD/artifacts/rankcollapse-$version-$rid.tar.gz
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "error: $*" >&2; exit 1; }
say() { printf '\n-- %s\n' "$*"; }
# A limit that must hold, of numbers.
within() { # what, found, most, unit
    printf '%-48s %8.2f %s (at most %s)\n' "$1" "$2" "$4" "$3"
    awk "BEGIN { exit !($2 <= $3) }" || fail "$1: $2 $4 is more than $3"
}
# The least processor seconds of 20 starts; others may load the machine.
start_up() {
    local TIMEFORMAT='%U %S'
    for _ in $(seq 20); do { time "$@" >/dev/null 2>&1; } 2>&1; done | awk '{ t = $1 + $2; if (NR == 1 || t < least) least = t } END { print least }'
}

# Packages of others may come from the machine's folder of packages; ours are not there, and where they go is empty.
others=${NUGET_PACKAGES:-$HOME/.nuget/packages}
[ -z "$(ls -d "$others"/rankcollapse* 2>/dev/null)" ] || fail "packages of ours lie in $others"
export NUGET_PACKAGES=$work/packages DOTNET_CLI_HOME=$work/home DOTNET_NOLOGO=1
unset CI ContinuousIntegrationBuild
for file in Directory.Build.props Directory.Build.targets Directory.Packages.props; do echo '<Project />' >"$work/$file"; done
cat >"$work/nuget.config" <<XML
<configuration>
  <packageSources><add key="ours" value="$feed" /></packageSources>
  <fallbackPackageFolders><add key="others" value="$others" /></fallbackPackageFolders>
</configuration>
XML
cd "$work"

say "The tool"
before=$(date +%s%N)
dotnet tool install -g rankcollapse --version "$version" --add-source "$feed" | tail -n 1
within "installing the tool" "$(awk "BEGIN { print ($(date +%s%N) - $before) / 1e9 }")" "${INSTALL_SECONDS:-20}" s
tool=$work/home/.dotnet/tools/rankcollapse
[ "$("$tool" --version)" = "$version" ] || fail "the tool says another version"
# With the two copies of the package that the SDK keeps; of other systems, build/packages checks the same.
within "the tool as installed" "$(du -sm "$work/home/.dotnet/tools/.store" | cut -f1)" 200 MB
within "the tool's start, --version" "$(start_up "$tool" --version)" 0.2 s
# dnx is a script beside dotnet that calls this.
dotnet dnx "rankcollapse@$version" --yes --add-source "$feed" -- examples digits >/dev/null
[ -s example-digits/digits.npz ] || fail "dnx wrote no example"
small="--data gaussian-mixture --samples 60 --classes 3 --dimension 12 --width 24 --depth 3 --convention mean --lambda 1e-2"
# shellcheck disable=SC2086 # Words.
"$tool" train $small --out runs/first 2>/dev/null | tail -n 3
"$tool" query "SELECT run, objective FROM runs" runs/first

say "The libraries: the program of each readme"
"$tool" examples model >/dev/null && cp example-model/model.safetensors .
"$tool" examples sweep >/dev/null && cp example-sweep/sweep.json .
# Smaller than what is shown, so that it ends soon.
program() {
    sed -n '/^    using/,/^[^ ]/s/^    //p' "$OLDPWD/src/$1/README.md" \
        | sed 's:Lambda = 1e-3:Lambda = 1e-2, Data = "gaussian-mixture", Samples = 60, Classes = 3, Dimension = 12, Width = [24]:; s:runs/first"):runs/library"):'
}
for library in RankCollapse RankCollapse.Models RankCollapse.Sweeps RankCollapse.Reporting; do
    package=${library/%RankCollapse/RankCollapse.Core}
    mkdir "$library"
    program "$library" >"$library/Program.cs"
    cat >"$library/$library.Sample.csproj" <<XML
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings></PropertyGroup>
  <ItemGroup><PackageReference Include="$package" Version="$version" /></ItemGroup>
</Project>
XML
    dotnet run --project "$library" -v quiet || fail "the program of $package"
    grep -qa '\.pdb' "$feed/$package.$version.snupkg" || fail "$package has no symbols"
done
[ -s report.html ] && [ -s smaller.safetensors ] || fail "the programs left nothing"

say "A script"
{ echo "#:package RankCollapse.Core@$version"; program RankCollapse; } | sed 's:runs/library:runs/script:' >script.cs
dotnet run script.cs

say "The archive, where there is a C library and nothing else"
(cd "$(dirname "$archive")" && sha256sum -c --quiet "$archive.sha256")
within "the archive" "$(($(stat -c %s "$archive") / 1000000))" 110 MB
mkdir -p root/{proc,dev,tmp,lib64,lib/x86_64-linux-gnu,etc}
tar -xzf "$archive" -C root
mv root/rankcollapse-* root/rankcollapse
for library in libc.so.6 libm.so.6 libdl.so.2 libpthread.so.0 librt.so.1 libgcc_s.so.1 libstdc++.so.6; do
    cp -L "$(ldconfig -p | awk -v name="$library" '$1 == name && /x86-64/ { print $NF; exit }')" root/lib/x86_64-linux-gnu/
done
cp -L /lib64/ld-linux-x86-64.so.2 root/lib64/
within "the archive's start, --version" "$(start_up root/rankcollapse/rankcollapse --version)" "${START_SECONDS:-0.12}" s
within "the archive's start, --help" "$(start_up root/rankcollapse/rankcollapse --help)" "${START_SECONDS:-0.12}" s
share=root/rankcollapse/share
grep -q '^\.TH RANKCOLLAPSE' $share/man/man1/rankcollapse.1 || fail "there is no manual"
if ! unshare --mount --net --pid --fork true 2>/dev/null; then
    echo "skipped: this machine gives no roots of one's own"
    exit 0
fi
# No .NET, no shell, no network; nobody's user, who has no home.
chmod 1777 root/tmp
cp example-model/model.safetensors root/tmp/
cat >root/tmp/sweep.json <<JSON
{ "settings": { "data": "gaussian-mixture", "samples": 24, "classes": 3, "width": 8, "convention": "mean", "lambda": 1e-2 }, "grid": { "depth": [2, 3] } }
JSON
inside() {
    # shellcheck disable=SC2016 # $@ are those of the inner shell.
    unshare --mount --net --pid --fork sh -c '
        mount -t proc proc root/proc && mount --bind /dev root/dev || exit
        exec env -i "$(command -v chroot)" --userspec=65534:65534 root /rankcollapse/rankcollapse "$@"' sh "$@"
}
# shellcheck disable=SC2086 # Words.
inside train $small --out /tmp/run 2>/dev/null | tail -n 3
grep -q '"status": "converged"' root/tmp/run/summary.json && [ -s root/tmp/run/report.html ] || fail "the run in the empty root"
inside inspect /tmp/model.safetensors --html /tmp/model.html | tail -n 3
[ -s root/tmp/model.html ] || fail "there is no page of the model"
inside query "SELECT run, objective FROM runs" /tmp/run
# A model that is run on data, by ONNX Runtime.
inside compress /tmp/run --rank 2 --out /tmp/model.onnx >/dev/null 2>&1
inside inspect /tmp/model.onnx --data /tmp/run --html /tmp/onnx.html 2>/dev/null | tail -n 1
[ -s root/tmp/onnx.html ] || fail "there is no page of the ONNX model"
# The manual and the completions are those of the program.
inside man | cmp - $share/man/man1/rankcollapse.1
inside completion bash | cmp - $share/bash-completion/completions/rankcollapse
inside completion zsh | cmp - $share/zsh/site-functions/_rankcollapse
inside completion fish | cmp - $share/fish/vendor_completions.d/rankcollapse.fish
# What is read as JSON with many names, and hashed.
inside train --config /tmp/run/config.json --out /tmp/again --no-report 2>/dev/null | tail -n 1
inside sweep /tmp/sweep.json --out /tmp/sweep --engine in-process 2>/dev/null | tail -n 2
inside query "SELECT count(*) AS trials FROM runs WHERE status = 'converged'" /tmp/sweep
# Without their libraries, models are compressed all the same, and what cannot be done is said.
rm root/rankcollapse/lib*
says() {
    local words=$1
    shift
    { inside "$@" || true; } 2>&1 | grep "$words" || fail "without its libraries, $1 does not say: $words"
}
says 'Not run: the library of ONNX Runtime' compress /tmp/model.onnx --rank 1 --out /tmp/smaller.onnx
[ -s root/tmp/smaller.onnx ] || fail "nothing was compressed"
says 'model.onnx cannot be run here: the library of ONNX Runtime' inspect /tmp/model.onnx --data /tmp/run
says 'error: .*duckdb.*; the program.s libraries lie beside it' query "SELECT run FROM runs" /tmp/run
says 'error: .*SkiaSharp.*; the program.s libraries lie beside it' report /tmp/run
