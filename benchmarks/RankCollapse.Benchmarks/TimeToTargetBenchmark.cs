namespace RankCollapse.Benchmarks;

/// <summary>How long Setting A takes to given values of J and to a small gradient: our second-order solver against PyTorch's optimisers.</summary>
internal static class TimeToTargetBenchmark
{
    private const double GradientTolerance = 1e-8;
    private const string Picture = "docs/images/time-to-target";

    /// <summary>Epochs, before and after the runs, from which the time E of a PyTorch Adam epoch is taken.</summary>
    private const int TimedEpochs = 100;

    /// <summary>The methods with their learning rates; those of Adam and gradient descent fall to 0 as half a cosine over the run.</summary>
    private static readonly (string Name, string Method, double[] Rates)[] Baselines =
    [
        ("PyTorch L-BFGS", "lbfgs", [1]),
        ("PyTorch Adam", "adam", [3e-4, 1e-3, 3e-3]),
        ("PyTorch SGD with momentum", "sgd", [3e-5, 1e-4, 3e-4]),
    ];

    public static Action Prepare(BenchmarkArguments arguments)
    {
        double seconds = arguments.Seconds("seconds", 100), baselineSeconds = arguments.Seconds("baseline-seconds", 120);
        Clock clock = arguments.Clock();
        if (arguments.Text("redraw", "") is { Length: > 0 } source)
        {
            string drawing = arguments.Text("picture", Picture);
            return () => TimeToTargetFiles.WritePicture(drawing, TimeToTargetFiles.ReadCsv(source), clock);
        }
        if (arguments.Seeds("seeds") is { } seeds) return () => RunSeeds(seeds, seconds, clock);
        long seed = arguments.Seeds("seed")?[0] ?? 0;
        string csv = arguments.Text("csv", "benchmarks/results/time-to-target.csv"), picture = arguments.Text("picture", Picture);
        return () => Run(seed, seconds, baselineSeconds, clock, csv, picture);
    }

    private static void Run(long seed, double seconds, double baselineSeconds, Clock clock, string csv, string picture)
    {
        BenchmarkProblem problem = BenchmarkProblem.SettingA(seed);
        var curves = new List<TrainingCurve>();
        TrainingCurve Ran(TrainingCurve curve)
        {
            curves.Add(curve);
            Seconds last = curve.Points[^1].At;
            Console.Error.WriteLine(
                $"{curve.Name}: lowest J {curve.Lowest:E6} in {last.Wall:F1} s, of which {last.Processor:F1} s on the processor; {curve.Points.Count:N0} "
                + $"evaluations, last relative gradient {curve.Points.LastOrDefault(p => !double.IsNaN(p.RelativeGradient)).RelativeGradient:0.0e-0}, "
                + $"{curve.End}");
            return curve;
        }

        Ran(OwnRun.Train(problem, seconds, GradientTolerance, clock).Curve);
        double epoch;
        using (var torch = new TorchProcess(problem))
        {
            var epochs = new List<double>();
            TimeEpochs(torch, epochs, clock);
            foreach ((string name, string method, double[] rates) in Baselines)
            {
                foreach (double rate in rates)
                {
                    string label = rates.Length == 1 ? name : $"{name} {rate:0e-0}";
                    Ran(torch.Train(label, method, rate, baselineSeconds, GradientTolerance, clock));
                }
            }
            TimeEpochs(torch, epochs, clock);
            epoch = Paired.Median(epochs);
            Console.WriteLine($"Setting A, seed {seed}: MNIST N = 200, L = 5, widths 200, tanh, convention sum, λ = λ' = 1e-5, δ = 0.1; float64, one "
                + "thread each");
            Console.WriteLine($"{torch.About}; one Adam epoch E = {epoch * 1e3:F2} ms (median of {epochs.Count}); "
                + $"{(clock == Clock.Wall ? "wall" : "processor")} time");
        }
        TimeToTargetTable.Write(Console.Out, curves, GradientTolerance, epoch, clock);
        TimeToTargetFiles.Write(csv, picture, curves, clock);
        Console.WriteLine($"curves: {csv}; picture: {picture}.svg, {picture}.png");
    }

    private static void RunSeeds(IReadOnlyList<long> seeds, double seconds, Clock clock)
    {
        Console.WriteLine($"Setting A by gauss-newton, one thread, {(clock == Clock.Wall ? "wall" : "processor")} seconds; the first row includes the "
            + "program's compilation");
        Console.WriteLine($"{"seed",4}{string.Concat(TimeToTargetTable.Targets.Select(t => $"{$"J ≤ {t:0.00e-0}",15}"))}"
            + $"{$"gradient {GradientTolerance:0e-0}",16}{"end",9}{"last J",15}{"iterations",12}{"products",10}");
        foreach (long seed in seeds)
        {
            (TrainingCurve curve, long products) = OwnRun.Train(BenchmarkProblem.SettingA(seed), seconds, GradientTolerance, clock);
            string times = string.Concat(TimeToTargetTable.Targets.Select(t => $"{Time(curve.TimeTo(t, clock)),15}"));
            Console.WriteLine($"{seed,4}{times}{Time(curve.TimeToGradient(GradientTolerance, clock)),16}{Time(curve.Points[^1].At.On(clock)),9}"
                + $"{curve.Points[^1].Objective,15:E6}{curve.Points.Count - 1,12}{products,10}");
        }

        static string Time(double? time) => time is { } t ? $"{t:F2}" : "–";
    }

    private static void TimeEpochs(TorchProcess torch, List<double> times, Clock clock)
    {
        torch.StartAdam(1e-3);
        torch.Epochs(10);
        for (int i = 0; i < TimedEpochs; i++) times.Add(torch.Epochs(1).On(clock));
    }
}
