using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using RankCollapse.Sweeps.Engines;
using RankCollapse.Sweeps.Work;

namespace RankCollapse.Cli.Parsing;

/// <summary>
/// The options that choose an engine and say what is asked of it: <c>--engine NAME</c>, a file <c>--NAME FILE</c> for each engine of which more can be
/// asked, and an option for each thing that engines take from the command line.
/// </summary>
internal sealed class EngineOptionSet
{
    private readonly Option<string> _engine = OptionValue.Name(
        "--engine", $"Where trainings run: {string.Join(", ", SweepEngines.All.Select(engine => $"{engine.Name} ({engine.Help})"))} "
            + $"[{SweepEngines.All[0].Name}]", "NAME", [.. SweepEngines.All.Names]);

    private readonly List<(Engine Engine, Option<string> Option)> _files = [];
    private readonly List<(string Name, Option<string> Option)> _single = [];

    /// <summary>Makes the options of the engines that there are now.</summary>
    /// <param name="command">What gets them.</param>
    /// <param name="withSingleOnes">Whether the single options are among them, beside the files.</param>
    public EngineOptionSet(Command command, bool withSingleOnes = true)
    {
        command.Add(_engine);
        foreach (Engine engine in SweepEngines.All)
        {
            string[] names = [.. engine.Options.Where(option => !option.IsOnCommandLine).Select(option => option.Name)];
            if (names.Length > 0)
                _files.Add((engine,
                    OptionValue.Of<string>(
                    $"--{engine.Name}", $"A JSON file of what is asked of the engine {engine.Name}, an object of: {string.Join(", ", names)}", "FILE")));
        }
        if (withSingleOnes)
        {
            foreach (EngineOption option in SweepEngines.All.SelectMany(engine => engine.Options).Where(option => option.IsOnCommandLine)
                .DistinctBy(option => option.Name))
                _single.Add((option.Name, OptionValue.Of<string>(NameOf(option.Name), option.Help, "n")));
        }
        foreach (Option option in _files.Select(file => file.Option).Concat(_single.Select(single => single.Option))) command.Add(option);
    }

    /// <summary>The engine, and what is asked of it.</summary>
    /// <exception cref="InvalidInputException">There is no such engine, or something is asked that it does not know.</exception>
    public (Engine Engine, EngineSettings Asked) Read(ParseResult parsed)
    {
        Engine engine = parsed.GetValue(_engine) is { } name ? SweepEngines.All.Parse(name) : SweepEngines.All[0];
        EngineSettings asked = EngineSettings.None;
        foreach ((Engine other, Option<string> option) in _files)
        {
            if (parsed.GetValue(option) is not { } file) continue;
            if (other != engine)
                throw new InvalidInputException($"{option.Name} is given, but the engine is {engine.Name}; give --engine {other.Name} too, or leave it out.");
            asked = engine.ReadFile(file);
        }
        foreach ((string single, Option<string> option) in _single)
        {
            if (parsed.GetValue(option) is { } text) asked = asked.With(ReadSingle(engine, single, option.Name, text));
        }
        return (engine, asked);
    }

    private static EngineSettings ReadSingle(Engine engine, string name, string option, string text)
    {
        if (engine.Options.FirstOrDefault(one => one.Name == name) is not { } known)
        {
            string others = string.Join(", ", SweepEngines.All.Where(other => other.Options.Any(one => one.Name == name)).Select(other => other.Name));
            throw new InvalidInputException($"{option} has no effect with the engine {engine.Name}; it has one with {others}.");
        }
        JsonNode value = long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            ? JsonValue.Create(number)
            : JsonValue.Create(text);
        known.Check(JsonDocument.Parse(value.ToJsonString()).RootElement, option);
        return engine.Ask(new JsonObject { [name] = value });
    }

    private static string NameOf(string name) => $"--{JsonNamingPolicy.KebabCaseLower.ConvertName(name)}";
}
