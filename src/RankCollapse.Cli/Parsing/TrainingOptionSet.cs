using System.CommandLine;
using System.CommandLine.Parsing;
using RankCollapse.Runs;

namespace RankCollapse.Cli.Parsing;

/// <summary>Settings of runs as options of a verb.</summary>
/// <param name="settings">The settings that the verb uses, in the order of its help.</param>
internal sealed class TrainingOptionSet(IEnumerable<Setting> settings)
{
    /// <summary>The name of the option for a file of settings.</summary>
    public const string ConfigName = "--config";

    private readonly Option<string> _config = OptionValue.Of<string>(
        ConfigName, "Read settings from a JSON file with the same names in camel case; options given here win", "FILE");
    private readonly (Setting Setting, Option Option)[] _options = [.. settings.Select(setting => (setting, OptionOf(setting)))];

    /// <summary>The settings that were given on the command line.</summary>
    public IEnumerable<Setting> Given(ParseResult parsed) =>
        _options.Where(one => parsed.GetResult(one.Option) is { Implicit: false }).Select(one => one.Setting);

    /// <summary>Adds all options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach ((_, Option option) in _options) command.Add(option);
        command.Add(_config);
    }

    /// <summary>
    /// The settings that the command line and its file give, laid over others, or over the problem of the run whose weights they begin with.
    /// </summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="start">What they are laid over.</param>
    /// <exception cref="InvalidInputException">The file cannot be used, or a setting on the command line has no effect with the others.</exception>
    public RunConfiguration Apply(ParseResult parsed, RunConfiguration start)
    {
        RunConfiguration configuration = Over(parsed, start);
        if (start.From is null && configuration.From is { } from && RunFolder.ReadProblem(from) is { } problem) configuration = Over(parsed, problem);
        foreach (Setting idle in Given(parsed).Where(setting => !setting.Concerns(configuration)))
            throw new InvalidInputException($"--{idle.Name} {idle.WhyIdle(configuration)}; leave it out.");
        return configuration;
    }

    private RunConfiguration Over(ParseResult parsed, RunConfiguration start)
    {
        RunConfiguration configuration = parsed.GetValue(_config) is { } file ? RunConfiguration.ReadFile(file, start) : start;
        foreach ((Setting setting, Option option) in _options)
        {
            if (parsed.GetResult(option) is not { Implicit: false }) continue;
            configuration = setting.With(configuration, option is Option<object> valued ? parsed.GetValue(valued) : true);
        }
        return configuration;
    }

    /// <summary>Whether a setting was given, on the command line or in its file.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="property">The property of <see cref="RunConfiguration"/>.</param>
    public bool IsGiven(ParseResult parsed, string property)
    {
        Setting setting = RunSettings.Of(property);
        return Given(parsed).Contains(setting) || (parsed.GetValue(_config) is { } file && RunConfiguration.NamesInFile(file).Contains(setting.JsonName));
    }

    private static Option OptionOf(Setting setting)
    {
        string name = $"--{setting.Name}";
        if (setting.ValueName is null) return OptionValue.Switch(name, setting.HelpWithValues);
        var option = new Option<object>(name)
        {
            Description = setting.HelpWithValues,
            HelpName = setting.ValueName,
            Arity = ArgumentArity.ExactlyOne,
            CustomParser = result => Read(setting, result)!,
        };
        option.CompletionSources.Add([.. setting.Names]);
        return option;
    }

    private static object? Read(Setting setting, ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        object? value = setting.Parse(text);
        if (value is not null) return value;
        string advice = setting.Type.IsEnum ? $"; {NearMatches.Advice(text, setting.Names)}" : $", expected {setting.ExpectedOption}.";
        result.AddError($"The option --{setting.Name} is '{ErrorText.Printable(text)}'{advice}");
        return null;
    }
}
