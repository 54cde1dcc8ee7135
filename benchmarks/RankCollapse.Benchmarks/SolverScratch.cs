using System.Diagnostics;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Training;

namespace RankCollapse.Benchmarks;

internal static class SolverScratch
{
    public static void Run(string[] args)
    {
        string A(string n, string d) { int i = Array.IndexOf(args, "-" + n); return i < 0 ? d : args[i + 1]; }
        int depth = int.Parse(A("L", "5")); double delta = double.Parse(A("delta", "0.1")); long seed = long.Parse(A("seed", "0"));
        double lambda = double.Parse(A("lambda", "1e-5")); double tmax = double.Parse(A("time", "60"));
        int width = int.Parse(A("width", "200")), n = int.Parse(A("N", "200")); bool bias = A("bias", "0") == "1";
        var arch = A("arch", "f") == "f" ? Architecture.Feedforward : Architecture.Residual;
        DataSet data = Mnist.Subsample(n, 10, 0);
        int[] widths = [.. Enumerable.Repeat(width, depth - 1), 10];
        var spec = new NetworkSpecification(784, widths, arch, bias, Activation.Parse(A("act", "tanh")));
        var net = new Network(spec);
        Initialization.Initialize(net, InitializationScheme.Orthogonal, seed);
        var settings = new ObjectiveSettings { Lambda = lambda, Delta = delta, Convention = Enum.Parse<Convention>(A("conv", "Sum")), Loss = Enum.Parse<Loss>(A("loss", "Squared")) };
        bool quiet = A("quiet", "0") == "1"; double printed = -1;
        long t0 = Stopwatch.GetTimestamp();
        var solver = new GaussNewtonSolver(new Objective(spec, data, settings), net);
        using var trainer = new Trainer(solver, new TrainingOptions { MaxSeconds = tmax, GradientTolerance = double.Parse(A("gtol", "1e-8")), RecordEvery = 100000, MaxEpochs = 100000 }, new TrainingObserver
        {
            Progress = s => { if (!quiet && (s.Epoch < 30 || s.Seconds > printed + 2)) { printed = s.Seconds; Console.WriteLine($"{s.Seconds,7:F2}s it{s.Epoch} J={s.Value.Total:E7} D={s.Value.DataLoss:E2} rel={s.Gradient.Relative:E2} |g|={s.Gradient.Norm:E2} {s.Phase} hp={solver.HessianProducts}"); } },
        });
        var r = trainer.Run();
        Console.WriteLine($"seed {seed} {r.Status} {r.Advice} {r.Final.Seconds:F2}s its {r.Final.Epoch} J={r.Final.Value.Total:E7} J/l={r.Final.Value.Total / lambda:F4} rel={r.Final.Gradient.Relative:E2} products={solver.HessianProducts}");
        Console.WriteLine("ranks Z " + string.Join(" ", Enumerable.Range(1, depth).Select(l => Rank(solver.Objective.Features[l]))) + " | W " + string.Join(" ", Enumerable.Range(1, depth).Select(l => Rank(net.Weights(l)))));
        Console.WriteLine("TCV " + string.Join(" ", Enumerable.Range(1, depth).Select(l => RankCollapse.Collapse.WithinClusterSumOfSquares.Of(solver.Objective.Features[l], data.Targets, new RankCollapse.Collapse.Partition(data.Labels, 10)).ToString("E1"))));
    }

    private static int Rank(Matrix m) { double[] s = SingularValueDecomposition.SingularValues(m); return s.Count(x => x > 1e-5 * s[0]); }
}
