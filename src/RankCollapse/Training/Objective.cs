using System.Numerics.Tensors;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;

namespace RankCollapse.Training;

/// <summary>
/// J(Θ) = a·D(f(X), Y) + Σ_l (λ_l/2)‖W_l‖² + Σ_l (β/2)‖b_l‖² + Σ_l (μ/2)‖Z^l‖² and its exact gradient by backpropagation.
/// </summary>
/// <remarks>
/// The object owns the memory of its passes, so that an evaluation allocates nothing; it must not be used by two threads at once.
/// Features include the output layer l = L in their penalty, as in Section 5.2.
/// </remarks>
public sealed class Objective
{
    private readonly Matrix _inputsTransposed;
    private readonly Matrix[] _features;
    private readonly Matrix[] _slopes;
    private readonly Matrix[] _sensitivities;
    private readonly Matrix[] _errors;
    private readonly Matrix[]? _bends;
    private readonly Matrix _probabilities;
    private readonly bool _isPenalised;
    private readonly double _scaleOfData;
    private double _dataLoss;

    /// <summary>Prepares the passes for a shape, its data and its penalties.</summary>
    /// <exception cref="ShapeMismatchException">The data do not fit the network's inputs or outputs.</exception>
    /// <exception cref="InvalidInputException">A penalty is negative.</exception>
    public Objective(NetworkSpecification specification, DataSet data, ObjectiveSettings settings)
        : this(specification, data, settings, keepsCurvature: false)
    {
    }

    /// <param name="specification">The shape.</param>
    /// <param name="data">The data.</param>
    /// <param name="settings">Loss and penalties.</param>
    /// <param name="keepsCurvature">Whether evaluations keep what products with the Hessian need: errors and bends of every layer.</param>
    /// <param name="coefficients">The factors to use in place of those of the settings, as in continuation.</param>
    /// <param name="sampleWeights">Factors n_i &gt; 0 of the samples' data terms and feature penalties, as if sample i were there n_i times; null for 1.</param>
    internal Objective(
        NetworkSpecification specification,
        DataSet data,
        ObjectiveSettings settings,
        bool keepsCurvature,
        ObjectiveCoefficients? coefficients = null,
        SampleWeights? sampleWeights = null)
    {
        ArgumentNullException.ThrowIfNull(specification);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(settings);
        if (data.InputDimension != specification.InputDimension)
            throw new ShapeMismatchException($"Layer 1: weights are {specification.Width(1)}×{specification.InputDimension} but the inputs have {data.InputDimension} rows.");
        if (data.OutputDimension != specification.OutputDimension)
            throw new ShapeMismatchException($"Layer {specification.Depth}: outputs have {specification.OutputDimension} rows but the targets have {data.OutputDimension}.");
        Specification = specification;
        Data = data;
        Settings = settings;
        Coefficients = coefficients ?? settings.Coefficients(specification.Depth, data.SampleCount);
        SampleWeights = sampleWeights;
        int depth = specification.Depth, samples = data.SampleCount;
        _inputsTransposed = data.Inputs.Transpose();
        _features = new Matrix[depth + 1];
        _slopes = new Matrix[depth + 1];
        _features[0] = data.Inputs;
        for (int l = 1; l <= depth; l++)
        {
            _features[l] = new Matrix(specification.Width(l), samples);
            _slopes[l] = new Matrix(specification.Width(l), samples);
        }
        _slopes[0] = new Matrix(0, 0);

        // Sensitivities ∂J/∂Z^l are needed for two layers at a time: two buffers take turns and stay in cache.
        int widest = specification.Widths.Max();
        double[][] buffers = [new double[widest * samples], new double[widest * samples], new double[widest * samples]];
        _sensitivities = [.. Enumerable.Range(0, depth + 1).Select(l => new Matrix(buffers[l % 2], 0, l == 0 ? 0 : specification.Width(l), samples))];
        _errors = [.. Enumerable.Range(0, depth + 1).Select(l => keepsCurvature
            ? new Matrix(l == 0 ? 0 : specification.Width(l), samples)
            : new Matrix(buffers[2], 0, l == 0 ? 0 : specification.Width(l), samples))];
        _bends = keepsCurvature ? [.. Enumerable.Range(0, depth + 1).Select(l => new Matrix(l == 0 ? 0 : specification.Width(l), samples))] : null;
        _isPenalised = Coefficients.BiasFactor > 0 || Coefficients.WeightFactors.Any(lambda => lambda > 0);
        _scaleOfData = Coefficients.DataFactor
            * Math.Sqrt(SampleWeights.SumOfSquares(SampleWeights, data.Inputs))
            * Math.Sqrt(SampleWeights.SumOfSquares(SampleWeights, data.Targets));
        _probabilities = new Matrix(specification.OutputDimension, settings.Loss == Loss.CrossEntropy ? samples : 0);
    }

