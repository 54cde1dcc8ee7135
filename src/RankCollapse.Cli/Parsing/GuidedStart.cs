namespace RankCollapse.Cli.Parsing;

/// <summary>What the command says where nothing is asked: five things that one can do, with the command for each.</summary>
internal static class GuidedStart
{
    private static readonly (string Goal, string Command)[] Steps =
    [
        ("Train five layers on MNIST until every layer has collapsed, and get a page about it (10 to 20 seconds)",
            "rankcollapse train --convention mean --lambda 1e-3 --gradient-tolerance 1e-8 --out runs/first"),
        ("Hold that run against the theory: what was forecast, and what is certified",
            "rankcollapse forecast --against runs/first"),
        ("Look into a model of your own: which rank each layer needs, and whether its features have collapsed",
            "rankcollapse inspect model.onnx --data data.npz --html model.html"),
        ("Train many networks from one file, with pictures and SQL over the results; examples writes the file",
            "rankcollapse examples sweep"),
        ("Reproduce a figure of the paper, with a verdict on each of its claims (20 to 40 seconds)",
            "rankcollapse reproduce fig2 --quick"),
    ];

    /// <summary>Their commands.</summary>
    public static IReadOnlyList<string> Examples { get; } = [.. Steps.Select(step => step.Command)];

    /// <summary>Writes them.</summary>
    public static void Write(TextWriter output)
    {
        output.WriteLine("rankcollapse trains L²-regularised networks to a stationary point and measures collapse and rank in every layer.");
        output.WriteLine();
        for (int i = 0; i < Steps.Length; i++)
        {
            output.WriteLine($"{i + 1}. {Steps[i].Goal}:");
            output.WriteLine($"     {Steps[i].Command}");
            output.WriteLine();
        }
        output.WriteLine("rankcollapse --help lists every verb; rankcollapse VERB --help its options; rankcollapse examples writes small things to try.");
    }
}
