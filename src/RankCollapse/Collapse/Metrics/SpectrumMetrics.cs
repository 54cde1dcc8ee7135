using System.Globalization;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Collapse.Metrics;

/// <summary>The metrics of the distribution of a layer's singular values, and of what factors of a lower rank would save.</summary>
internal static class SpectrumMetrics
{
    internal static IReadOnlyList<Metric> All { get; } =
    [
        Of("eigenvalueEntropy", "entropy", "Evenness of s² from 0 to 1; comparable between shapes, but blind to scale.", s => s.EigenvalueEntropy),
        Rank("1e-2", "10⁻²", "How many singular values exceed 10⁻² of the largest; whether the smaller ones matter to the network it does not say.", _ => 1e-2),
        Rank("1e-3", "10⁻³", "How many singular values exceed 10⁻³ of the largest; whether the smaller ones matter to the network it does not say.",
            _ => 1e-3, isMain: true),
        Rank("Epsilon", "max(m, n)·ε",
            "How many singular values rounding cannot explain: the rank of the matrix as numbers; trained layers nearly always have all of them.",
            s => Tolerances.PseudoInverseCutoff(s.Shape.Rows, s.Shape.Columns)),
        Of("marchenkoPasturEdge", "noise edge",
            "The largest singular value that random weights of the same size and variance would have (Marchenko and Pastur); structure that hides below it is "
                + "not excluded.",
            s => s.MarchenkoPasturEdge),
        Of("valuesAboveEdge", "above edge",
            "How many singular values stand out of what random weights would have; a few large ones raise the edge and can hide others.",
            s => s.ValuesAboveEdge, MetricFormat.Count, isMain: true),
        Of("gavishDonohoThreshold", "noise threshold",
            "2.86 times the median s for square matrices, more exactly ω(β) times (Gavish and Donoho): the best threshold above noise of unknown size; weights "
                + "are no noise, and structure below it is not excluded.",
            s => s.GavishDonohoThreshold),
        Of("valuesAboveGavishDonoho", "above threshold",
            "How many singular values exceed that threshold; a few large ones do not raise it, but where most values are structure the median is no noise.",
            s => s.ValuesAboveGavishDonoho, MetricFormat.Count),
        Of("powerLawExponent", "α",
            "Exponent of the power law fitted to the largest s²; 2 to 6 is usual for trained layers, but the fit means something only with a small distance "
                + "and a large sample, and it changes with the ratio of the layer's sides, also where nothing was learned.",
            s => s.PowerLaw?.Exponent, isMain: true, isAveraged: true),
        Of("powerLawDistance", "KS distance", "How far the tail lies from that power law, from 0 to 1; a small one does not exclude other laws.",
            s => s.PowerLaw?.KolmogorovSmirnovDistance, isMain: true),
        Of("powerLawSample", "tail size", "How many eigenvalues the power law was fitted to; below about 50 an exponent means little.",
            s => s.PowerLaw?.SampleSize, MetricFormat.Count),
        Of("powerLawMinimum", "tail from", "The smallest s² in the fitted tail; a by-product of the fit, no property of the network.",
            s => s.PowerLaw?.Minimum),
        Of("hillExponent", "α of half",
            "The exponent fitted to the larger half of s² (Hill), which varies less than α because the tail is not chosen; where half of them are no tail it "
                + "says so nowhere.",
            s => s.HillExponent),
        Of("hillExponentFixedAspect", "α of squares",
            "The exponent of the larger half of s² of square windows (Hu et al. 2025): comparable between layers of different shapes, as α is not; but a "
                + "window sees a part of the layer only.",
            s => s.HillExponentAtFixedAspect, isMain: true, isAveraged: true, priority: 2),
        Of("weightedAlpha", "weighted α",
            "α·log₁₀ s₁²: the exponent weighted by the layer's size; its mean goes with test accuracy in series of one architecture, a single one says little.",
            s => s.WeightedExponent, isAveraged: true),
        Of("logAlphaNorm", "log α-norm", "log₁₀ Σ(s²)^α, nearly the weighted α where one value dominates.", s => s.LogAlphaNorm, isAveraged: true),
        Of("logNorm", "log norm", "log₁₀ Σs²: the layer's size; not comparable between shapes.", s => s.LogNorm, isAveraged: true),
        Of("logSpectralNorm", "log spectral norm", "log₁₀ s₁²: how far the layer can stretch a vector, squared.", s => s.LogSpectralNorm, isAveraged: true),
        Of("breakEvenRank", "break-even",
            "mn/(m+n): factors of a lower rank have fewer weights than the matrix; whether they are accurate enough is another question.",
            s => s.BreakEvenRank),
        .. EnergyRank.Levels.SelectMany(AtEnergy),
    ];

    private static IEnumerable<Metric> AtEnergy(double level, int index)
    {
        string percent = (100 * level).ToString(CultureInfo.InvariantCulture);
        yield return Of(
            $"rankAtEnergy{percent}", $"rank {percent} %",
            $"How many singular values hold {percent} % of Σs²; energy is not accuracy, and the lost part may be what matters.",
            s => s.EnergyRanks[index].Rank, MetricFormat.Count, isMain: index == 1);
        yield return new Metric($"savedAtEnergy{percent}")
        {
            Heading = $"saved {percent} %",
            Symbol = $"saved {percent} %",
            Meaning =
                "The part of the layer's weights that factors of that rank would save, 0 where they would be larger; it does not say what the network loses.",
            Format = MetricFormat.Share,
            Topic = MetricTopic.Spectrum,
            Main = index == 1 ? MetricScopes.Weights : MetricScopes.None,
            OfWeights = weights => (double?)weights.Spectrum.EnergyRanks[index].ParametersSaved / weights.Parameters,
        };
    }

    private static Metric Rank(string name, string tolerance, string meaning, Func<WeightSpectrum, double> relative, bool isMain = false) =>
        Of($"weightNumericalRank{name}", $"rank {tolerance}", meaning, s => s.NumericalRank(relative(s)), MetricFormat.Count, isMain);

    private static Metric Of(
        string key, string heading, string meaning, Func<WeightSpectrum, double?> number, MetricFormat format = MetricFormat.Number, bool isMain = false,
        bool isAveraged = false, int priority = 1) =>
        new(key)
        {
            Heading = heading,
            Symbol = heading,
            Meaning = meaning,
            Format = format,
            Topic = MetricTopic.Spectrum,
            Main = isMain ? MetricScopes.Weights : MetricScopes.None,
            IsAveraged = isAveraged,
            Priority = priority,
            OfWeights = weights => number(weights.Spectrum),
        };
}
