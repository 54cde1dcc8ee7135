using System.Numerics.Tensors;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Training;

namespace RankCollapse.Theory.Forecasts;

/// <summary>The data of the centroid problem: classes, their sizes and mean targets, and the first layer that sends samples near their class's point.</summary>
internal sealed class CentroidProblem
{
    private const double LeastShare = 1e-13;

    private readonly DataSet _data;
    private readonly NetworkSpecification _full;
    private readonly ObjectiveSettings _settings;
    private readonly SingularValueDecomposition _inputs;
    private readonly int _rank;
    private readonly Matrix _indicator;
    private readonly Matrix _meanInputs;
    private readonly double _firstPenalty;

    internal CentroidProblem(NetworkSpecification specification, DataSet data, ObjectiveSettings settings)
    {
        Objective.RequireFit(specification, data);
        if (data.Labels.Length == 0) throw new InvalidInputException("The centroid problem needs classes, but the data have no labels.");
        _data = data;
        _full = specification;
        _settings = settings;
        Coefficients = settings.Coefficients(specification.Depth, data.SampleCount);
        _firstPenalty = Coefficients.WeightFactorOf(1);
        int[] classes = [.. data.Labels.Distinct().Order()];
        _indicator = Matrix.FromEntries(classes.Length, data.SampleCount, (k, i) => data.Labels[i] == classes[k] ? 1 : 0);
        Sizes = [.. classes.Select(k => (double)data.Labels.Count(label => label == k))];
        Targets = Means(data.Targets);
        Matrix spread = Product.Multiply(Targets, _indicator);
        TensorPrimitives.Subtract(spread.AsSpan(), data.Targets.AsSpan(), spread.AsSpan());
        WithinTargets = settings.Loss == Loss.Squared ? 0.5 * Coefficients.DataFactor * Reduction.SumOfSquares(spread.AsSpan()) : 0;
        _inputs = SingularValueDecomposition.Thin(data.Inputs);
        _rank = NumericalRank.Of(_inputs.Values, Tolerances.PseudoInverseCutoff(data.Inputs.Rows, data.Inputs.Columns));
        _meanInputs = Means(Coordinates());
        Specification = specification.With(inputDimension: classes.Length);
    }

    /// <summary>The small network's shape: K inputs, all else as it was.</summary>
    internal NetworkSpecification Specification { get; }

    /// <summary>The coefficients of the full objective.</summary>
    internal ObjectiveCoefficients Coefficients { get; }

    /// <summary>N_k.</summary>
    internal double[] Sizes { get; }

    /// <summary>ȳ_k as columns.</summary>
    internal Matrix Targets { get; }

    /// <summary>What targets that differ within classes add to the squared loss wherever the network is.</summary>
    internal double WithinTargets { get; }

    /// <summary>The number of classes.</summary>
    internal int Count => Sizes.Length;

    /// <summary>The objective of the small problem, in which column k counts N_k times.</summary>
    /// <param name="inputs">One column per class.</param>
    internal Objective ObjectiveAt(Matrix inputs) =>
        new(Specification, new DataSet("centroids", inputs, Targets, []), _settings, keepsCurvature: false, Coefficients, new SampleWeights(Sizes, Count));

    /// <summary>The objective of the full problem.</summary>
    internal Objective FullObjective() => new(_full, _data, _settings);

