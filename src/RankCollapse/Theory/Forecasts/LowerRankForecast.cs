using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Training;

namespace RankCollapse.Theory.Forecasts;

/// <summary>
/// Collapse of lower rank than K: the lowest network found whose features Z^1 … Z^{m−1} have rank at most r, Z^m the last that no linear map makes (m = L − 1
/// unless linear layers come before the output), beside collapse at rank K.
/// </summary>
/// <remarks>
/// Theorem 4.2 asks for rank K, condition (III). Without it fewer dimensions than classes may cost less where activations can tell more classes apart than
/// there are dimensions (Súkeník, Lampert and Mondelli 2024, for relu). A network whose hidden layers but the last are r wide has such a rank; its centroid
/// problem is solved from several starts, the first of them the one of <see cref="GraphStart"/>. The last hidden layer keeps its width: linear outputs of K
/// classes need K dimensions before them. The ends are candidates: each bounds the least value
/// of its rank from above, and the comparison holds for what was found.
/// </remarks>
public sealed record LowerRankForecast
{
    /// <summary>r, the width of the hidden layers but the last.</summary>
    public required int Rank { get; init; }

    /// <summary>The lowest candidate of rank at most r.</summary>
    public required Forecast Candidate { get; init; }

    /// <summary>The lowest candidate of the full widths: collapse at rank K, where it has that rank.</summary>
    public required Forecast Collapse { get; init; }

    /// <summary>The ranks of the hidden features of <see cref="Collapse"/>.</summary>
    public required IReadOnlyList<int> CollapseRanks { get; init; }

    /// <summary>The candidate, lifted to all samples and widened to the full shape by units that are 0.</summary>
    public required Network Network { get; init; }

    /// <summary>How many starts each was looked for from.</summary>
    public required int Starts { get; init; }

    /// <summary>Whether the lower rank costs less.</summary>
    public bool IsLower => Candidate.Objective < Collapse.Objective;

    /// <summary>Looks for both.</summary>
    /// <param name="specification">The network's shape.</param>
    /// <param name="data">The data, with labels.</param>
    /// <param name="settings">The objective.</param>
    /// <param name="rank">r, at least 1 and below K.</param>
    /// <param name="seed">The seed of the first start.</param>
    /// <param name="starts">Starts of each.</param>
    /// <exception cref="InvalidInputException">r is out of range, the network is residual, has fewer than two hidden layers or an activation that does not fix
    /// 0, or the centroid problem does not exist.</exception>
    public static LowerRankForecast Compute(
        NetworkSpecification specification, DataSet data, ObjectiveSettings settings, int rank, long seed = 0, int starts = 8)
    {
        ArgumentNullException.ThrowIfNull(specification);
        ArgumentNullException.ThrowIfNull(data);
        int last = specification.Depth - 1;
        while (last > 0 && specification.IsLinear(last)) last--;
        int classes = data.OutputDimension, bottlenecks = (last == 0 ? specification.Depth - 1 : last) - 1;
        if (bottlenecks < 1 || specification.Architecture != Architecture.Feedforward)
            throw new InvalidInputException("A lower rank than K needs a feedforward network with at least 2 hidden layers up to the last that is not linear: "
                + "linear layers to K classes need K dimensions before them, and skips need equal widths; change depth, activation or architecture.")
            { Settings = ["depth", "activation", "architecture"] };
        int widest = specification.Widths.Take(bottlenecks).Max();
        if (rank < 1 || rank >= Math.Min(classes, widest))
            throw new InvalidInputException($"rank is {rank}; a lower rank than K lies between 1 and {Math.Min(classes, widest) - 1} here.")
            {
                Settings = ["rank"],
            };
        if (specification.Activations.Take(bottlenecks).FirstOrDefault(activation => !activation.FixesZero) is { } moving)
            throw new InvalidInputException($"Units that are 0 need an activation that fixes 0, and {moving.Name} does not; without such units a low rank is "
                + "no narrow network.");
        var options = new CentroidForecastOptions
        {
            Seed = seed,
            Starts = starts,
            MaxOperations = double.PositiveInfinity,
            MaxSteps = 300,
            GradientTolerance = 1e-5,
        };
        int[] widths = [.. specification.Widths.Select((width, i) => i < bottlenecks ? Math.Min(width, rank) : width)];
        NetworkSpecification narrow = specification.With(widths: widths);
        var candidate = CentroidForecast.Compute(narrow, data, settings, options with { BeginsWithGraph = true });
        Forecast collapse = CentroidForecast.Compute(specification, data, settings, options).Forecast;
        return new LowerRankForecast
        {
            Rank = rank,
            Candidate = candidate.Forecast with { Source = $"rank {rank}" },
            Collapse = collapse,
            CollapseRanks = [.. collapse.Layers.SkipLast(1).Select(layer => NumericalRank.Of([.. layer.FeatureSingularValues]))],
            Network = Widened(candidate.Lifted, specification),
            Starts = starts,
        };
    }

    private static Network Widened(Network narrow, NetworkSpecification specification)
    {
        var wide = new Network(specification);
        for (int l = 1; l <= specification.Depth; l++)
        {
            Matrix from = narrow.Weights(l), to = wide.Weights(l);
            for (int i = 0; i < from.Rows; i++)
            {
                from.Row(i).CopyTo(to.Row(i));
                if (narrow.Bias(l) is { } bias) wide.Bias(l)![i, 0] = bias[i, 0];
            }
        }
        return wide;
    }
}
