using System.Numerics.Tensors;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Training;
using RankCollapse.Training.SecondOrder;

namespace RankCollapse.Theory.StationaryPoints;

/// <summary>The search behind <see cref="HessianCertificate"/>: the point in the reduced problem, its flat directions, and products with its Hessian.</summary>
internal sealed class HessianSearch
{
    private readonly Network _network;
    private readonly DataSet _data;
    private readonly ObjectiveSettings _settings;
    private readonly HessianCertificateOptions _options;
    private readonly InputReduction _reduction;
    private readonly NetworkSpecification _specification;
    private readonly NewtonPoint _point;
    private readonly CurvatureOperator _operator;
    private readonly FlatSubspace _flat;
    private readonly long _outside;
    private long _products;

    public HessianSearch(Network network, DataSet data, ObjectiveSettings settings, HessianCertificateOptions options)
    {
        (_network, _data, _settings, _options) = (network, data, settings, options);
        _reduction = InputReduction.Create(network, data, keepsOutside: false);
        _specification = _reduction.Specification;
        RequireMemory();
        _point = new NewtonPoint(new Objective(_specification, _reduction.Data, settings, keepsCurvature: true));
        _reduction.Restrict(network, _point.Network);
        _point.Evaluate();
        _point.EvaluateGradient();
        _operator = new CurvatureOperator(_specification, data.SampleCount);
        _outside = (long)(data.InputDimension - _specification.InputDimension) * _specification.Width(1);

        // What is left of weights that tend to 0 is about as large, beside the others, as the gradient is.
        const double Above = 100;
        if (!double.IsFinite(_point.Value.Total) || !double.IsFinite(Gradient.Norm))
            throw new InvalidInputException("The objective or its gradient is not finite at this network, so that it has no curvature; train again.");
        _flat = FlatSubspace.Of(_point.Objective, _point.Network, Above * Gradient.Relative);
    }

    private GradientSize Gradient => _point.Objective.GradientSize;

    private int Length => _point.Network.Parameters.Length;

    private double FirstFactor => _point.Objective.Coefficients.WeightFactorOf(1);

    /// <summary>Searches and judges.</summary>
    public HessianCertificate Judge() => Length <= _options.LargestFull ? JudgeWhole() : JudgeSubspace();

