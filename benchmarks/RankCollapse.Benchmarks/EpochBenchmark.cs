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
        var gradient = new Network(specification);
        var tg = new List<double>(); var tv = new List<double>();
        for (int i = 0; i < 200; i++) { long t = Stopwatch.GetTimestamp(); objective.ValueAndGradient(network, gradient); tg.Add(Stopwatch.GetElapsedTime(t).TotalSeconds); t = Stopwatch.GetTimestamp(); objective.Value(network); tv.Add(Stopwatch.GetElapsedTime(t).TotalSeconds); }
        Console.WriteLine($"gradient only {Paired.Median(tg)*1e3:F3} ms, value only {Paired.Median(tv)*1e3:F3}");
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
internal static class Scratch
{
    public static void Run()
    {
        var s = new RandomStream(0, RandomPurpose.Data);
        Matrix M(int r, int c) => Matrix.FromEntries(r, c, (_, _) => s.NextGaussian());
        Matrix w1 = M(200, 784), x = M(784, 200), xt = M(200, 784), z = M(200, 200), d = M(200, 200), w = M(200, 200), g1 = M(200, 784);
        void T(string n, double flops, Action a) {
            for (int i = 0; i < 20; i++) a();
            var ts = new List<double>();
            for (int i = 0; i < 200; i++) { long t = Stopwatch.GetTimestamp(); a(); ts.Add(Stopwatch.GetElapsedTime(t).TotalSeconds); }
            double m = Paired.Median(ts); Console.WriteLine($"{n,-30} {m*1e6:F1} us {flops/m/1e9:F1} GF/s");
        }
        T("W1 X", 2*200.0*784*200, () => Product.Multiply(w1, x, z));
        T("D Xt (pretransposed)", 2*200.0*784*200, () => Product.Multiply(d, xt, g1));
        T("W Z", 16e6, () => Product.Multiply(w, z, d));
        T("Wt D", 16e6, () => Product.MultiplyTransposedLeft(w, z, d));
        T("D Zt", 16e6, () => Product.MultiplyTransposedRight(w, z, d));
        Matrix big = Product.Gram(M(400, 2000)); for (int i = 0; i < 2000; i++) big[i, i] += 1; Matrix big2 = big.Copy(); double[] rhs = new double[2000];
        T("chol 2000", 2000.0*2000*2000/3, () => { big.CopyTo(big2); BlockedCholesky.TryFactor(big2); });
        T("cholsolve 2000", 0, () => { BlockedCholesky.Solve(big2, rhs); });
        double[] p = new double[518800], g = new double[518800], m1 = new double[518800], v = new double[518800];
        new Random(1).NextBytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes(g.AsSpan()));
        for (int i = 0; i < g.Length; i++) g[i] = s.NextGaussian();
        T("Adam", 0, () => ElementWise.Adam(p, g, m1, v, 0.9, 0.999, 1e-3, 1.1, 1e-8));
        T("penalty", 0, () => ElementWise.AddPenalty(g, p, 1e-5));
        T("through", 0, () => ElementWise.ThroughActivation(w.AsSpan(), z.AsSpan(), 1e-5, g1.AsSpan().Slice(0, 40000), d.AsSpan()));
        T("sumsq", 0, () => System.Numerics.Tensors.TensorPrimitives.SumOfSquares<double>(w.AsSpan()));
        T("tanh", 0, () => Activation.Tanh.ValueAndFirst(w.AsSpan(), z.AsSpan(), d.AsSpan()));
    }
}
