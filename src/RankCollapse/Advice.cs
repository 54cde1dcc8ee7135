namespace RankCollapse;

/// <summary>What a user can do, in a sentence that names settings as files do; a front end may spell them as its own options.</summary>
/// <param name="Text">The sentence.</param>
/// <param name="Settings">The settings that it names, in kebab case, and the arguments of front doors such as <c>resume</c>.</param>
public sealed record Advice(string Text, params IReadOnlyList<string> Settings)
{
    /// <inheritdoc/>
    public override string ToString() => Text;
}
