using System.Text.RegularExpressions;

namespace RankCollapse.Cli.Output;

/// <summary>
/// Spells the settings that the library's errors and advice name as options of the command: <c>raise max-epochs</c> as <c>raise --max-epochs</c>.
/// </summary>
internal static class OptionNames
{
    /// <summary>The advice with its settings as options.</summary>
    public static string In(Advice advice) => In(advice.Text, advice.Settings);

    /// <summary>The message of an error with its settings as options.</summary>
    public static string In(RankCollapseException error) => In(error.Message, error.Settings);

    /// <summary>Replaces the last occurrence of each name as a word: values that may happen to be called so come first.</summary>
    private static string In(string text, IReadOnlyList<string> settings)
    {
        foreach (string setting in settings)
        {
            var word = new Regex($@"(?<![\w\-/\\.]){Regex.Escape(setting)}(?![\w\-/\\]|\.\w)", RegexOptions.RightToLeft, TimeSpan.FromSeconds(1));
            text = word.Replace(text, "--" + setting, count: 1);
        }
        return text;
    }
}
