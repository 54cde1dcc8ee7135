using System.Diagnostics;
using System.Globalization;
using System.Runtime;
using RankCollapse.Collapse;
using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Rendering;
using RankCollapse.Training;

namespace RankCollapse.Benchmarks;

/// <summary>How the cost of a stationary point grows with the number of samples, and of layers and classes.</summary>
internal static class ScaleBenchmark
{
    private const double Collapsed = 1e-12;
    private const double Loose = 1e-4;

    public static Action Prepare(BenchmarkArguments arguments)
    {
        double seconds = arguments.Seconds("seconds", 3600), delta = arguments.Number("delta", 0.1, orZero: true);
        (double Gradient, double Collapse) tolerances = (arguments.Number("gradient", Loose), arguments.Number("collapse-tolerance", Collapsed));
        Clock clock = arguments.Clock();
        int threads = (int)arguments.Number("threads", 1), layers = (int)arguments.Number("layers", 5);
        string picture = arguments.Text("picture", "");
        List<(string Family, int Size, Func<BenchmarkProblem> Create)> problems = [];
        Add("mnist", n => BenchmarkProblem.Mnist(n, layers, delta));
        Add("mixture", n => BenchmarkProblem.Mixture(n, 10, layers, delta));
        Add("pooled", BenchmarkProblem.Pooled);
        Add("depths", depth => BenchmarkProblem.Mnist(200, depth, delta));
        Add("classes", classes => BenchmarkProblem.Mixture(200, classes, 5, delta));
        if (problems.Count == 0)
            throw new InvalidInputException("scale needs --mnist 100,200,400, --mixture 400,1000, --pooled 100,200, --depths 5,10 or --classes 2,10.");
        return () =>
        {
            Console.WriteLine($"λ = λ' = 1e-5, δ = {delta}, sum, tanh, L = {layers}, widths = N (pooled, depths and classes apart); {threads} threads; "
                + $"{(clock == Clock.Wall ? "wall" : "processor")} seconds; {Processor.Name}");
            Console.WriteLine("| problem | KN | iterations | products | J within 1 % | TCV ≤ 1e-12 | gradient ≤ 1e-4 | ≤ 1e-8 | J | gradient, end | metric "
                + "| its inverse | corrections | GiB |");
            Console.WriteLine($"|---{string.Concat(Enumerable.Repeat("|---:", 13))}|");
            Row[] rows = [.. problems.Select(one => Run(one.Family, one.Size, one.Create(), seconds, tolerances, clock, threads))];
            foreach (IGrouping<string, Row> family in rows.GroupBy(row => row.Family).Where(family => family.Count() > 1))
            {
                Console.WriteLine($"{family.Key}: seconds to a relative gradient of {Loose:0e-0} grow with the power "
                    + $"{Exponent(family, r => r.ToLoose):F2}, seconds an iteration {Exponent(family, r => r.Total / r.Iterations):F2}");
            }
            if (picture.Length > 0) FigureFiles.Write(Draw(Path.GetFileName(picture), rows, clock), picture);
        };

        void Add(string family, Func<int, BenchmarkProblem> create)
        {
            foreach (int size in arguments.Numbers(family) ?? []) problems.Add((family, size, () => create(size)));
        }
    }

    private static Row Run(
        string family, int size, BenchmarkProblem problem, double seconds, (double Gradient, double Collapse) tolerances, Clock clock, int threads)
    {
        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        GC.Collect();
        if (OperatingSystem.IsLinux()) File.WriteAllText("/proc/self/clear_refs", "5");
        TimedPreconditioner? parts = null;
        double? toCollapse = null;
        Partition classes = Partition.OfClasses(problem.Data)!;
        (TrainingCurve curve, long products) = OwnRun.Train(
            problem, seconds, tolerances.Gradient, clock, threads, inner => parts = new(inner, clock),
                solver => Collapses(solver, tolerances.Collapse) ? null : "collapse", Look);
        double total = curve.Points[^1].At.On(clock);
        var row = new Row(family, size, curve.Points.Count - 1, total, curve.TimeToGradient(Loose, clock));
        string[] cells =
        [
            $"{family} {size}",
            $"{problem.Specification.OutputDimension * problem.Data.SampleCount}",
            $"{row.Iterations}",
            $"{products}",
            Time(curve.TimeTo(1.01 * curve.Lowest, clock)),
            Time(toCollapse),
            Time(row.ToLoose),
            Time(curve.TimeToGradient(1e-8, clock)),
            curve.Lowest.ToString("E6", CultureInfo.InvariantCulture),
            $"{curve.Points[^1].RelativeGradient:0.0e-0}, {curve.End}",
            $"{parts!.Building / total:P0}",
            $"{parts.Solving / total:P0}",
            $"{parts.Restoring / total:P0}",
            $"{Peak() / (double)(1 << 30):F2}",
        ];
        Console.WriteLine($"| {string.Join(" | ", cells)} |");
        return row;

        void Look(Solver solver, CurvePoint point)
        {
            bool isCollapsed = Collapses(solver, Collapsed);
            if (!isCollapsed) toCollapse = null;
            else toCollapse ??= point.At.On(clock);
            string phase = isCollapsed ? $"{solver.Phase}, collapsed" : solver.Phase;
            Console.Error.WriteLine($"{family} {size}: {point.At.On(clock):F1} s, J {point.Objective:E6}, gradient {point.RelativeGradient:0.0e-0}, {phase}");
        }

        bool Collapses(Solver solver, double tolerance) =>
            solver.Objective.Features.Skip(1).All(layer => WithinClusterSumOfSquares.Of(layer, problem.Data.Targets, classes) <= tolerance);

        static string Time(double? time) => time is { } t ? $"{t:F1}" : "–";
    }

    /// <summary>The most memory of this process since it was last asked to forget, in bytes.</summary>
    private static long Peak()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }

    /// <summary>The slope of the least-squares line through the logarithms.</summary>
    private static double Exponent(IEnumerable<Row> rows, Func<Row, double?> value)
    {
        (double X, double Y)[] points = [.. rows.Where(row => value(row) is not null).Select(row => (Math.Log(row.Size), Math.Log(value(row)!.Value)))];
        if (points.Length < 2) return double.NaN;
        double x = points.Average(point => point.X), y = points.Average(point => point.Y);
        return points.Sum(point => (point.X - x) * (point.Y - y)) / points.Sum(point => (point.X - x) * (point.X - x));
    }

    private static Figure Draw(string name, IReadOnlyList<Row> rows, Clock clock)
    {
        string unit = clock == Clock.Wall ? "time" : "processor time";
        string reading = $"Seconds to a relative gradient of {Loose:0e-0}: "
            + $"{string.Join("; ", rows.Select(row => $"{row.Family} {row.Size}: {(row.ToLoose is { } t ? $"{t:F0}" : "not reached")}"))}.";
        return new Figure(name, "Time to a stationary point", reading, new PanelBlock(new Panel
        {
            X = new Axis("samples, layers or classes") { IsLogarithmic = true },
            Y = new Axis(unit, Unit: "s") { IsLogarithmic = true },
            Series = [.. rows.GroupBy(row => row.Family).Select((family, i) => new Series(family.Key, Palette.Kind(i),
                [.. family.Select(row => (double)row.Size)], [.. family.Select(row => row.ToLoose ?? double.NaN)], Mark.DottedLine))],
        }));
    }

    private sealed record Row(string Family, int Size, int Iterations, double Total, double? ToLoose);
}
