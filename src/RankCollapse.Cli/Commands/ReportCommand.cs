using System.CommandLine;
using RankCollapse.Cli.Output;
using RankCollapse.Cli.Parsing;
using RankCollapse.Formats;
using RankCollapse.Runs;

namespace RankCollapse.Cli.Commands;

/// <summary><c>report RUN</c>: one self-contained HTML page, and the figures as files.</summary>
internal static class ReportCommand
{
    /// <summary>The JSON document.</summary>
    internal static JsonShape<(string Run, string Page, IReadOnlyList<string> Figures)> Document =>
        new JsonShape<(string Run, string Page, IReadOnlyList<string> Figures)>()
        .Text("run", one => one.Run)
        .Text("report", one => one.Page)
        .Texts("figures", one => one.Figures);

    /// <summary>The verb.</summary>
    public static Command Create(CommandEnvironment environment)
    {
        var command = new Verb(
            "report", "Writes the report of a run, or of an ensemble, as one HTML page that needs no network, and its figures as SVG and PNG.")
        {
            Examples =
            ["rankcollapse report runs/first", "rankcollapse report runs/first --out first.html --no-figures", "rankcollapse report runs/ensemble"]
        };
        var path = new Argument<string>("RUN") { Description = "the folder of a run, as train wrote it, or of an ensemble of train --seeds" };
        Option<string> output = OptionValue.File("--out", "The page; - is standard output [RUN/report.html]", makesFolder: true);
        Option<bool> noFigures = OptionValue.Switch("--no-figures", "Do not write RUN/figures/");
        Option<bool> accept = CommonOptions.AcceptChanged();
        Option<bool> json = CommonOptions.Json();
        command.Add(path);
        command.Add(output);
        command.Add(noFigures);
        command.Add(accept);
        command.Add(json);
        command.SetAction(parsed =>
        {
            string folder = parsed.GetRequiredValue(path);
            bool isOnOutput = parsed.GetValue(output) == StandardOutput.Name;
            if (isOnOutput && parsed.GetValue(json)) throw new InvalidInputException("--json and --out - both write to standard output; give one of them.");
            parsed.Accept(accept, environment, folder);
            (string page, IReadOnlyList<string> figures) = Ensemble.IsIn(folder)
                ? ReportFiles.Write(Ensemble.Read(folder), folder, parsed.GetValue(output), !parsed.GetValue(noFigures))
                : ReportFiles.Write(RunFolder.Read(folder), RunFolder.Open(folder), parsed.GetValue(output), !parsed.GetValue(noFigures));
            if (isOnOutput) return ExitCode.Done;
            if (parsed.GetValue(json))
            {
                JsonOutput.Write(environment.Output, Document.Write((folder, page, figures)));
                return ExitCode.Done;
            }
            environment.Output.WriteLine($"report:  {page}");
            if (figures.Count > 0) environment.Output.WriteLine($"figures: {Path.GetDirectoryName(figures[0])} ({figures.Count} files)");
            return ExitCode.Done;
        });
        return command;
    }
}
