using System.Buffers;
using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;

namespace RankCollapse.Training.SecondOrder;

/// <summary>
/// M = Λ + Jᵀ·BBᵀ·J: the data's Gauss–Newton matrix exactly, in function space, beside a simple model Λ of the penalties.
/// </summary>
/// <remarks>
/// With J the Jacobian of the outputs (KN rows) and BBᵀ the data term's Hessian, Sherman–Morrison–Woodbury gives
/// M^{-1} = Λ^{-1} − Λ^{-1}JᵀB(I + BᵀJΛ^{-1}JᵀB)^{-1}BᵀJΛ^{-1}. Layer by layer Λ_l = V ↦ V(λ_l I + m_lμZ^{l−1}Z^{l−1,T}) is the weight penalty and
/// the layer's own feature penalty, m_l the mean of σ'², so that the KN×KN matrix is a sum of entrywise products
/// Σ_l (C_lᵀC_l) ∘ (11ᵀ ⊗ Z^{l−1,T}(λ_l I + m_lμZ^{l−1}Z^{l−1,T})^{-1}Z^{l−1}), a regularised neural tangent kernel (Jacot et al. 2018), with C_l the
/// outputs' sensitivities at layer l. It is factored once and serves many products. Data directions of different layers, which a block-diagonal
/// model leaves coupled, are resolved exactly; what is left has a condition number of the order of 1 + μ‖Z‖²/λ.
/// </remarks>
internal sealed class KernelPreconditioner : IPreconditioner
{
    /// <summary>With fewer blocks than this a thread's share of them is uneven, and products are cut instead.</summary>
    private const int BlocksPerThread = 8;

    private readonly NetworkSpecification _specification;
    private readonly int _samples;
    private readonly DataRoot _root;
    private readonly PenaltyModel _penalties;
    private readonly Matrix _kernel;
    private readonly Matrix _ofSamples;

    /// <summary>
    /// For each layer and each column k of the data's root the sensitivities, n_l×N: blocks of their own, small enough to be multiplied without being packed.
    /// </summary>
    private readonly Matrix[][] _sensitivities;

    private readonly Matrix _right;
    private readonly Network _scaled;
    private Objective? _point;
    private Network? _network;

    public KernelPreconditioner(NetworkSpecification specification, Loss loss, int samples)
    {
        _specification = specification;
        _samples = samples;
        Passes = new CurvatureOperator(specification, samples);
        _root = new DataRoot(loss, specification.OutputDimension, samples);
        _penalties = new PenaltyModel(specification, samples);
        int outputs = specification.OutputDimension, size = outputs * samples;
        _kernel = new Matrix(size, size);
        _ofSamples = new Matrix(samples, samples);
        int widest = specification.Widths.Max() * samples;
        double[][] buffers = [new double[widest * outputs], new double[widest * outputs]];
        _sensitivities = [.. Enumerable.Range(0, specification.Depth + 1).Select(l => Enumerable.Range(0, outputs)
            .Select(k => new Matrix(buffers[l % 2], k * widest, l == 0 ? 0 : specification.Width(l), samples)).ToArray())];
        _right = new Matrix(outputs, samples);
        _scaled = new Network(specification);
    }

    public CurvatureOperator Passes { get; }

    public bool ResolvesOutputs => true;

    public void Build(Objective point, Network network)
    {
        _point = point;
        _network = network;
        _penalties.Build(point);
        _root.Build(point);
        int depth = _specification.Depth;
        _root.WriteColumns(_sensitivities[depth]);
        for (int l = depth; l >= 1; l--)
        {
            Matrix[] errors = _sensitivities[l];
            bool skip = _specification.HasSkip(l);
            for (int k = 0; k < errors.Length; k++)
            {
                if (skip) errors[k].CopyTo(_sensitivities[l - 1][k]);
                TensorPrimitives.Multiply(errors[k].AsSpan(), point.Slopes[l].AsSpan(), errors[k].AsSpan());
            }
            AddEntrywise(errors, _penalties.OfSamples(l, point, _ofSamples), isFirst: l == depth);
            for (int k = 0; l > 1 && k < errors.Length; k++)
                Product.MultiplyTransposedLeft(network.Weights(l), errors[k], _sensitivities[l - 1][k], accumulate: skip);
        }
        for (int i = 0; i < _kernel.Rows; i++) _kernel[i, i] += 1;
        if (!BlockedCholesky.TryFactor(_kernel))
        {
            const string Problem = "The kernel matrix of the outputs is not positive definite to rounding; the penalties are too small for double precision.";
            throw new ComputationFailedException($"{Problem} Raise lambda.") { Settings = ["lambda"] };
        }
    }

    public void Solve(Network v, Network result)
    {
        _penalties.Solve(v, _scaled);
        _root.ApplyTransposed(Passes.OutputChange(_point!, _network!, _scaled), _right);
        SolveKernel(result);
        TensorPrimitives.Subtract(_scaled.Parameters, result.Parameters, result.Parameters);
    }

    public void Restore(Matrix outputs, Network result)
    {
        _root.ApplyTransposed(outputs, _right);
        SolveKernel(result);
    }

    /// <summary>result = Λ^{-1}JᵀB(I + BᵀJΛ^{-1}JᵀB)^{-1}·right.</summary>
    private void SolveKernel(Network result)
    {
        BlockedCholesky.Solve(_kernel, _right.AsSpan());
        _root.Apply(_right, _right);
        _penalties.PullBack(Passes, _point!, _network!, _right, result);
    }

    /// <summary>
    /// kernel (+)= (EᵀE) ∘ (11ᵀ ⊗ weighted), one N×N block at a time so that its product is still in cache, in the blocks that touch the lower triangle;
    /// blocks on several threads where there are enough of them.
    /// </summary>
    private void AddEntrywise(Matrix[] errors, Matrix weighted, bool isFirst)
    {
        int blocks = errors.Length * (errors.Length + 1) / 2, threads = Product.MaxThreads;
        if (threads == 1 || blocks < BlocksPerThread * threads)
        {
            AddShare(0, 1);
            return;
        }
        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, thread =>
        {
            int last = Product.MaxThreads;
            Product.MaxThreads = 1;
            AddShare(thread, threads);
            Product.MaxThreads = last;
        });

        void AddShare(int first, int step)
        {
            double[] block = ArrayPool<double>.Shared.Rent(_samples * _samples);
            for (int i = first; i < blocks; i += step) AddBlock(i, errors, weighted, isFirst, new Matrix(block, 0, _samples, _samples));
            ArrayPool<double>.Shared.Return(block);
        }
    }

    private void AddBlock(int index, Matrix[] errors, Matrix weighted, bool isFirst, Matrix block)
    {
        int r = (int)((Math.Sqrt((8.0 * index) + 1) - 1) / 2), c = index - (r * (r + 1) / 2);
        if (r == c) Product.Gram(errors[r], block);
        else Product.MultiplyTransposedLeft(errors[r], errors[c], block);
        for (int i = 0; i < _samples; i++)
        {
            Span<double> target = _kernel.Row((r * _samples) + i).Slice(c * _samples, _samples);
            if (isFirst) TensorPrimitives.Multiply(block.Row(i), weighted.Row(i), target);
            else TensorPrimitives.MultiplyAdd(block.Row(i), weighted.Row(i), target, target);
        }
    }
}