    /// <summary>The network's shape.</summary>
    public NetworkSpecification Specification { get; }

    /// <summary>The data.</summary>
    public DataSet Data { get; }

    /// <summary>The settings.</summary>
    public ObjectiveSettings Settings { get; }

    /// <summary>The factors in force.</summary>
    public ObjectiveCoefficients Coefficients { get; }

    /// <summary>n_1 … n_N, factors of the samples' data terms and feature penalties; null where all are 1.</summary>
    internal SampleWeights? SampleWeights { get; }

    /// <summary>Z^0 … Z^L of the last evaluation; they are overwritten by the next one.</summary>
    public IReadOnlyList<Matrix> Features => _features;

    /// <summary>σ'(P^l) of the last evaluation, n_l×N; entry 0 is empty.</summary>
    internal IReadOnlyList<Matrix> Slopes => _slopes;

    /// <summary>∂J/∂P^l, the errors at the preactivations, n_l×N, of the last gradient; kept for all layers when curvature is kept.</summary>
    internal IReadOnlyList<Matrix> Errors => _errors;

    /// <summary>σ''(P^l)∘∂J/∂Z^l of the last gradient, n_l×N; null unless curvature is kept.</summary>
    internal IReadOnlyList<Matrix>? Bends => _bends;

    /// <summary>Softmax of the outputs of the last evaluation, for cross-entropy.</summary>
    internal Matrix Probabilities => _probabilities;

    /// <summary>Xᵀ, N×d.</summary>
    internal Matrix InputsTransposed => _inputsTransposed;

    /// <summary>The size of the last gradient.</summary>
    public GradientSize GradientSize { get; private set; }

    /// <summary>J at a network, with its parts; NaN and infinities are returned as they are.</summary>
    public ObjectiveValue Value(Network network)
    {
        Forward(network, withSlopes: false);
        Matrix outputs = _features[^1];
        double data = DataTerm.Evaluate(Settings.Loss, outputs, Data.Targets, Coefficients.DataFactor, _sensitivities[^1], _probabilities, SampleWeights);
        return Compose(data, WeightPenalty(network), FeatureSquares());
    }

    /// <summary>J at a network and its gradient.</summary>
    /// <param name="network">Θ.</param>
    /// <param name="gradient">∇J, in the order of <see cref="Network.Parameters"/>, as a network of the same shape.</param>
    public ObjectiveValue ValueAndGradient(Network network, Network gradient)
    {
        Forward(network, withSlopes: true);
        _dataLoss = DataTerm.Evaluate(Settings.Loss, _features[^1], Data.Targets, Coefficients.DataFactor, _sensitivities[^1], _probabilities, SampleWeights);
        return Backward(network, gradient);
    }

    /// <summary>J at a network, with all that <see cref="Backward"/> needs for the gradient there.</summary>
    internal ObjectiveValue ValueWithSlopes(Network network)
    {
        Forward(network, withSlopes: true);
        _dataLoss = DataTerm.Evaluate(Settings.Loss, _features[^1], Data.Targets, Coefficients.DataFactor, _sensitivities[^1], _probabilities, SampleWeights);
        return Compose(_dataLoss, WeightPenalty(network), FeatureSquares());
    }

