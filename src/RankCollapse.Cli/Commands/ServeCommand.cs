using System.CommandLine;
using System.Net;
using RankCollapse.Cli.Output;
using RankCollapse.Cli.Parsing;
using RankCollapse.Cli.Serving;

namespace RankCollapse.Cli.Commands;

/// <summary><c>serve [FOLDER]</c>: a web page that follows sweeps and runs.</summary>
internal static class ServeCommand
{
    private const int DefaultPort = 8321;

    /// <summary>The verb.</summary>
    public static Command Create(CommandEnvironment environment)
    {
        var command = new Verb("serve", "Serves a web page that follows sweeps and runs while they train: progress, heat maps, curves.")
        {
            Notes = ["The page is for this machine alone. With --address it can be seen on a network, by those who are given its whole address: it holds a "
                + "random token. The connection is not encrypted."],
            Examples = ["rankcollapse serve sweeps/phase", "rankcollapse serve . --address 0.0.0.0 --port 8400"],
        };
        var folder = new Argument<string>(
            "FOLDER")
        { Description = "the folder of a sweep or of runs, or one that holds them [the current folder]", DefaultValueFactory = _ => "." };
        Option<string> address = OptionValue.Of<string>("--address", "Listen on this address of the machine; 0.0.0.0 for all [127.0.0.1]", "IP");
        Option<int> port = OptionValue.Of<int>("--port", $"The port; 0 takes a free one [{DefaultPort}]", "n");
        var host = new Option<string[]>(
            "--host")
        { Description = "Also answer to this name of the machine; may be repeated", HelpName = "NAME", Arity = ArgumentArity.OneOrMore };
        command.Add(folder);
        foreach (Option option in (Option[])[address, port, host]) command.Add(option);
        command.SetAction(parsed =>
        {
            int wanted = parsed.GetResult(port) is null ? DefaultPort : parsed.GetValue(port);
            if (wanted is < 0 or > 65535) throw new InvalidInputException($"--port is {wanted}; expected 0 to 65535.");
            string at = parsed.GetValue(address) ?? "127.0.0.1";
            if (!IPAddress.TryParse(at, out IPAddress? ip))
                throw new InvalidInputException($"--address is '{ErrorText.Printable(at)}'; expected the number of an address, such as 127.0.0.1 or 0.0.0.0.");
            var options = new LiveServerOptions { Folder = parsed.GetValue(folder)!, Address = ip, Port = wanted, HostNames = parsed.GetValue(host) ?? [] };
            ServeAsync(environment, options).GetAwaiter().GetResult();
            return ExitCode.Done;
        });
        return command;
    }

    private static async Task ServeAsync(CommandEnvironment environment, LiveServerOptions options)
    {
        await using LiveServer server = await LiveServer.StartAsync(options);
        await environment.Output.WriteLineAsync(server.Address.ToString());
        await environment.Error.WriteLineAsync($"Serving {options.Folder}; Ctrl-C ends it");
        await Task.Delay(Timeout.Infinite, environment.Cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