    private HessianCertificate JudgeWhole()
    {
        int n = Length;
        var hessian = new Matrix(n, n);
        Network unit = new(_specification), product = new(_specification);
        for (int i = 0; i < n; i++)
        {
            unit.Parameters[i] = 1;
            Multiply(unit, product);
            unit.Parameters[i] = 0;
            product.Parameters.CopyTo(hessian.Row(i));
        }
        double asymmetry = 0, norm = 0;
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < i; j++)
            {
                double one = hessian[i, j], other = hessian[j, i];
                asymmetry += (one - other) * (one - other);
                hessian[i, j] = hessian[j, i] = 0.5 * (one + other);
                norm += 2 * hessian[i, j] * hessian[i, j];
            }
            norm += hessian[i, i] * hessian[i, i];
        }
        norm = Math.Sqrt(norm);

        // The flat directions go to the top of the spectrum: their projections, times twice the norm, are added.
        int flat = 0;
        foreach (double[] b in _flat.Basis())
        {
            flat++;
            for (int i = 0; i < n; i++) TensorPrimitives.MultiplyAdd(b, 2 * norm * b[i], hessian.Row(i), hessian.Row(i));
        }
        var found = SymmetricEigendecomposition.Decompose(hessian);
        double[] values = [.. found.Values.Reverse().Take(n - flat)];
        double resolution = (10 * Math.Sqrt(asymmetry)) + (4 * Math.Sqrt(n) * Tolerances.MachineEpsilon * norm) + Feigned;
        long negative = values.LongCount(v => v < -resolution), further = values.LongCount(v => Math.Abs(v) <= resolution);
        double error = Tolerances.Decomposition(n, n) * norm;
        IEnumerable<HessianEigenvalue> least = values.Take(_options.Eigenvalues).Select(v => new HessianEigenvalue(v, error));
        StationaryPointKind kind = Kind(negative > 0, further > 0, isFound: true);
        return Certificate(kind, least, resolution, isWhole: true) with
        {
            Largest = values.Length == 0 ? 0 : Math.Max(Math.Abs(values[0]), Math.Abs(values[^1])),
            NegativeCount = negative,
            FurtherFlatCount = further,
            Reason = Explain(kind, null),
            Descent = negative > 0 ? Descend(found.Vectors.Column(n - 1)) : null,
        };
    }

    private HessianCertificate JudgeSubspace()
    {
        var preconditioner = IPreconditioner.Create(_specification, _settings.Loss, _data.SampleCount);
        preconditioner.Build(_point.Objective, _point.Network);

        // Rounding of vᵀHv beside vᵀMv, seen to be some 3e−14 for θ up to 2; and what the gradient feigns, beside the least curvature of M.
        const double Rounding = 1e-12;
        double resolution = Rounding + (Feigned / LeastPenalty());
        LanczosSpectrum search = Search(preconditioner, resolution, ignoresFlat: false);

        // Known null vectors that rounding has brought back are no news.
        if (_flat.IsImplicit && search.Values is [{ } flat, ..] && Math.Abs(flat.Value) <= resolution && IsKnown(search.Vector()))
            search = Search(preconditioner, resolution, ignoresFlat: true);
        HessianEigenvalue? least = search.Values.Count == 0 ? null : search.Values[0];
        bool isSaddle = least is not null && least.Value < -resolution;
        bool isFlat = least is not null && Math.Abs(least.Value) <= resolution;
        StationaryPointKind kind = Kind(isSaddle, isFlat && search.IsDecided, isFound: least is null || search.IsDecided);
        return Certificate(kind, search.Values, resolution, isWhole: false) with
        {
            Largest = search.Largest,
            Reason = Explain(kind, search),
            Descent = isSaddle ? Descend(search.Vector()) : null,
            Products = _products,
        };
    }

    private LanczosSpectrum Search(IPreconditioner preconditioner, double resolution, bool ignoresFlat)
    {
        double shift = LeastPenalty();
        var rest = new Network(_specification);
        bool shifts = !_flat.IsImplicit && _flat.Parts.Count > 0;
        return LanczosSpectrum.Find(
            Length,
            (v, result) =>
            {
                Multiply(new Network(_specification, v), new Network(_specification, result));
                if (!shifts) return;

                // H + λP with P the projection on its known null vectors, which have positive curvature then.
                v.CopyTo(rest.Parameters, 0);
                _flat.Deflate(rest);
                TensorPrimitives.MultiplyAdd(v, shift, result, result);
                TensorPrimitives.MultiplyAdd(rest.Parameters, -shift, result, result);
            },
            (w, result) => preconditioner.Solve(new Network(_specification, w), new Network(_specification, result)),
            w =>
            {
                if (_flat.IsImplicit) _flat.Deflate(new Network(_specification, w));
            },
            _options.Eigenvalues,
            resolution,
            _options.MostProducts,
            _options.Seed,
            ignoresFlat);
    }

    private bool IsKnown(double[] direction)
    {
        var rest = new Network(_specification, [.. direction]);
        _flat.Deflate(rest);
        return Reduction.SumOfSquares(rest.Parameters) < 0.5 * Reduction.SumOfSquares(direction);
    }

    /// <summary>The verdict, but for what makes one impossible.</summary>
    private StationaryPointKind Kind(bool isSaddle, bool isFlat, bool isFound)
    {
        if (Kinks() > 0) return StationaryPointKind.NotDifferentiable;
        if (isSaddle) return StationaryPointKind.Saddle;
        if (Gradient.Relative > _options.StationaryBelow) return StationaryPointKind.NotStationary;
        if (isFlat) return StationaryPointKind.Degenerate;
        return isFound ? StationaryPointKind.Minimum : StationaryPointKind.Undecided;
    }

    private string? Explain(StationaryPointKind kind, LanczosSpectrum? search)
    {
        string? verdict = kind switch
        {
            StationaryPointKind.NotDifferentiable =>
                $"{Kinks()} preactivations lie at the kink of {KinkedNames()}, where J has no Hessian; the eigenvalues are those of its "
                + "right derivatives",
            StationaryPointKind.NotStationary =>
                $"the relative gradient is {Gradient.Relative:0.0e-0}, above the {_options.StationaryBelow:0.0e-0} of a stationary point",
            StationaryPointKind.Saddle when Gradient.Relative > _options.StationaryBelow =>
                $"the relative gradient is {Gradient.Relative:0.0e-0}: this is no stationary point, but it curves downwards",
            StationaryPointKind.Undecided =>
                $"after {search!.Steps} products the residual is still too large to exclude eigenvalues at or below 0",
            StationaryPointKind.Degenerate =>
                "directions are flat to what rounding and the gradient that is left resolve; a smaller gradient tolerance may tell them from 0",
            _ => null,
        };
        string[] parts = [.. new[] { verdict, _flat.Uncounted }.OfType<string>()];
        return parts.Length == 0 ? null : string.Join("; ", parts);
    }

    private HessianCertificate Certificate(StationaryPointKind kind, IEnumerable<HessianEigenvalue> least, double resolution, bool isWhole)
    {
        // Where λ_1 = 0 the directions outside the range are flat; otherwise their curvature is λ_1.
        bool isFree = FirstFactor == 0;
        IEnumerable<HessianEigenvalue> outside = _outside > 0 && !isFree && isWhole ? [new HessianEigenvalue(FirstFactor, 0, _outside)] : [];
        const string Outside = "W_1 outside the range of X, which nothing penalises";
        IEnumerable<FlatDirections> unseen = _outside > 0 && isFree ? [new FlatDirections(Outside, _outside)] : [];
        return new HessianCertificate
        {
            Kind = kind,
            IsEstimate = !isWhole,
            ParameterCount = _network.Parameters.Length,
            Eigenvalues = [.. least.Concat(outside).OrderBy(e => e.Value)],
            Largest = 0,
            Resolution = resolution,
            Flat = [.. unseen, .. _flat.Parts],
            NegativeCount = null,
            FurtherFlatCount = null,
            Gradient = Gradient,
            Objective = _point.Value.Total,
            Products = _products,
        };
    }

    /// <summary>‖∇J‖/‖Θ‖: along a curved orbit of equal networks the Hessian is as large as the gradient over the orbit's radius.</summary>
    private double Feigned
    {
        get
        {
            double norm = Reduction.Norm(_point.Network.Parameters);
            return norm > 0 ? Gradient.Norm / norm : 0;
        }
    }

    /// <summary>The least weight penalty there is; without any, the share of the data's curvature that the preconditioner takes for one.</summary>
    private double LeastPenalty()
    {
        const double ShareOfData = 1e-5;
        ObjectiveCoefficients factors = _point.Objective.Coefficients;
        double[] positive = [.. factors.WeightFactors.Where(factor => factor > 0)];
        return positive.Length > 0 ? positive.Min() : ShareOfData * factors.DataFactor;
    }

    private void Multiply(Network v, Network result)
    {
        _products++;
        _operator.Apply(_point.Objective, _point.Network, v, result, full: true);
    }

    private DescentStep? Descend(double[] reduced)
    {
        var direction = new Network(_network.Specification);
        _reduction.Extend(new Network(_specification, reduced), direction);
        return DescentStep.Along(new Objective(_network.Specification, _data, _settings), _network, direction.Parameters, _point.Value.Total);
    }

    private string KinkedNames() => string.Join(" and ", _specification.Activations.DistinctBy(activation => activation.Name)
        .Where(activation => double.IsPositiveInfinity(activation.DerivativeBounds.Second) || double.IsPositiveInfinity(activation.DerivativeBounds.Third))
        .Select(activation => activation.Name));

    /// <summary>Preactivations at a kink: at 0 as <see cref="LeastSubgradient"/> has it where σ' jumps, or to rounding where σ'' does and counts.</summary>
    private int Kinks()
    {
        const double Relative = 1e-10;
        int kinks = 0;
        for (int l = 1; l <= _specification.Depth; l++)
        {
            (double _, double second, double third) = _specification.ActivationOf(l).DerivativeBounds;
            bool slopeJumps = double.IsPositiveInfinity(second), curvatureJumps = double.IsPositiveInfinity(third);
            if (!slopeJumps && !curvatureJumps) continue;
            Matrix weights = _point.Network.Weights(l), before = _point.Objective.Features[l - 1];
            Matrix preactivations = PreactivationRows.Preactivations(_point.Objective, _point.Network, l);
            double radius = LeastSubgradient.RadiusOf(preactivations);
            double[] sizes = [.. Enumerable.Range(0, before.Columns).Select(j => Reduction.Norm(before.Column(j)))];
            for (int i = 0; i < weights.Rows; i++)
            {
                double bias = _point.Network.Bias(l) is { } b ? Math.Abs(b[i, 0]) : 0, row = Reduction.Norm(weights.Row(i));
                for (int j = 0; j < before.Columns; j++)
                {
                    if (!(Math.Abs(preactivations[i, j]) <= (slopeJumps ? radius : Relative * ((row * sizes[j]) + bias)))) continue;
                    if (slopeJumps || _point.Objective.SecondOrderErrors![l][i, j] != 0) kinks++;
                }
            }
        }
        return kinks;
    }

    private void RequireMemory()
    {
        const double VectorsAtOnce = 20;
        double parameters = Network.CountParameters(_specification), outputs = (double)_specification.OutputDimension * _data.SampleCount;
        double numbers = parameters <= _options.LargestFull ? 4 * parameters * parameters : (VectorsAtOnce * parameters) + Math.Min(outputs * outputs, 1 << 24);
        MemoryBudget.Require(
            sizeof(double) * numbers, $"The curvature of a network of {parameters} parameters", "use smaller widths, fewer layers or fewer samples");
    }
}