    /// <summary>The gradient at the network that <see cref="ValueWithSlopes"/> has just seen.</summary>
    internal ObjectiveValue Backward(Network network, Network gradient)
    {
        ArgumentNullException.ThrowIfNull(gradient);
        int depth = Specification.Depth;
        double featureSquares = 0, squares = 0, squaresWithoutPenalty = 0, squaresOfPenalty = 0, weightPenalty = 0;
        for (int l = depth; l >= 1; l--)
        {
            Matrix sensitivity = _sensitivities[l], error = _errors[l];
            featureSquares += SampleWeights is null
                ? ElementWise.ThroughActivation(sensitivity.AsSpan(), _features[l].AsSpan(), Coefficients.FeatureFactor, _slopes[l].AsSpan(), error.AsSpan())
                : SampleWeights.ThroughActivation(sensitivity, _features[l], Coefficients.FeatureFactor, _slopes[l], error);
            if (_bends is { } bends) TensorPrimitives.Multiply(bends[l].AsSpan(), sensitivity.AsSpan(), bends[l].AsSpan());
            if (l > 1)
            {
                Matrix before = _sensitivities[l - 1];
                if (Specification.HasSkip(l)) sensitivity.CopyTo(before);
                Product.MultiplyTransposedLeft(network.Weights(l), error, before, accumulate: Specification.HasSkip(l));
                Product.MultiplyTransposedRight(error, _features[l - 1], gradient.Weights(l));
            }
            else
            {
                Product.Multiply(error, _inputsTransposed, gradient.Weights(1));
            }
            AddPenalty(gradient.Weights(l), network.Weights(l), Coefficients.WeightFactorOf(l));
            if (gradient.Bias(l) is { } bias)
            {
                for (int i = 0; i < bias.Rows; i++) bias[i, 0] = TensorPrimitives.Sum<double>(error.Row(i));
                AddPenalty(bias, network.Bias(l)!, Coefficients.BiasFactor);
            }
        }
        double norm = Math.Sqrt(squares);
        double scale = _isPenalised ? Math.Sqrt(Math.Max(squaresWithoutPenalty, squaresOfPenalty)) : _scaleOfData;
        GradientSize = new GradientSize(norm, norm == 0 ? 0 : norm / scale);
        return Compose(_dataLoss, weightPenalty, featureSquares);

        void AddPenalty(Matrix g, Matrix w, double factor)
        {
            PenaltySums sums = ElementWise.AddPenalty(g.AsSpan(), w.AsSpan(), factor);
            squares += sums.With;
            squaresWithoutPenalty += sums.Without;
            squaresOfPenalty += factor * factor * sums.Weights;
            weightPenalty += 0.5 * factor * sums.Weights;
        }
    }

    /// <summary>The first layer whose features of the last evaluation hold a value that is not finite; null if none.</summary>
    public int? FirstNonFiniteLayer()
    {
        for (int l = 1; l <= Specification.Depth; l++)
        {
            foreach (double z in _features[l].AsSpan())
            {
                if (!double.IsFinite(z)) return l;
            }
        }
        return null;
    }

    private void Forward(Network network, bool withSlopes)
    {
        ArgumentNullException.ThrowIfNull(network);
        for (int l = 1; l <= Specification.Depth; l++)
        {
            Matrix z = _features[l];
            if (network.Bias(l) is { } bias)
            {
                for (int i = 0; i < z.Rows; i++) z.Row(i).Fill(bias[i, 0]);
                Product.Multiply(network.Weights(l), _features[l - 1], z, accumulate: true);
            }
            else
            {
                Product.Multiply(network.Weights(l), _features[l - 1], z);
            }
            Activation activation = Specification.ActivationOf(l);
            if (withSlopes && _bends is { } bends) activation.ValueFirstAndSecond(z.AsSpan(), z.AsSpan(), _slopes[l].AsSpan(), bends[l].AsSpan());
            else if (withSlopes) activation.ValueAndFirst(z.AsSpan(), z.AsSpan(), _slopes[l].AsSpan());
            else activation.Value(z.AsSpan(), z.AsSpan());
            if (Specification.HasSkip(l)) TensorPrimitives.Add(z.AsSpan(), _features[l - 1].AsSpan(), z.AsSpan());
        }
    }

    private double FeatureSquares()
    {
        double squares = 0;
        if (Coefficients.FeatureFactor == 0) return squares;
        for (int l = 1; l <= Specification.Depth; l++) squares += SampleWeights.SumOfSquares(SampleWeights, _features[l]);
        return squares;
    }

    private double WeightPenalty(Network network)
    {
        double penalty = 0;
        for (int l = 1; l <= Specification.Depth; l++)
        {
            double factor = Coefficients.WeightFactorOf(l);
            if (factor != 0) penalty += 0.5 * factor * TensorPrimitives.SumOfSquares<double>(network.Weights(l).AsSpan());
            if (Coefficients.BiasFactor != 0 && network.Bias(l) is { } bias) penalty += 0.5 * Coefficients.BiasFactor * TensorPrimitives.SumOfSquares<double>(bias.AsSpan());
        }
        return penalty;
    }

    private ObjectiveValue Compose(double data, double weightPenalty, double featureSquares)
    {
        double features = Coefficients.FeatureFactor == 0 ? 0 : 0.5 * Coefficients.FeatureFactor * featureSquares;
        return new ObjectiveValue((Coefficients.DataFactor * data) + weightPenalty + features, data, weightPenalty, features);
    }
}
