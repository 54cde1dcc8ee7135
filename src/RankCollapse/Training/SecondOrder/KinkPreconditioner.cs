using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;

namespace RankCollapse.Training.SecondOrder;

/// <summary>
/// M = Λ + Jᵀ·BBᵀ·J + Σ_a d_a∇P_a∇P_aᵀ: the model of <see cref="KernelPreconditioner"/> with the curvature d_a = σ''(P_a)·∂J/∂Z_a of those preactivations
/// P_a where it is large, as it is at a rounded kink; the kernel matrix has a row more for each.
/// </summary>
internal sealed class KinkPreconditioner : IPreconditioner
{
    /// <summary>Curvature below this share of what the penalties' model has along ∇P_a is left out.</summary>
    private const double LeastShare = 0.1;

    private readonly NetworkSpecification _specification;
    private readonly int _samples;
    private readonly int _mostRows;
    private readonly DataRoot _root;
    private readonly PenaltyModel _penalties;
    private readonly Matrix[] _columns;
    private readonly double[] _right;
    private readonly Matrix _outputs;
    private readonly Network _scaled;
    private Matrix _kernel = new(0, 0);
    private Objective? _point;
    private Network? _network;

    /// <summary>Prepares the model.</summary>
    /// <param name="specification">The shape.</param>
    /// <param name="loss">The loss.</param>
    /// <param name="samples">N.</param>
    /// <param name="mostRows">The most rows of the kernel matrix, at least KN.</param>
    public KinkPreconditioner(NetworkSpecification specification, Loss loss, int samples, int mostRows)
    {
        _specification = specification;
        _samples = samples;
        _mostRows = mostRows - (specification.OutputDimension * samples);
        Passes = new CurvatureOperator(specification, samples);
        _root = new DataRoot(loss, specification.OutputDimension, samples);
        _penalties = new PenaltyModel(specification, samples);
        _columns = [.. Enumerable.Range(0, specification.OutputDimension).Select(_ => new Matrix(specification.OutputDimension, samples))];
        _right = new double[mostRows];
        _outputs = new Matrix(_right, 0, specification.OutputDimension, samples);
        _scaled = new Network(specification);
    }

    /// <inheritdoc/>
    public CurvatureOperator Passes { get; }

    /// <inheritdoc/>
    public bool ResolvesOutputs => true;

    /// <summary>Whether curvature at preactivations is part of the model.</summary>
    public bool HasKinks { get; set; }

    /// <summary>The preactivations whose curvature is part of the model, with √d_a, in descending order of layers.</summary>
    public PreactivationRow[] Kinks { get; private set; } = [];

    /// <inheritdoc/>
    public void Build(Objective point, Network network)
    {
        _point = point;
        _network = network;
        _penalties.Build(point);
        _root.Build(point);
        _root.WriteColumns(_columns);
        Matrix[] ofSamples =
            [point.Features[0], .. Enumerable.Range(1, _specification.Depth).Select(l => _penalties.OfSamples(l, point, new Matrix(_samples, _samples)))];
        Kinks = HasKinks ? Choose(ofSamples) : [];
        _kernel = PreactivationRows.Gram(point, network, _columns, Kinks, l => ofSamples[l]);
        for (int i = 0; i < _kernel.Rows; i++) _kernel[i, i] += 1;
        if (BlockedCholesky.TryFactor(_kernel)) return;
        const string Problem = "The kernel matrix of the outputs is not positive definite to rounding; the penalties are too small for double precision.";
        throw new ComputationFailedException($"{Problem} Raise lambda.") { Settings = ["lambda"] };
    }

    /// <inheritdoc/>
    public void Solve(Network v, Network result)
    {
        _penalties.Solve(v, _scaled);
        _root.ApplyTransposed(Passes.OutputChange(_point!, _network!, _scaled), _outputs);
        for (int a = 0; a < Kinks.Length; a++)
        {
            PreactivationRow kink = Kinks[a];
            _right[_outputs.Length + a] = kink.Scale * Passes.PreactivationChange(kink.Layer)[kink.Unit, kink.Sample];
        }
        SolveKernel(result);
        TensorPrimitives.Subtract(_scaled.Parameters, result.Parameters, result.Parameters);
    }

    /// <inheritdoc/>
    public void Restore(Matrix outputs, Network result)
    {
        _root.ApplyTransposed(outputs, _outputs);
        _right.AsSpan(_outputs.Length).Clear();
        SolveKernel(result);
    }

    /// <summary>The least change of the parameters that leaves the outputs and changes the preactivations of <see cref="Kinks"/> so.</summary>
    public void Move(ReadOnlySpan<double> changes, Network result)
    {
        _outputs.AsSpan().Clear();
        for (int a = 0; a < Kinks.Length; a++) _right[_outputs.Length + a] = Kinks[a].Scale * changes[a];
        SolveKernel(result);
    }

    private void SolveKernel(Network result)
    {
        BlockedCholesky.Solve(_kernel, _right.AsSpan(0, _kernel.Rows));
        _root.Apply(_outputs, _outputs);
        _penalties.PullBack(Passes, _point!, _network!, _outputs, result, Kinks.Length == 0 ? null : AddErrors);
    }

    private void AddErrors(int layer, Matrix errors)
    {
        for (int a = 0; a < Kinks.Length; a++)
        {
            if (Kinks[a].Layer == layer) errors[Kinks[a].Unit, Kinks[a].Sample] += Kinks[a].Scale * _right[_outputs.Length + a];
        }
    }

    private PreactivationRow[] Choose(Matrix[] ofSamples)
    {
        var found = new List<(PreactivationRow Row, double Share)>();
        for (int l = _specification.Depth; l >= 1; l--)
        {
            Matrix curvatures = _point!.SecondOrderErrors![l];
            for (int i = 0; i < curvatures.Rows; i++)
            {
                for (int j = 0; j < _samples; j++)
                {
                    double share = curvatures[i, j] * ofSamples[l][j, j];
                    if (share > LeastShare) found.Add((new PreactivationRow(l, i, j, Math.Sqrt(curvatures[i, j])), share));
                }
            }
        }
        IEnumerable<(PreactivationRow Row, double Share)> chosen = found;
        if (found.Count > _mostRows) chosen = found.OrderByDescending(kink => kink.Share).Take(_mostRows).OrderByDescending(kink => kink.Row.Layer);
        return [.. chosen.Select(kink => kink.Row)];
    }
}
