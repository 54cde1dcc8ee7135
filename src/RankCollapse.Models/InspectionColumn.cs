using System.Globalization;
using RankCollapse.Collapse;
using RankCollapse.Models.Weights;

namespace RankCollapse.Models;

/// <summary>A number that is given of each layer: in tables, JSON, Parquet and the report under the same key.</summary>
/// <param name="Key">The name for machines.</param>
/// <param name="Heading">The name for people, short.</param>
/// <param name="Meaning">One sentence: what it tells, and what it does not.</param>
/// <param name="Value">The number of a layer; null where it does not exist.</param>
public sealed record InspectionColumn(string Key, string Heading, string Meaning, Func<InspectedLayer, double?> Value)
{
    /// <summary>Whether the numbers are counts.</summary>
    public bool IsWhole { get; init; }

    /// <summary>Whether it belongs to the few that are shown first.</summary>
    public bool IsMain { get; init; }

    /// <summary>The columns of the weights.</summary>
    /// <param name="classes">K for the tail energy; null leaves the column out.</param>
    public static IReadOnlyList<InspectionColumn> OfWeights(int? classes)
    {
        var columns = new List<InspectionColumn>
        {
            new("parameters", "weights", "How many numbers the layer has, its bias not counted; says nothing about how many it needs.", layer => layer.Parameters) { IsWhole = true, IsMain = true },
            new("spectralNorm", "σ max", "The most by which the layer can stretch a vector; not how much it stretches the vectors that reach it.", layer => layer.Spectrum.SpectralNorm) { IsMain = true },
            new("frobeniusNorm", "Frobenius", "The size of all weights together; it grows with the layer’s size, so that layers of different shapes do not compare.", layer => layer.Spectrum.FrobeniusNorm),
            new("stableRank", "stable rank", "Σs²/s₁²: in how many directions the energy would lie if all were as strong as the first; it ignores how weak directions add up to accuracy.", layer => layer.Spectrum.StableRank) { IsMain = true },
            new("effectiveRank", "effective rank", "exp of the entropy of s/Σs: how evenly the singular values are spread; not the rank at which the layer could be cut.", layer => layer.Spectrum.EffectiveRank) { IsMain = true },
            new("eigenvalueEntropy", "entropy", "Evenness of s² from 0 to 1; comparable between shapes, but blind to scale.", layer => layer.Spectrum.EigenvalueEntropy),
        };
        string[] ranks = ["1e-2", "1e-3", "1e-5", "epsilon"];
        for (int i = 0; i < ranks.Length; i++)
        {
            int index = i;
            string tolerance = i == 3 ? "max(m, n)·ε" : $"10{"⁻²⁻³⁻⁵".AsSpan(2 * i, 2)}";
            string meaning = i == 3
                ? "How many singular values rounding cannot explain: the rank of the matrix as numbers; trained layers nearly always have all of them."
                : $"How many singular values exceed {tolerance} of the largest; whether the smaller ones matter to the network it does not say.";
            columns.Add(new InspectionColumn($"numericalRank{ranks[i]}", $"rank {tolerance}", meaning, layer => layer.Spectrum.NumericalRank(layer.Spectrum.RankTolerances[index])) { IsWhole = true, IsMain = i == 1 });
        }
        if (classes is { } k)
            columns.Add(new InspectionColumn("tailEnergy", $"tail beyond {k}", $"The part of Σs² beyond the first K = {k}: 0 where the layer has collapsed to rank K; small also where few directions merely dominate.", layer => layer.Spectrum.TailEnergy(k)) { IsMain = true });
        columns.AddRange(
        [
            new("marchenkoPasturEdge", "noise edge", "The largest singular value that random weights of the same size and variance would have (Marchenko and Pastur); structure that hides below it is not excluded.", layer => layer.Spectrum.MarchenkoPasturEdge),
            new("valuesAboveEdge", "above edge", "How many singular values stand out of what random weights would have; a few large ones raise the edge and can hide others.", layer => layer.Spectrum.ValuesAboveEdge) { IsWhole = true, IsMain = true },
            new("powerLawExponent", "α", "Exponent of the power law fitted to the largest s²; 2 to 6 is usual for trained layers, but the fit means something only with a small distance and a large sample.", layer => layer.Spectrum.PowerLaw?.Exponent) { IsMain = true },
            new("powerLawDistance", "KS distance", "How far the tail lies from that power law, from 0 to 1; a small one does not exclude other laws.", layer => layer.Spectrum.PowerLaw?.KolmogorovSmirnovDistance) { IsMain = true },
            new("powerLawSample", "tail size", "How many eigenvalues the power law was fitted to; below about 50 an exponent means little.", layer => layer.Spectrum.PowerLaw?.SampleSize) { IsWhole = true },
            new("powerLawMinimum", "tail from", "The smallest s² in the fitted tail; a by-product of the fit, no property of the network.", layer => layer.Spectrum.PowerLaw?.Minimum),
            new("breakEvenRank", "break-even", "mn/(m+n): factors of a lower rank have fewer weights than the matrix; whether they are accurate enough is another question.", layer => layer.Spectrum.BreakEvenRank),
        ]);
        for (int i = 0; i < EnergyRank.Levels.Count; i++)
        {
            int index = i;
            string percent = (100 * EnergyRank.Levels[i]).ToString(CultureInfo.InvariantCulture);
            columns.Add(new InspectionColumn($"rankAtEnergy{percent}", $"rank {percent} %", $"How many singular values hold {percent} % of Σs²; energy is not accuracy, and the lost part may be what matters.", layer => layer.Spectrum.EnergyRanks[index].Rank) { IsWhole = true, IsMain = i == 1 });
            columns.Add(new InspectionColumn($"savedAtEnergy{percent}", $"saved {percent} %", $"The part of the layer’s weights that factors of that rank would save, 0 where they would be larger; it does not say what the network loses.", layer => layer.Spectrum.EnergyRanks[index].ParametersSaved / (double?)layer.Parameters) { IsMain = i == 1 });
        }
        return columns;
    }
}
