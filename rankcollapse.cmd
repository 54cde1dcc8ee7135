@echo off
rem Runs the rankcollapse command from this source tree; builds it first when sources have changed.
setlocal
set "project=%~dp0src\RankCollapse.Cli"
dotnet build "%project%" -c Release -v quiet -nologo 1>&2 || exit /b 1
dotnet "%project%\bin\Release\net10.0\RankCollapse.Cli.dll" %*
