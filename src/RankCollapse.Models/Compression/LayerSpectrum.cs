using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Models.Compression;

/// <summary>
/// The errors of a layer at every rank, and the factors that attain them. Without data the best approximation of rank r in Frobenius norm is the truncated
/// singular value decomposition (Eckart and Young 1936). With data it is W_r = U·Uᵀ·W, U the r leading left singular vectors of W·X:
/// no other matrix of rank r has a smaller ‖(W − W_r)·X‖_F, because (W − W_r)·X is W·X less its own truncated decomposition.
/// </summary>
/// <remarks>
/// That is the whitened decomposition W·S^½ = U·diag(s)·Vᵀ, W_r = U_r·diag(s_r)·V_rᵀ·S^{-½} with S = X·Xᵀ, without the inverse, so that data of any rank will
/// do. Directions that the data do not reach at all are ordered by the weights. Where the layer has a bias, W·X is taken without its mean ȳ, and the bias
/// becomes b + (1 − U·Uᵀ)·ȳ: no other matrix of rank r has a smaller ‖W·X + b·1ᵀ − W_r·X − b_r·1ᵀ‖_F with any bias b_r.
/// </remarks>
internal sealed class LayerSpectrum
{
    /// <summary>
    /// The weight of W itself beside the data, as a fraction of ‖W·X‖: what the data leave open is decided by it, and nothing else to 16 digits of squares.
    /// </summary>
    private const double WeightShare = 1e-8;

    private readonly double[] _energies;
    private readonly double[] _tails;
    private readonly SingularValueDecomposition[]? _decompositions;
    private readonly Matrix[]? _leftVectors;
    private readonly IReadOnlyList<double[]>? _means;
    private Matrix[]? _images;

    private LayerSpectrum(
        LayerBlocks layer, double[] energies, SingularValueDecomposition[]? decompositions, Matrix[]? leftVectors, IReadOnlyList<double[]>? means = null)
    {
        Layer = layer;
        _means = means;
        _energies = energies;
        _decompositions = decompositions;
        _leftVectors = leftVectors;
        _tails = new double[energies.Length + 1];
        for (int i = energies.Length - 1; i >= 0; i--) _tails[i] = _tails[i + 1] + energies[i];
    }

    /// <summary>The layer.</summary>
    public LayerBlocks Layer { get; }

    /// <summary>Whether errors are those of W·X on data, and not of W.</summary>
    public bool IsOfData => _leftVectors is not null;

    /// <summary>min(p, q), the rank at which the error is 0 whatever the weights.</summary>
    public int FullRank => _energies.Length;

    /// <summary>‖W‖_F² or ‖W·X‖_F², over all groups.</summary>
    public double TotalEnergy => _tails[0];

    /// <summary>Σ over groups of s_i², descending: what the i-th rank adds.</summary>
    public IReadOnlyList<double> Energies => _energies;

    /// <summary>Decomposes the weights.</summary>
    /// <param name="layer">W.</param>
    /// <exception cref="InvalidInputException">An entry is not finite.</exception>
    public static LayerSpectrum OfWeights(LayerBlocks layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        SingularValueDecomposition[] decompositions = [.. layer.Blocks.Select(SingularValueDecomposition.Thin)];
        var energies = new double[Math.Min(layer.Rows, layer.Columns)];
        foreach (SingularValueDecomposition decomposition in decompositions)
            for (int i = 0; i < energies.Length; i++)
                energies[i] += decomposition.Values[i] * decomposition.Values[i];
        return new LayerSpectrum(layer, energies, decompositions, null);
    }