    /// <summary>
    /// The cheapest first layer with class means P, W_1 = P·B, when a spread D = P·(B·X − Sᵀ) around them costs ½Σ_q a_q‖D_q‖² in the layers after it,
    /// D_q its part along the q-th direction: B = Σ_q Π_q·B_q with B_q = (X̄ᵀC_qX̄)^{-1}X̄ᵀC_q, C_q = (a_q·XXᵀ + λ_1·I)^{-1} and X̄ the class means of X.
    /// For λ_1 = 0, B = SᵀX⁺.
    /// </summary>
    internal CentroidFirstLayer FirstLayer(CentroidStiffness stiffness)
    {
        Matrix map = new(Count, _rank);
        if (_firstPenalty == 0)
        {
            Product.MultiplyTransposedRight(_indicator, _inputs.RightTransposed.RowView(0, _rank), map);
            for (int i = 0; i < Count; i++) TensorPrimitives.Divide(map.Row(i), _inputs.Values.AsSpan(0, _rank), map.Row(i));
        }
        else
        {
            for (int q = 0; q < stiffness.Values.Length; q++) Product.Multiply(stiffness.Projection(q), MapOf(stiffness.Values[q]), map, accumulate: true);
        }
        Matrix spread = Product.Multiply(map, Coordinates());
        TensorPrimitives.Subtract(spread.AsSpan(), _indicator.AsSpan(), spread.AsSpan());
        Matrix toClasses = Product.MultiplyTransposedRight(map, _inputs.Left.Block(0, 0, _inputs.Left.Rows, _rank));
        if (_firstPenalty == 0) return new CentroidFirstLayer(toClasses, Matrix.Identity(Count), spread);
        Matrix gram = Product.OuterGram(map), cost = Product.OuterGram(Product.Multiply(stiffness.Root(), spread));
        TensorPrimitives.MultiplyAdd(cost.AsSpan(), 1 / _firstPenalty, gram.AsSpan(), gram.AsSpan());
        RequireIndependent(gram, Count);
        return new CentroidFirstLayer(toClasses, SymmetricFunction.Apply(gram, x => 1 / Math.Sqrt(x)), spread);
    }

    /// <summary>B_q in the coordinates of X's left singular vectors, where C_q is diagonal; scaled so that its largest entry is 1.</summary>
    private Matrix MapOf(double stiffness)
    {
        Matrix weighted = _meanInputs.Copy();
        double least = (stiffness * Square(_inputs.Values[_rank - 1])) + _firstPenalty;
        for (int i = 0; i < _rank; i++)
            TensorPrimitives.Multiply(weighted.Row(i), least / ((stiffness * Square(_inputs.Values[i])) + _firstPenalty), weighted.Row(i));
        Matrix gram = Product.MultiplyTransposedLeft(_meanInputs, weighted);
        RequireIndependent(gram, Count);
        return Product.MultiplyTransposedRight(PseudoInverse.Compute(gram).Inverse, weighted);
    }

    private static void RequireIndependent(Matrix gram, int count)
    {
        double[] values = SymmetricEigendecomposition.Eigenvalues(gram);
        if (values.Min() > LeastShare * values.Max()) return;
        throw new InvalidInputException($"The inputs have too small a rank to send {count} classes to {count} independent points: with a penalised first "
            + "layer the centroid problem has no finite inputs. Set delta to 0 or use more inputs.")
        { Settings = ["delta"] };
    }

    private static double Square(double x) => x * x;

    /// <summary>diag(s)·Vᵀ, the samples in the coordinates of X's left singular vectors.</summary>
    private Matrix Coordinates()
    {
        Matrix coordinates = _inputs.RightTransposed.Block(0, 0, _rank, _data.SampleCount);
        for (int i = 0; i < _rank; i++) TensorPrimitives.Multiply(coordinates.Row(i), _inputs.Values[i], coordinates.Row(i));
        return coordinates;
    }

    private Matrix Means(Matrix columns)
    {
        Matrix means = Product.MultiplyTransposedRight(columns, _indicator);
        for (int i = 0; i < means.Rows; i++) TensorPrimitives.Divide(means.Row(i), Sizes, means.Row(i));
        return means;
    }
}

/// <summary>A first layer of the centroid problem.</summary>
/// <param name="ToClasses">B, K×d: W_1 = P·B.</param>
/// <param name="Inputs">The small problem's inputs, G^{-1/2} with G = BBᵀ + (1/λ_1)·F(BX − Sᵀ)(BX − Sᵀ)ᵀFᵀ, F = Σ_q √a_q·Π_q; or I where the first layer is
/// free.</param>
/// <param name="Spread">BX − Sᵀ, K×N, whose class means are 0.</param>
internal sealed record CentroidFirstLayer(Matrix ToClasses, Matrix Inputs, Matrix Spread)
{
    /// <summary>The network for all samples, of a given shape, that acts on the classes as a network of the small problem does.</summary>
    internal Network Lift(NetworkSpecification specification, Network small)
    {
        var full = new Network(specification);
        Product.Multiply(Product.Multiply(small.Weights(1), Inputs), ToClasses, full.Weights(1));
        small.Bias(1)?.CopyTo(full.Bias(1)!);
        for (int l = 2; l <= specification.Depth; l++)
        {
            small.Weights(l).CopyTo(full.Weights(l));
            small.Bias(l)?.CopyTo(full.Bias(l)!);
        }
        return full;
    }
}
