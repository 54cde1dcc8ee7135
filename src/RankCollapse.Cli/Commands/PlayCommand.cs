using System.CommandLine;
using RankCollapse.Cli.Output;
using RankCollapse.Cli.Parsing;
using RankCollapse.Cli.Playing;
using RankCollapse.Data;
using RankCollapse.Runs;

namespace RankCollapse.Cli.Commands;

/// <summary><c>play</c>: a page on which one turns the knobs of a training and watches what becomes of it.</summary>
internal static class PlayCommand
{
    /// <summary>The verb.</summary>
    public static Command Create(CommandEnvironment environment)
    {
        var command = new Verb("play", "Opens a page on which one turns the knobs of a training and watches every layer collapse.")
        {
            Computes = true,
            Notes = ["The page is for this machine alone: its address holds a random token, and nothing else may start, stop or read anything.",
                "Runs that are saved on the page go to runs/NAME, as those of train without --out do."],
            Examples =
            [
                "rankcollapse play",
                "rankcollapse play --data gaussian-mixture --samples 60 --classes 3 --dimension 20 --depth 4 --width 24 --convention mean --lambda 1e-2",
                "rankcollapse play --data moons --classes 2 --samples 100 --width 30 --convention mean --lambda 1e-3 --no-open",
            ],
        };
        var settings = new TrainingOptionSet(RunSettings.All);
        settings.AddTo(command);
        Option<int> port = OptionValue.Of<int>("--port", "The port; 0 takes a free one [0]", "n");
        Option<bool> noOpen = OptionValue.Switch("--no-open", "Print the address and open no browser");
        command.Add(port);
        command.Add(noOpen);
        command.SetAction(parsed =>
        {
            int wanted = parsed.GetValue(port);
            if (wanted is < 0 or > 65535) throw new InvalidInputException($"--port is {wanted}; expected 0 to 65535.");
            RunConfiguration configuration = settings.Apply(parsed, new RunConfiguration());
            // Read for its errors, which stand here in one line; the page would show them to nobody yet.
            configuration.Validate();
            DataSource.Load(configuration.ToDataRequest());
            var options = new StageOptions { Configuration = configuration, NameRun = RunName.For };
            ServeAsync(environment, options, wanted, !parsed.GetValue(noOpen)).GetAwaiter().GetResult();
            return ExitCode.Done;
        });
        return command;
    }

    private static async Task ServeAsync(CommandEnvironment environment, StageOptions options, int port, bool opens)
    {
        await using PlayServer server = await PlayServer.StartAsync(options, port);
        await environment.Output.WriteLineAsync(server.Address.ToString());
        bool isOpen = opens && BrowserStart.TryOpen(server.Entrance);
        await environment.Error.WriteLineAsync(isOpen ? "Opened in the browser; Ctrl-C ends it" : "Open this address in a browser; Ctrl-C ends it");
        await Task.Delay(Timeout.Infinite, environment.Cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
