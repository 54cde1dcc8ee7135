namespace RankCollapse.Collapse.Metrics;

/// <summary>The metrics of a layer beside the same layer of another model, its base: what fine-tuning changed.</summary>
internal static class ChangeMetrics
{
    internal static IReadOnlyList<Metric> All { get; } =
    [
        Of("changeNorm", "‖ΔW‖", "The size of the change, ΔW = W − B; large layers have large ones.", change => change.Spectrum.FrobeniusNorm),
        Of("relativeChange", "‖ΔW‖/‖B‖", "How large the change is beside the base; whether it matters to what the network does it does not say.",
            change => change.BaseNorm > 0 ? change.Spectrum.FrobeniusNorm / change.BaseNorm : MetricValue.Missing("The base's weights are 0."), isMain: true),
        Of("changeShare", "of all change", "The layer's part of Σ‖ΔW‖² over all layers: where fine-tuning went, by size and not by effect.",
            change => change.Total > 0 ? Square(change.Spectrum.FrobeniusNorm) / change.Total : MetricValue.Missing("No layer changed."),
            MetricFormat.Share, isMain: true),
        Of("normRatio", "‖W‖/‖B‖", "Whether the layer grew; 1 also where it only turned.",
            change => change.BaseNorm > 0 ? change.Norm / change.BaseNorm : MetricValue.Missing("The base's weights are 0.")),
        Of("changeSpectralNorm", "‖ΔW‖₂", "The most by which the change can move an output for an input of size 1.", change => change.Spectrum.SpectralNorm),
        Of("changeStableRank", "stable rank ΔW", "In how many directions the change would lie if all were as strong as the first.",
            change => Changed(change, change.Spectrum.StableRank), isMain: true, priority: 2),
        Of("changeRankAtEnergy90", "rank 90 %", "How many singular values hold 90 % of ‖ΔW‖²; energy is not effect.",
            change => Changed(change, change.Spectrum.EnergyRanks[0].Rank), MetricFormat.Count, isMain: true),
        Of("changeRankAtEnergy99", "rank 99 %", "How many hold 99 %: the rank of an adapter that misses a tenth of ‖ΔW‖.",
            change => Changed(change, change.Spectrum.EnergyRanks[1].Rank), MetricFormat.Count, isMain: true),
        Of("changeThreshold", "noise edge",
            "ω(β) times the median singular value of ΔW (Gavish and Donoho): below it values are no better than noise of that size.",
            change => Changed(change, change.Spectrum.GavishDonohoThreshold)),
        Of("changeAboveNoise", "above noise",
            "How many singular values of ΔW exceed that edge: directions that stand out of what else changed. Where most of the change is structure, its "
                + "median is no noise.",
            change => Changed(change, change.Spectrum.ValuesAboveGavishDonoho), MetricFormat.Count, isMain: true),
        Of("leftOverlap", "overlap U",
            "Mean cos² of the principal angles between the leading left singular subspaces of W and B: 1 where the layer's strongest outputs kept their "
                + "directions; equal singular values make a subspace arbitrary.",
            change => change.Overlap(block => block.LeftAngles), isMain: true),
        Of("rightOverlap", "overlap V", "The same of the right ones, the inputs that the layer takes most of.",
            change => change.Overlap(block => block.RightAngles), isMain: true),
        Of("largestLeftAngle", "angle U", "The largest of these angles on the left in degrees, 90 where a direction was lost.",
            change => change.LargestAngle(block => block.LeftAngles)),
        Of("largestRightAngle", "angle V", "The largest of these angles on the right in degrees.", change => change.LargestAngle(block => block.RightAngles)),
        Of("intruderDimensions", "intruders",
            "Leading left singular vectors of W that are like none of B (Shuttleworth et al. 2024), typical of low-rank adapters and of forgetting; vectors of "
                + "nearly equal singular values mix without anything new.",
            change => change.Subspaces.Sum(block => block.Intruders), MetricFormat.Count, isMain: true),
        Of("changeInLeadingLeft", "ΔW in U", "The part of ‖ΔW‖² that acts within the leading outputs of the base; r/m by chance.",
            change => change.Part(block => block.ChangeInLeft), MetricFormat.Share),
        Of("changeInLeadingRight", "ΔW in V", "The part of ‖ΔW‖² that takes the leading inputs of the base; r/n by chance.",
            change => change.Part(block => block.ChangeInRight), MetricFormat.Share),
    ];

    private static MetricValue Changed(MeasuredChange change, double number) => change.IsNone ? MetricValue.Missing("Nothing changed.") : number;

    private static double Square(double value) => value * value;

    private static Metric Of(
        string key, string heading, string meaning, Func<MeasuredChange, MetricValue> number, MetricFormat format = MetricFormat.Number, bool isMain = false,
        int priority = 1) =>
        new(key)
        {
            Heading = heading,
            Symbol = heading,
            Meaning = meaning,
            Format = format,
            Topic = MetricTopic.Change,
            Main = isMain ? MetricScopes.Changes : MetricScopes.None,
            Priority = priority,
            OfChange = number,
        };
}
