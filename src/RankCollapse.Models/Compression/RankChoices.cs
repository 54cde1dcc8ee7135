namespace RankCollapse.Models.Compression;

/// <summary>A rank of a layer.</summary>
/// <param name="Rank">r; 0 for the whole layer.</param>
/// <param name="Cost">The layer's parameters.</param>
/// <param name="Error">‖W − W_r‖²/‖W‖², in the norm of the layer's spectrum.</param>
internal readonly record struct RankChoice(int Rank, long Cost, double Error);

/// <summary>The ranks that a layer can have, and the whole layer, without those that cost more for no smaller error.</summary>
internal sealed class RankChoices
{
    /// <summary>Finds the choices.</summary>
    /// <param name="spectrum">The layer.</param>
    /// <param name="ranks">The ranks that are allowed, ascending.</param>
    public RankChoices(LayerSpectrum spectrum, IReadOnlyList<int> ranks)
    {
        Spectrum = spectrum;
        Ranks = ranks;
        var choices = new List<RankChoice>();
        foreach (int rank in ranks)
        {
            double error = spectrum.RelativeErrorAt(rank) * spectrum.RelativeErrorAt(rank);
            if (choices.Count == 0 || error < choices[^1].Error) choices.Add(new RankChoice(rank, spectrum.Layer.ParametersAt(rank), error));
        }
        if (choices.Count == 0 || choices[^1].Error > 0) choices.Add(new RankChoice(0, spectrum.Layer.Parameters, 0));
        Choices = choices;
        var hull = new List<int>();
        for (int i = 0; i < choices.Count; i++)
        {
            while (hull.Count >= 2 && Gain(hull[^2], hull[^1]) <= Gain(hull[^1], i)) hull.RemoveAt(hull.Count - 1);
            hull.Add(i);
        }
        Hull = hull;
    }

    /// <summary>The layer.</summary>
    public LayerSpectrum Spectrum { get; }

    /// <summary>The ranks that are allowed, ascending.</summary>
    public IReadOnlyList<int> Ranks { get; }

    /// <summary>The choices, by rising cost.</summary>
    public IReadOnlyList<RankChoice> Choices { get; }

    /// <summary>The places of the choices on the lower convex hull of error over cost.</summary>
    public IReadOnlyList<int> Hull { get; }

    /// <summary>The parameters at a rank; 0 for the whole layer.</summary>
    public long CostOf(int rank) => rank == 0 ? Spectrum.Layer.Parameters : Spectrum.Layer.ParametersAt(rank);

    /// <summary>The error that a step between two choices saves for each parameter.</summary>
    public double Gain(int from, int to) => (Choices[from].Error - Choices[to].Error) / (Choices[to].Cost - Choices[from].Cost);
}