    /// <summary>Decomposes what the layer makes of data.</summary>
    /// <param name="layer">W.</param>
    /// <param name="data">W·X of each group.</param>
    /// <exception cref="ShapeMismatchException">The sizes do not fit.</exception>
    /// <exception cref="InvalidInputException">An entry is not finite.</exception>
    public static LayerSpectrum OfOutputs(LayerBlocks layer, LayerOutputs data)
    {
        ArgumentNullException.ThrowIfNull(layer);
        ArgumentNullException.ThrowIfNull(data);
        IReadOnlyList<Matrix> outputs = data.Roots;
        int full = Math.Min(layer.Rows, layer.Columns);
        var energies = new double[full];
        var left = new Matrix[layer.Blocks.Count];
        for (int g = 0; g < left.Length; g++)
        {
            Matrix weights = layer.Blocks[g], images = outputs[g];
            if (images.Rows != layer.Rows) throw new ShapeMismatchException($"A layer of {layer.Rows} outputs was given {images.Rows} rows of outputs.");
            double share = WeightShare * Norm(images) / Math.Max(Norm(weights), double.Epsilon);
            var joined = new Matrix(images.Rows, images.Columns + weights.Columns);
            for (int i = 0; i < joined.Rows; i++)
            {
                images.Row(i).CopyTo(joined.Row(i));
                TensorPrimitives.Multiply(weights.Row(i), Norm(images) > 0 ? share : 1, joined.Row(i)[images.Columns..]);
            }
            left[g] = SingularValueDecomposition.Thin(joined).Left.Block(0, 0, layer.Rows, full);

            // Energies of the data alone: what U keeps of W·X.
            Matrix kept = Product.MultiplyTransposedLeft(left[g], images);
            for (int i = 0; i < full; i++) energies[i] += Reduction.SumOfSquares(kept.Row(i));
        }
        for (int i = full - 2; i >= 0; i--) energies[i] = Math.Max(energies[i], energies[i + 1]);
        return new LayerSpectrum(layer, energies, null, left, data.Means);
    }

    /// <summary>√Σ_{i&gt;r} of the energies: the least error of rank r, in the norm that <see cref="IsOfData"/> tells.</summary>
    public double ErrorAt(int rank) => Math.Sqrt(_tails[Math.Clamp(rank, 0, FullRank)]);

    /// <summary><see cref="ErrorAt"/> as a part of the error of rank 0; 0 where that is 0.</summary>
    public double RelativeErrorAt(int rank) => TotalEnergy > 0 ? ErrorAt(rank) / ErrorAt(0) : 0;

    /// <summary>The least rank, at least 1, whose error is at most a bound.</summary>
    public int RankWithin(double error)
    {
        for (int rank = 1; rank < FullRank; rank++)
        {
            if (ErrorAt(rank) <= error) return rank;
        }
        return Math.Max(1, FullRank);
    }

    /// <summary>The least rank, at least 1, that keeps a share of the energy.</summary>
    /// <param name="share">In (0, 1].</param>
    public int RankKeeping(double share)
    {
        // Compared through the tail, which does not drown in the rounding of the sum.
        double most = (1 - share) * TotalEnergy;
        for (int rank = 1; rank < FullRank; rank++)
        {
            if (_tails[rank] <= most) return rank;
        }
        return Math.Max(1, FullRank);
    }

    /// <summary>The best factors of rank r. Without data the singular values are shared equally between both.</summary>
    /// <param name="rank">r, 1 … <see cref="FullRank"/>.</param>
    public LayerFactors FactorsAt(int rank)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rank, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rank, FullRank);
        var up = new Matrix[Layer.Blocks.Count];
        var down = new Matrix[up.Length];
        for (int g = 0; g < up.Length; g++)
        {
            if (_leftVectors is not null)
            {
                // Uᵀ·W of a lower rank is its first rows.
                _images ??= [.. _leftVectors.Select((left, i) => Product.MultiplyTransposedLeft(left, Layer.Blocks[i]))];
                up[g] = _leftVectors[g].Block(0, 0, Layer.Rows, rank);
                down[g] = _images[g].RowView(0, rank).Copy();
                continue;
            }
            SingularValueDecomposition decomposition = _decompositions![g];
            up[g] = decomposition.Left.Block(0, 0, Layer.Rows, rank);
            down[g] = decomposition.RightTransposed.Block(0, 0, rank, Layer.Columns);
            for (int i = 0; i < rank; i++)
            {
                double root = Math.Sqrt(decomposition.Values[i]);
                for (int j = 0; j < Layer.Rows; j++) up[g][j, i] *= root;
                TensorPrimitives.Multiply(down[g].Row(i), root, down[g].Row(i));
            }
        }
        return new LayerFactors(rank, up, down) { BiasChange = _means is null ? null : [.. up.Zip(_means, Lost).SelectMany(lost => lost)] };
    }

    /// <summary>(1 − U·Uᵀ)·ȳ.</summary>
    private static double[] Lost(Matrix left, double[] mean)
    {
        var column = new Matrix(mean, 0, mean.Length, 1);
        Matrix kept = Product.Multiply(left, Product.MultiplyTransposedLeft(left, column));
        return [.. mean.Zip(kept.AsSpan().ToArray(), (whole, part) => whole - part)];
    }

    private static double Norm(Matrix a) => Reduction.Norm(a.AsSpan());
}
