using System.Text.RegularExpressions;

namespace RankCollapse.Cli.Output;

/// <summary>Spells the settings that the library's errors and advice name as options of the command: <c>raise max-epochs</c> as <c>raise --max-epochs</c>.</summary>
internal static class OptionNames
{
    /// <summary>The advice with its settings as options.</summary>
    public static string In(Advice advice) => In(advice.Text, advice.Settings);

    /// <summary>The message of an error with its settings as options.</summary>
    public static string In(RankCollapseException error) => In(error.Message, error.Settings);

    private static string In(string text, IReadOnlyList<string> settings)
    {
        foreach (string setting in settings) text = Regex.Replace(text, $@"(?<![\w\-/\\.]){Regex.Escape(setting)}(?![\w\-/\\]|\.\w)", "--" + setting, RegexOptions.None, TimeSpan.FromSeconds(1));
        return text;
    }
}
