@echo off
rem Runs the rankcollapse command from this source tree; builds it first when sources have changed.
setlocal
set "project=%~dp0src\RankCollapse.Cli"
set "publish=dotnet publish "%project%" -c Release -o "%project%\bin\publish" -v quiet -nologo -p:RunAnalyzers=false"
%publish% -p:PublishReadyToRun=true >nul 2>&1 || %publish% -p:PublishReadyToRun=false 1>&2 || exit /b 1
dotnet "%project%\bin\publish\RankCollapse.Cli.dll" %*
