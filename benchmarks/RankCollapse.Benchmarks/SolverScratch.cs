using System.Diagnostics;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Training;
using RankCollapse.Training.SecondOrder;

namespace RankCollapse.Benchmarks;

internal static class SolverScratch
{
    public static void Run(string[] args)
    {
        string A(string n, string d) { int i = Array.IndexOf(args, "-" + n); return i < 0 ? d : args[i + 1]; }
        int depth = int.Parse(A("L", "5")); double delta = double.Parse(A("delta", "0.1")); long seed = long.Parse(A("seed", "0"));
        double lambda = double.Parse(A("lambda", "1e-5")); double tmax = double.Parse(A("time", "60"));
        int refresh = int.Parse(A("refresh", "1")); int cgmax = int.Parse(A("cg", "50")); double cgtol = double.Parse(A("tol", "0.1"));
        string stages = A("stages", "1"); double fullAt = double.Parse(A("full", "0.0")); double radius = double.Parse(A("radius", "1e9"));
        DataSet data = Mnist.Subsample(200, 10, 0);
        int[] widths = [.. Enumerable.Repeat(200, depth - 1), 10];
        var spec0 = new NetworkSpecification(784, widths);
        var net0 = new Network(spec0);
        Initialization.Initialize(net0, InitializationScheme.Orthogonal, seed);
        var settings = new ObjectiveSettings { Lambda = lambda, Delta = delta };
        long t0 = Stopwatch.GetTimestamp();
        InputReduction red = InputReduction.Create(net0, data, keepsOutside: delta == 0);
        NetworkSpecification spec = red.Specification;
        var net = new Network(spec);
        red.Restrict(net0, net);
        var trial = new Network(spec); var grad = new Network(spec); var step = new Network(spec);
        var pre = new KernelPreconditioner(spec, Loss.Squared, data.SampleCount);
        var cg = new TruncatedConjugateGradients(spec);
        var op = new CurvatureOperator(spec, data.SampleCount);
        ObjectiveCoefficients final = settings.Coefficients(depth, 200);
        int nmax = int.Parse(A("n", "3")); int outer = 0, products = 0; int soc = int.Parse(A("soc", "6"));
        var trial2 = new Network(spec); var corr = new Network(spec); var target = new Matrix(10, 200); var rem = new Matrix(10, 200);
        foreach (double stage in stages.Split(',').Select(double.Parse))
        {
            ObjectiveCoefficients co = final.ScalePenalties(stage);
            var point = new Objective(spec, red.Data, settings, true, co);
            var other = new Objective(spec, red.Data, settings, true, co);
            ObjectiveValue v = point.ValueAndGradient(net, grad);
            bool rebuilt = false; int since = 999; bool moved = true;
            double reduceTol = stage == 1 ? 1e-9 : 1e-1;
            bool full = false;
            for (int it = 0; it < 10000; it++)
            {
                double sec = Stopwatch.GetElapsedTime(t0).TotalSeconds;
                if (sec > tmax) break;
                if (point.GradientSize.Relative < reduceTol) break;
                full = full || cg.PredictedDecrease > 0 && cg.PredictedDecrease < fullAt * v.Total;
                double tb = 0;
                if (since >= (full ? 1 : refresh) && moved) { long q = Stopwatch.GetTimestamp(); pre.Build(point, net); tb = Stopwatch.GetElapsedTime(q).TotalSeconds; since = 0; moved = false; rebuilt = true; } else rebuilt = false;
                since++;
                int normals = 0;
                for (; full && normals < nmax; normals++)
                {
                    pre.Solve(grad, step);
                    op.OutputChange(point, net, step).CopyTo(rem);
                    pre.Restore(rem, corr);
                    System.Numerics.Tensors.TensorPrimitives.Subtract<double>(net.Parameters, corr.Parameters, trial.Parameters);
                    double before = point.GradientSize.Norm;
                    ObjectiveValue vn = other.ValueWithSlopes(trial);
                    if (!(vn.Total <= v.Total * (1 + 1e-14))) break;
                    (net, trial) = (trial, net); (point, other) = (other, point);
                    v = point.Backward(net, grad);
                    if (point.GradientSize.Norm > 0.3 * before) break;
                }
                double tol = Math.Min(cgtol, Math.Sqrt(point.GradientSize.Relative));
                long qq = Stopwatch.GetTimestamp();
                InnerOutcome outcome = cg.Solve(grad, (a, b) => op.Apply(point, net, a, b, full), pre, radius, tol, cgmax, step);
                double tc = Stopwatch.GetElapsedTime(qq).TotalSeconds;
                products += cg.Products;
                System.Numerics.Tensors.TensorPrimitives.Add<double>(net.Parameters, step.Parameters, trial.Parameters);
                ObjectiveValue vt = other.ValueWithSlopes(trial);
                int corrections = 0; double d0 = vt.DataLoss;
                if (soc > 0)
                {
                    op.OutputChange(point, net, step).CopyTo(target);
                    System.Numerics.Tensors.TensorPrimitives.Add<double>(target.AsSpan(), point.Features[depth].AsSpan(), target.AsSpan());
                    double last = double.PositiveInfinity; for (; corrections < soc; corrections++)
                    {
                        System.Numerics.Tensors.TensorPrimitives.Subtract<double>(other.Features[depth].AsSpan(), target.AsSpan(), rem.AsSpan());
                        double rn = Math.Sqrt(System.Numerics.Tensors.TensorPrimitives.SumOfSquares<double>(rem.AsSpan()));
                        if (rn * Math.Sqrt(2 * v.DataLoss) < 1e-3 * cg.PredictedDecrease || rn > 0.5 * last) break;
                        last = rn;
                        pre.Restore(rem, corr);
                        System.Numerics.Tensors.TensorPrimitives.Subtract<double>(trial.Parameters, corr.Parameters, trial.Parameters);
                        vt = other.ValueWithSlopes(trial);
                    }
                }
                double eps = 1e-14 * v.Total;
                double rho = (v.Total - vt.Total + eps) / (cg.PredictedDecrease + eps);
                outer++;
                if (outer < 40 || outer % 10 == 0) Console.WriteLine($"{sec,6:F2}s st{stage} it{it} J={v.Total:E5} Jf={(v.DataLoss * 1 + (v.WeightPenalty + v.FeaturePenalty) / stage):E4} D={v.DataLoss:E2} rel={point.GradientSize.Relative:E2} cg={cg.Products} {outcome} rho={rho:F3} step={cg.StepNorm:E2} rad={radius:E2} build={tb * 1e3:F0}ms cg={tc * 1e3 / Math.Max(1, cg.Products):F2}ms {(full ? "H" : "G")} soc={corrections} n={normals} pred={cg.PredictedDecrease:E2}");
                if (rho > 1e-4)
                {
                    (net, trial) = (trial, net);
                    (point, other) = (other, point);
                    moved = true; v = point.Backward(net, grad);
                    if (rho > 0.75) radius = Math.Max(radius, 2.5 * cg.StepNorm);
                    else if (rho < 0.25) radius = 0.5 * cg.StepNorm;
                }
                else { radius = 0.25 * cg.StepNorm; since = rebuilt ? since : 999; if (radius < 1e-14) break; }
            }
            Console.WriteLine($"stage {stage} end: {Stopwatch.GetElapsedTime(t0).TotalSeconds:F2}s J={v.Total:E6} rel={point.GradientSize.Relative:E2} outer={outer} products={products} J/lambda={v.Total / lambda:F4}");
            var z = point.Features;
            Console.WriteLine("ranks " + string.Join(" ", Enumerable.Range(1, depth).Select(l => NumericalRankOf(z[l]))) + " | W " + string.Join(" ", Enumerable.Range(1, depth).Select(l => NumericalRankOf(net.Weights(l)))));
        }
    }

    private static int NumericalRankOf(Matrix m) { double[] s = SingularValueDecomposition.SingularValues(m); return s.Count(x => x > 1e-5 * s[0]); }
}
