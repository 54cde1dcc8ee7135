namespace RankCollapse.Models.Compression;

/// <summary>What a model and a changed one get right of the same samples.</summary>
/// <param name="Data">What the samples are.</param>
/// <param name="SampleCount">N.</param>
/// <param name="RightBefore">How many the model predicts right.</param>
/// <param name="RightAfter">How many the changed one does.</param>
/// <param name="Lost">How many the model predicts right and the changed one does not.</param>
public sealed record AccuracyChange(string Data, int SampleCount, int RightBefore, int RightAfter, int Lost)
{
    /// <summary>How many the changed model predicts right and the model does not.</summary>
    public int Gained => RightAfter - RightBefore + Lost;

    /// <summary>The share that the model predicts right.</summary>
    public double Before => (double)RightBefore / SampleCount;

    /// <summary>The share that the changed model predicts right.</summary>
    public double After => (double)RightAfter / SampleCount;

    /// <summary>√(p(1 − p)/N) for p = <see cref="Before"/>: how far it is, as a rule, from the accuracy on all samples of the kind.</summary>
    public double BeforeStandardError => StandardError(Before);

    /// <summary>The same for <see cref="After"/>.</summary>
    public double AfterStandardError => StandardError(After);

    /// <summary>(RightAfter − RightBefore)/N.</summary>
    public double Change => (double)(RightAfter - RightBefore) / SampleCount;

    /// <summary>
    /// √(b + c − (b − c)²/N)/N with b lost and c gained: that of the change, much below those of both accuracies, because the samples are the same
    /// (McNemar 1947).
    /// </summary>
    public double ChangeStandardError =>
        Math.Sqrt(Math.Max(0, Lost + Gained - ((double)(Lost - Gained) * (Lost - Gained) / SampleCount))) / SampleCount;

    private double StandardError(double share) => Math.Sqrt(share * (1 - share) / SampleCount);
}
