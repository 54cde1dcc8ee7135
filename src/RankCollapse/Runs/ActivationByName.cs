using RankCollapse.Networks;

namespace RankCollapse.Runs;

/// <summary>The one place where settings' names become activations.</summary>
internal static class ActivationByName
{
    private static readonly string[] Known = [Activation.Identity.Name, Activation.Tanh.Name];

    public static Activation Parse(string name) => name switch
    {
        "identity" => Activation.Identity,
        "tanh" => Activation.Tanh,
        _ => throw new InvalidInputException($"There is no activation '{InputFile.Printable(name)}'; {NearMatches.Advice(name, Known)}"),
    };
}
