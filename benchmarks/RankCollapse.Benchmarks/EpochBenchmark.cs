using RankCollapse.LinearAlgebra;
using RankCollapse.LinearAlgebra.Kernels;
using RankCollapse.Training;
using RankCollapse.Training.Solving;

namespace RankCollapse.Benchmarks;

/// <summary>
/// One Adam epoch of the Section 5.3 network on one thread: ours against PyTorch's in turn, and against the FMA peak, of which only the 2mnk of products are
/// counted.
/// </summary>
internal static class EpochBenchmark
{
    private const double Rate = 1e-3;

    /// <summary>Epochs before timing, after which both sides must have the same objective.</summary>
    private const int FirstEpochs = 100;

    /// <summary>Epochs in a block; the sides take turns, so that a drift of the machine's speed meets all.</summary>
    private const int BlockEpochs = 5;

    /// <summary>Another computation would differ by far more; over many more epochs Adam's unstable steps blow up rounding itself.</summary>
    private const double Agreement = 1e-9;

    public static Action Prepare(BenchmarkArguments arguments)
    {
        double seconds = arguments.Seconds("seconds", 20);
        Clock clock = arguments.Clock();
        return () => Run(seconds, clock);
    }

    private static void Run(double seconds, Clock clock)
    {
        Product.MaxThreads = 1;
        BenchmarkProblem problem = BenchmarkProblem.Deep();
        var solver = new AdamSolver(problem.Objective(), problem.Start(), new LearningRate(Rate, RateSchedule.Constant, 0));
        solver.Start();
        TorchProcess[] torch = [.. BlasCores.All.Select(core => new TorchProcess(problem, core))];
        try
        {
            foreach (TorchProcess process in torch) process.StartAdam(Rate);
            Do(solver, FirstEpochs);
            foreach (TorchProcess process in torch) process.Epochs(FirstEpochs);
            RequireAgreement(solver, torch);
            Console.WriteLine(Processor.Name);
            Console.WriteLine("Adam epoch, L = 10, widths 200, N = 200 (MNIST), tanh, float64, one thread each; "
                + $"{(clock == Clock.Wall ? "wall" : "processor")} time, {BlockEpochs} epochs of each in turn");
            Measure(problem, solver, torch, seconds, clock);
        }
        finally
        {
            foreach (TorchProcess process in torch) process.Dispose();
        }
    }

    private static void Measure(BenchmarkProblem problem, AdamSolver solver, TorchProcess[] torch, double seconds, Clock clock)
    {
        double flops = problem.ProductFlops();
        List<double> ours = [], shares = [];
        List<double>[] theirs = [.. torch.Select(_ => new List<double>())], ratios = [.. torch.Select(_ => new List<double>())];
        long allocated = 0;
        var total = System.Diagnostics.Stopwatch.StartNew();
        while (total.Elapsed.TotalSeconds < seconds || ours.Count < 5)
        {
            double peak = PeakMeasurement.FlopsPerSecond(0.002);
            long allocatedBefore = GC.GetAllocatedBytesForCurrentThread();
            double epoch = Do(solver, BlockEpochs).On(clock) / BlockEpochs;
            allocated += GC.GetAllocatedBytesForCurrentThread() - allocatedBefore;
            ours.Add(epoch);
            shares.Add(flops / epoch / peak);
            for (int i = 0; i < torch.Length; i++)
            {
                theirs[i].Add(torch[i].Epochs(BlockEpochs).On(clock) / BlockEpochs);
                ratios[i].Add(theirs[i][^1] / epoch);
            }
        }
        int blocks = ours.Count;
        Console.WriteLine($"  {"",-52}{"ms/epoch",10}{"GFLOP/s",9}{"of FMA peak",13}{"times ours",12}  verdict");
        Console.WriteLine($"  {$"RankCollapse ({Product.VectorBits}-bit vectors)",-52}{Paired.Median(ours) * 1e3,10:F3}"
            + $"{flops / Paired.Median(ours) / 1e9,9:F1}{Paired.Median(shares),13:F3}{"",12}  "
            + Goal.AtLeast(Paired.Median(shares), Goal.EpochShare));
        for (int i = 0; i < torch.Length; i++)
        {
            double median = Paired.Median(theirs[i]), ratio = Paired.Median(ratios[i]);
            Console.WriteLine($"  {torch[i].About,-52}{median * 1e3,10:F3}{flops / median / 1e9,9:F1}{"",13}{ratio,12:F2}  "
                + $"{Goal.AtLeast(ratio, Goal.EpochRatio)}");
        }
        Console.WriteLine($"  medians of {blocks} blocks; \"times ours\" is the median of the paired ratios; {flops / 1e6:F1} MFLOP in products; ours "
            + $"allocates {allocated / ((double)BlockEpochs * blocks):F0} bytes an epoch");
    }

    private static Seconds Do(AdamSolver solver, int epochs)
    {
        Seconds start = OwnClock.Now();
        for (int i = 0; i < epochs; i++) solver.Step();
        return OwnClock.Now() - start;
    }

    private static void RequireAgreement(AdamSolver solver, TorchProcess[] torch)
    {
        foreach (TorchProcess process in torch)
        {
            double difference = RelativeDifference(solver, process);
            if (!(difference < Agreement))
                throw new ComputationFailedException(
                    $"After {FirstEpochs} epochs J is {solver.Value.Total:R} here and {process.ObjectiveValue():R} in {process.About}: not the same "
                    + "computation.");
            Console.WriteLine($"J after {FirstEpochs} epochs: {solver.Value.Total:E12}; {process.About} differs by {difference:E1} relative");
        }
    }

    private static double RelativeDifference(AdamSolver solver, TorchProcess process) =>
        Math.Abs((process.ObjectiveValue() / solver.Value.Total) - 1);
}
