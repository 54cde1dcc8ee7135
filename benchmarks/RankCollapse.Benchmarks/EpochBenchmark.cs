using System.Diagnostics;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Training;

namespace RankCollapse.Benchmarks;

/// <summary>One Adam epoch of the Section 5.3 network on one thread, against the FMA peak: only the 2mnk of its products are counted.</summary>
internal static class EpochBenchmark
{
    public static void Run(int depth, double seconds)
    {
        int[] widths = [.. Enumerable.Repeat(200, depth - 1), 10];
        var specification = new NetworkSpecification(784, widths);
        DataSet data = TrainingData();
        var stream = new RandomStream(0, RandomPurpose.Initialization);
        var network = new Network(specification);
        for (int l = 1; l <= depth; l++)
        {
            double scale = 1 / Math.Sqrt(specification.Width(l - 1));
            foreach (ref double w in network.Weights(l).AsSpan()) w = scale * stream.NextGaussian();
        }
        var objective = new Objective(specification, data, new ObjectiveSettings());
        var solver = new AdamSolver(objective, network, new LearningRate(1e-3, RateSchedule.Constant, 0));
        solver.Start();
        for (int i = 0; i < 20; i++) solver.Step();
        double flops = Flops(specification, data.SampleCount);
        var times = new List<double>();
        var ratios = new List<double>();
        long allocatedBefore = GC.GetAllocatedBytesForCurrentThread();
        long end = Stopwatch.GetTimestamp() + (long)(seconds * Stopwatch.Frequency);
        while (Stopwatch.GetTimestamp() < end)
        {
            double peak = PeakMeasurement.FlopsPerSecond(0.002);
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < 10; i++) solver.Step();
            double epoch = Stopwatch.GetElapsedTime(start).TotalSeconds / 10;
            times.Add(epoch);
            ratios.Add(flops / epoch / peak);
        }
        long allocated = GC.GetAllocatedBytesForCurrentThread() - allocatedBefore;
        Console.WriteLine($"epoch {Paired.Median(times) * 1e3:F3} ms, {flops / 1e6:F1} MFLOP in products, {flops / Paired.Median(times) / 1e9:F1} GFLOP/s, {Paired.Median(ratios):F3} of the FMA peak, {allocated / (10 * times.Count)} bytes allocated an epoch (J = {solver.Value.Total:E3})");
    }

    private static double Flops(NetworkSpecification specification, int samples)
    {
        double flops = 0;
        for (int l = 1; l <= specification.Depth; l++)
            flops += (l == 1 ? 2 : 3) * 2.0 * specification.Width(l) * specification.Width(l - 1) * samples;
        return flops;
    }

    private static DataSet TrainingData()
    {
        var stream = new RandomStream(0, RandomPurpose.Data);
        return DataSet.FromLabels("random", Matrix.FromEntries(784, 200, (_, _) => stream.NextUniform() < 0.2 ? stream.NextUniform() : 0), [.. Enumerable.Range(0, 200).Select(i => i / 20)], 10);
    }
}
