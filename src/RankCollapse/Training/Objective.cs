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
    private readonly ForwardPass _pass;
    private readonly BackwardPass _backward;
    private readonly Matrix _probabilities;
    private readonly bool _isPenalised;
    private readonly SampleParts? _parts;

    /// <summary>Where layers have so many parameters that their penalties are worth more than one thread; null elsewhere.</summary>
    private readonly PenaltySums[]? _penalties;
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
    /// <param name="keepsCurvature">Whether evaluations keep what products with the Hessian need: errors and second-order errors of every layer.</param>
    /// <param name="coefficients">The factors to use in place of those of the settings, as in continuation.</param>
    /// <param name="sampleWeights">Factors n_i &gt; 0 of the samples' data terms and feature penalties, as if each were there n_i times; null for 1.</param>
    /// <param name="isInParts">Whether samples are evaluated a part at a time, with the memory of one part; features of all are not kept then.</param>
    internal Objective(
        NetworkSpecification specification,
        DataSet data,
        ObjectiveSettings settings,
        bool keepsCurvature,
        ObjectiveCoefficients? coefficients = null,
        SampleWeights? sampleWeights = null,
        bool isInParts = false)
    {
        ArgumentNullException.ThrowIfNull(specification);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(settings);
        RequireFit(specification, data);
        Specification = specification;
        Data = data;
        Settings = settings;
        Coefficients = coefficients ?? settings.Coefficients(specification.Depth, data.SampleCount);
        SampleWeights = sampleWeights;
        InputsTransposed = data.Inputs.Transpose();
        int atOnce = isInParts ? 0 : data.SampleCount;
        _pass = new ForwardPass(specification, isInParts ? new Matrix(data.InputDimension, 0) : data.Inputs, keepsCurvature);
        _backward = new BackwardPass(specification, atOnce, keepsErrors: keepsCurvature);
        _isPenalised = Coefficients.BiasFactor > 0 || Coefficients.WeightFactors.Any(lambda => lambda > 0);
        ScaleOfData = Coefficients.DataFactor
            * Math.Sqrt(SampleWeights.SumOfSquares(SampleWeights, data.Inputs))
            * Math.Sqrt(SampleWeights.SumOfSquares(SampleWeights, data.Targets));
        _probabilities = new Matrix(specification.OutputDimension, settings.Loss == Loss.CrossEntropy ? atOnce : 0);
        _penalties = Network.CountParameters(specification) >= MiniBatches.WorthThreads ? new PenaltySums[2 * specification.Depth] : null;
        _parts = isInParts ? new SampleParts(this) : null;
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

    /// <summary>Z^0 … Z^L of the last evaluation; they are overwritten by the next one. Without columns where samples are evaluated in parts.</summary>
    public IReadOnlyList<Matrix> Features => _pass.Features;

    /// <summary>Whether samples are evaluated a part at a time.</summary>
    internal bool IsInParts => _parts is not null;

    /// <summary>f(X) of the last evaluation, K×N.</summary>
    internal Matrix Outputs => _parts?.Outputs ?? Features[^1];

    /// <summary>Is told the first sample and Z^0 … Z^L of each part of every evaluation in parts, in order; the next part overwrites them.</summary>
    internal Action<int, IReadOnlyList<Matrix>>? Visitor
    {
        set
        {
            if (_parts is not null) _parts.Visitor = value;
        }
    }

    /// <summary>σ'(P^l) of the last evaluation, n_l×N; entry 0 is empty.</summary>
    internal IReadOnlyList<Matrix> Slopes => _pass.Slopes;

    /// <summary>∂J/∂P^l, the errors at the preactivations, n_l×N, of the last gradient; kept for all layers when curvature is kept.</summary>
    internal IReadOnlyList<Matrix> Errors => _backward.Errors;

    /// <summary>σ''(P^l)∘∂J/∂Z^l of the last gradient, n_l×N; null unless curvature is kept.</summary>
    internal IReadOnlyList<Matrix>? SecondOrderErrors => _pass.SecondDerivatives;

    /// <summary>Softmax of the outputs of the last evaluation, for cross-entropy.</summary>
    internal Matrix Probabilities => _probabilities;

    /// <summary>Xᵀ, N×d.</summary>
    internal Matrix InputsTransposed { get; }

    /// <summary>a‖X‖‖Y‖.</summary>
    internal double ScaleOfData { get; }

    /// <summary>
    /// What rounding leaves of the gradient's norm. Where the parameters tend to 0 both terms that balance do, and a norm at most so large is all that
    /// stationarity can mean there.
    /// </summary>
    internal double RoundingOfGradient => Tolerances.Decomposition(Data.SampleCount, Specification.Widths.Max()) * ScaleOfData;

    /// <summary>The size of the last gradient.</summary>
    public GradientSize GradientSize { get; private set; }

    /// <summary>Refuses data that a network cannot take.</summary>
    /// <exception cref="ShapeMismatchException">Inputs or targets have other dimensions than the network.</exception>
    internal static void RequireFit(NetworkSpecification specification, DataSet data)
    {
        if (data.InputDimension != specification.InputDimension)
        {
            string weights = $"{specification.Width(1)}×{specification.InputDimension}";
            throw new ShapeMismatchException($"Layer 1: weights are {weights} but the inputs have {data.InputDimension} rows.");
        }
        if (data.OutputDimension == specification.OutputDimension) return;
        string outputs = $"Layer {specification.Depth}: outputs have {specification.OutputDimension} rows";
        throw new ShapeMismatchException($"{outputs} but the targets have {data.OutputDimension}.");
    }

    /// <summary>J at a network, with its parts; NaN and infinities are returned as they are.</summary>
    public ObjectiveValue Value(Network network)
    {
        if (_parts is not null)
        {
            (_dataLoss, double features) = _parts.Evaluate(network, gradient: null);
            return Compose(WeightPenalty(network), features);
        }
        EvaluateData(network, withSlopes: false);
        return Compose(WeightPenalty(network), FeaturePenalty(FeatureSquares()));
    }

    /// <summary>J at a network and its gradient.</summary>
    /// <param name="network">Θ.</param>
    /// <param name="gradient">∇J, in the order of <see cref="Network.Parameters"/>, as a network of the same shape.</param>
    public ObjectiveValue ValueAndGradient(Network network, Network gradient)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(gradient);
        if (_parts is not null)
        {
            (_dataLoss, double features) = _parts.Evaluate(network, gradient);
            GradientSums sums = default;
            for (int l = Specification.Depth; l >= 1; l--) AddPenalties(l, network, gradient, ref sums);
            return Compose(Size(sums), features);
        }
        EvaluateData(network, withSlopes: true);
        return Backward(network, gradient);
    }

    /// <summary>J at a network, with all that <see cref="Backward"/> needs for the gradient there.</summary>
    internal ObjectiveValue ValueWithSlopes(Network network)
    {
        EvaluateData(network, withSlopes: true);
        return Compose(WeightPenalty(network), FeaturePenalty(FeatureSquares()));
    }

    /// <summary>The gradient at the network that <see cref="ValueWithSlopes"/> has just seen.</summary>
    internal ObjectiveValue Backward(Network network, Network gradient)
    {
        ArgumentNullException.ThrowIfNull(gradient);
        double featureSquares = 0;
        GradientSums sums = default;
        for (int l = Specification.Depth; l >= 1; l--)
        {
            Matrix sensitivity = _backward.Sensitivities[l], error = _backward.Errors[l];
            featureSquares += SampleWeights is null
                ? ElementWise.ThroughActivation(sensitivity.AsSpan(), Features[l].AsSpan(), Coefficients.FeatureFactor, Slopes[l].AsSpan(), error.AsSpan())
                : SampleWeights.ThroughActivation(sensitivity, Features[l], Coefficients.FeatureFactor, Slopes[l], error);
            if (SecondOrderErrors is { } second) TensorPrimitives.Multiply(second[l].AsSpan(), sensitivity.AsSpan(), second[l].AsSpan());
            _backward.Through(l, network, this, gradient);
            if (_penalties is null) AddPenalties(l, network, gradient, ref sums);
        }
        if (_penalties is not null) AddPenalties(network, gradient, _penalties, ref sums);
        return Compose(Size(sums), FeaturePenalty(featureSquares));
    }

    /// <summary>Adds the derivatives of a layer's penalties to its gradient, and the squares of both to sums.</summary>
    private void AddPenalties(int layer, Network network, Network gradient, ref GradientSums sums)
    {
        sums.Add(gradient.Weights(layer), network.Weights(layer), Coefficients.WeightFactorOf(layer));
        if (gradient.Bias(layer) is { } bias) sums.Add(bias, network.Bias(layer)!, Coefficients.BiasFactor);
    }

    /// <summary>The same of all layers, on all threads of products, added in the same order.</summary>
    private void AddPenalties(Network network, Network gradient, PenaltySums[] penalties, ref GradientSums sums)
    {
        MiniBatches.OverLayers(Specification.Depth, network.Parameters.Length, l =>
        {
            penalties[2 * (l - 1)] = ElementWise.AddPenalty(gradient.Weights(l).AsSpan(), network.Weights(l).AsSpan(), Coefficients.WeightFactorOf(l));
            if (gradient.Bias(l) is not { } bias) return;
            penalties[(2 * l) - 1] = ElementWise.AddPenalty(bias.AsSpan(), network.Bias(l)!.AsSpan(), Coefficients.BiasFactor);
        });
        for (int l = Specification.Depth; l >= 1; l--)
        {
            sums.Add(penalties[2 * (l - 1)], Coefficients.WeightFactorOf(l));
            if (gradient.Bias(l) is not null) sums.Add(penalties[(2 * l) - 1], Coefficients.BiasFactor);
        }
    }

    /// <summary>Takes the gradient's size from its sums, and returns the penalty of the weights.</summary>
    private double Size(GradientSums sums)
    {
        double norm = Math.Sqrt(sums.Squares);
        double scale = _isPenalised ? Math.Sqrt(Math.Max(sums.WithoutPenalty, sums.OfPenalty)) : ScaleOfData;
        GradientSize = new GradientSize(norm, norm == 0 ? 0 : norm / scale);
        return sums.Penalty;
    }

    /// <summary>The first layer whose features of the last evaluation hold a value that is not finite; null if none.</summary>
    public int? FirstNonFiniteLayer() => _pass.FirstNonFiniteLayer();

    private void EvaluateData(Network network, bool withSlopes)
    {
        _pass.Run(network, withSlopes);
        Matrix gradient = _backward.Sensitivities[^1];
        _dataLoss = DataTerm.Evaluate(Settings.Loss, Features[^1], Data.Targets, Coefficients.DataFactor, gradient, _probabilities, SampleWeights);
    }

    private double FeatureSquares()
    {
        double squares = 0;
        if (Coefficients.FeatureFactor == 0) return squares;
        for (int l = 1; l <= Specification.Depth; l++) squares += SampleWeights.SumOfSquares(SampleWeights, Features[l]);
        return squares;
    }

    private double WeightPenalty(Network network)
    {
        double penalty = 0;
        for (int l = 1; l <= Specification.Depth; l++)
        {
            double factor = Coefficients.WeightFactorOf(l);
            if (factor != 0) penalty += 0.5 * factor * Reduction.SumOfSquares(network.Weights(l).AsSpan());
            if (Coefficients.BiasFactor == 0 || network.Bias(l) is not { } bias) continue;
            penalty += 0.5 * Coefficients.BiasFactor * Reduction.SumOfSquares(bias.AsSpan());
        }
        return penalty;
    }

    private double FeaturePenalty(double squares) => Coefficients.FeatureFactor == 0 ? 0 : 0.5 * Coefficients.FeatureFactor * squares;

    private ObjectiveValue Compose(double weightPenalty, double featurePenalty) =>
        new((Coefficients.DataFactor * _dataLoss) + weightPenalty + featurePenalty, _dataLoss, weightPenalty, featurePenalty);

    /// <summary>Σg² of a gradient without its penalty, of the penalty alone and of both, and the penalty itself.</summary>
    private struct GradientSums
    {
        public double Squares;
        public double WithoutPenalty;
        public double OfPenalty;
        public double Penalty;

        public void Add(Matrix g, Matrix w, double factor) => Add(ElementWise.AddPenalty(g.AsSpan(), w.AsSpan(), factor), factor);

        public void Add(PenaltySums sums, double factor)
        {
            Squares += sums.With;
            WithoutPenalty += sums.Without;
            OfPenalty += factor * factor * sums.Weights;
            Penalty += 0.5 * factor * sums.Weights;
        }
    }
}
