using System.CommandLine;
using RankCollapse.Runs;

namespace RankCollapse.Cli.Parsing;

/// <summary>An option of <c>train</c> that is a setting of the run.</summary>
internal abstract class SettingOption
{
    /// <summary>The option.</summary>
    public abstract Option Symbol { get; }

    /// <summary>The settings with this option's value, where it was given.</summary>
    public abstract RunConfiguration Apply(ParseResult parsed, RunConfiguration configuration);

    /// <summary>Whether the option was given.</summary>
    public bool IsGiven(ParseResult parsed) => parsed.GetResult(Symbol) is { Implicit: false };
}

/// <summary>An option with a value of one type.</summary>
internal sealed class SettingOption<T>(Option<T> option, Func<RunConfiguration, T, RunConfiguration> set) : SettingOption
{
    public override Option Symbol => option;

    public override RunConfiguration Apply(ParseResult parsed, RunConfiguration configuration) =>
        IsGiven(parsed) ? set(configuration, parsed.GetValue(option)!) : configuration;
}
