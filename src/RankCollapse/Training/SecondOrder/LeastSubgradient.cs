using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;

namespace RankCollapse.Training.SecondOrder;

/// <summary>
/// A measure of stationarity that holds at kinks: the least norm of ∇J over all slopes s ∈ [s₋, s₊] of the preactivations that are 0 to rounding.
/// </summary>
/// <remarks>
/// The chain rule with such slopes gives a set that holds Clarke's subdifferential (Clarke 1983, theorem 2.3.9), so that the least norm is a lower bound of the
/// distance of that set from 0, and vanishes at every local minimiser. ∇J is multilinear in the slopes of different layers: quadratic programs over the box
/// of slopes, with ∇J linearised there, lower its norm; what they end with is an element's norm and so an upper bound of the least one.
/// </remarks>
internal sealed class LeastSubgradient
{
    /// <summary>Preactivations count as 0 up to this share of their layer's root mean square.</summary>
    private const double Radius = 1e-8;

    private const int MostPrograms = 4;

    /// <summary>More kinks keep the slopes that they start with: a program takes n³/3 operations and more.</summary>
    private const int MostKinks = 2048;

    private readonly Objective _objective;
    private readonly Network _trial;
    private readonly double _rounding;

    /// <summary>Prepares the measure for an objective's shape, data and penalties.</summary>
    public LeastSubgradient(Objective objective)
    {
        _objective = new Objective(
            objective.Specification, objective.Data, objective.Settings, keepsCurvature: true, objective.Coefficients, objective.SampleWeights);
        _trial = new Network(objective.Specification);
        _rounding = objective.RoundingOfGradient;
    }

    /// <summary>How many preactivations were at kinks in the last measurement.</summary>
    public int KinkCount { get; private set; }

    /// <summary>Preactivations of a layer up to this size count as 0.</summary>
    public static double RadiusOf(Matrix preactivations) => Radius * Math.Sqrt(Reduction.SumOfSquares(preactivations.AsSpan()) / preactivations.Length);

    /// <summary>Finds the least gradient.</summary>
    /// <param name="network">Θ.</param>
    /// <param name="gradient">∇J with the right slopes; overwritten by the least one where there are kinks.</param>
    /// <param name="width">Slopes start between s₋ and s₊ as if the kink were rounded by this width.</param>
    /// <returns>Its size.</returns>
    public GradientSize Measure(Network network, Network gradient, double width)
    {
        _objective.ValueWithSlopes(network);
        PreactivationRow[] kinks = FindKinks(network, width, out double[] shares);
        KinkCount = kinks.Length;
        GradientSize best = Evaluate(network, kinks, shares, _trial);
        _trial.Parameters.CopyTo(gradient.Parameters, 0);
        for (int k = 0; k < MostPrograms && kinks.Length > 0; k++)
        {
            Improve(network, kinks, shares, gradient);
            GradientSize size = Evaluate(network, kinks, shares, _trial);
            if (!(size.Norm < best.Norm)) break;
            bool isSmall = size.Norm > 0.9 * best.Norm;
            _trial.Parameters.CopyTo(gradient.Parameters, 0);
            best = size;
            if (isSmall) break;
        }

        // Where all parameters tend to 0 both terms that balance do, and nothing is left but rounding.
        return best.Norm <= _rounding ? best with { Relative = 0 } : best;
    }

    /// <summary>The preactivations at kinks, with s₊ − s₋ for their scale, and the shares of s₊ in the slopes that they start with.</summary>
    private PreactivationRow[] FindKinks(Network network, double width, out double[] shares)
    {
        NetworkSpecification shape = _objective.Specification;
        var found = new List<PreactivationRow>();
        var starts = new List<double>();
        for (int l = shape.Depth; l >= 1; l--)
        {
            if (!shape.ActivationOf(l).HasKink) continue;
            (double left, double right) = shape.ActivationOf(l).SlopesAtZero;
            Matrix preactivations = PreactivationRows.Preactivations(_objective, network, l);
            double radius = RadiusOf(preactivations);
            for (int i = 0; i < preactivations.Rows; i++)
            {
                for (int j = 0; j < preactivations.Columns; j++)
                {
                    double value = preactivations[i, j];
                    if (!(Math.Abs(value) <= radius) || found.Count >= MostKinks) continue;
                    found.Add(new PreactivationRow(l, i, j, right - left));
                    starts.Add(RoundedActivation.Share(value, width));
                }
            }
        }
        shares = [.. starts];
        return [.. found];
    }

    /// <summary>∇J with slopes s₋ + share·(s₊ − s₋) at the kinks.</summary>
    private GradientSize Evaluate(Network network, PreactivationRow[] kinks, double[] shares, Network gradient)
    {
        _objective.ValueWithSlopes(network);
        for (int a = 0; a < kinks.Length; a++)
        {
            PreactivationRow kink = kinks[a];
            double left = _objective.Specification.ActivationOf(kink.Layer).SlopesAtZero.Left;
            _objective.Slopes[kink.Layer][kink.Unit, kink.Sample] = left + (shares[a] * kink.Scale);

            // Second derivatives are not needed here: 1 leaves ∂J/∂Z in the place of the second-order error.
            _objective.SecondOrderErrors![kink.Layer][kink.Unit, kink.Sample] = 1;
        }
        _objective.Backward(network, gradient);
        return _objective.GradientSize;
    }

    /// <summary>Lowers the norm of the gradient, linear in the shares as they are.</summary>
    private void Improve(Network network, PreactivationRow[] kinks, double[] shares, Network gradient)
    {
        int count = kinks.Length, depth = _objective.Specification.Depth;
        IReadOnlyList<Matrix> sensitivities = _objective.SecondOrderErrors!;
        PreactivationRow[] rows = [.. kinks.Select(kink => kink with { Scale = kink.Scale * sensitivities[kink.Layer][kink.Unit, kink.Sample] })];
        Matrix[] ofSamples = [.. Enumerable.Range(0, depth + 1).Select(l => l == 0 ? new Matrix(0, 0) : OfSamples(l))];
        Matrix gram = PreactivationRows.Gram(_objective, network, [], rows, l => ofSamples[l]);
        var passes = new CurvatureOperator(_objective.Specification, _objective.Data.SampleCount);
        passes.OutputChange(_objective, network, gradient);
        double[] linear = new double[count], lower = new double[count], upper = new double[count], change = new double[count];
        for (int a = 0; a < count; a++)
        {
            linear[a] = rows[a].Scale * passes.PreactivationChange(rows[a].Layer)[rows[a].Unit, rows[a].Sample];
            (lower[a], upper[a]) = (-shares[a], 1 - shares[a]);
        }
        BoxQuadraticProgram.Solve(gram, linear, lower, upper, change);
        for (int a = 0; a < count; a++) shares[a] = Math.Clamp(shares[a] + change[a], 0, 1);

        Matrix OfSamples(int l)
        {
            Matrix inner = Product.Gram(_objective.Features[l - 1]);
            if (_objective.Specification.HasBias) TensorPrimitives.Add(inner.AsSpan(), 1, inner.AsSpan());
            return inner;
        }
    }
}
