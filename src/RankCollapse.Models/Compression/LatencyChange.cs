namespace RankCollapse.Models.Compression;

/// <summary>How long a model and a changed one take for the same inputs, run in turn on this machine by ONNX Runtime.</summary>
/// <param name="Threads">How many threads.</param>
/// <param name="SampleCount">How many samples are given at once.</param>
/// <param name="SecondsBefore">The median time of the model.</param>
/// <param name="SecondsAfter">The median time of the changed one.</param>
/// <param name="Ratio">The median over pairs of time after by time before: below 1 the changed model is faster.</param>
/// <param name="LowerQuartile">The lower quartile of these ratios.</param>
/// <param name="UpperQuartile">The upper quartile.</param>
/// <param name="Pairs">How many pairs.</param>
public sealed record LatencyChange(
    int Threads, int SampleCount, double SecondsBefore, double SecondsAfter, double Ratio, double LowerQuartile, double UpperQuartile, int Pairs);
