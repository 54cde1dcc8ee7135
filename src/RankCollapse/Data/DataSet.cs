using RankCollapse.LinearAlgebra;

namespace RankCollapse.Data;

/// <summary>Samples with their targets: X ∈ R^{d×N}, Y ∈ R^{K×N}, and the class of each sample where there is one.</summary>
public sealed class DataSet
{
    /// <summary>Creates a data set; nothing is copied.</summary>
    /// <param name="name">A short name for tables and captions.</param>
    /// <param name="inputs">X, d×N, samples as columns; finite.</param>
    /// <param name="targets">Y, K×N; one-hot for classification; finite.</param>
    /// <param name="labels">The class of each sample, 0 … K−1, length N; empty for regression.</param>
    /// <exception cref="ShapeMismatchException">The numbers of samples differ.</exception>
    /// <exception cref="InvalidInputException">An entry is not finite, a label lies outside 0 … K−1, or there is no sample.</exception>
    public DataSet(string name, Matrix inputs, Matrix targets, int[] labels)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentNullException.ThrowIfNull(labels);
        if (inputs.Columns != targets.Columns)
            throw new ShapeMismatchException($"Data set {name}: inputs have {inputs.Columns} samples but targets have {targets.Columns}.");
        if (labels.Length != 0 && labels.Length != inputs.Columns)
            throw new ShapeMismatchException($"Data set {name}: there are {inputs.Columns} samples but {labels.Length} labels.");
        if (inputs.Length == 0 || targets.Length == 0)
            throw new InvalidInputException($"Data set {name}: inputs are {inputs.Rows}×{inputs.Columns} and targets {targets.Rows}×{targets.Columns}; at "
                + "least one sample, one input and one output are needed.");
        RequireFinite(name, "inputs", inputs);
        RequireFinite(name, "targets", targets);
        for (int i = 0; i < labels.Length; i++)
        {
            if ((uint)labels[i] >= (uint)targets.Rows)
                throw new InvalidInputException($"Data set {name}: sample {i} has label {labels[i]}, outside 0…{targets.Rows - 1}.");
        }
        Name = name;
        Inputs = inputs;
        Targets = targets;
        Labels = labels;
    }

    /// <summary>A short name for tables and captions.</summary>
    public string Name { get; }

    /// <summary>X, d×N, samples as columns.</summary>
    public Matrix Inputs { get; }

    /// <summary>Y, K×N.</summary>
    public Matrix Targets { get; }

    /// <summary>The class of each sample, 0 … K−1; empty for regression.</summary>
    public int[] Labels { get; }

    /// <summary>How the file that it comes from was understood, in words; null where there is nothing to say.</summary>
    public string? Understood { get; internal set; }

    /// <summary>d, the number of inputs.</summary>
    public int InputDimension => Inputs.Rows;

    /// <summary>K, the number of outputs, for classification the number of classes.</summary>
    public int OutputDimension => Targets.Rows;

    /// <summary>N, the number of samples.</summary>
    public int SampleCount => Inputs.Columns;

    /// <summary>Creates a classification data set whose targets are the one-hot columns of its labels.</summary>
    /// <param name="name">A short name for tables and captions.</param>
    /// <param name="inputs">X, d×N, samples as columns.</param>
    /// <param name="labels">The class of each sample, 0 … <paramref name="classCount"/>−1.</param>
    /// <param name="classCount">K, at least 1.</param>
    public static DataSet FromLabels(string name, Matrix inputs, int[] labels, int classCount)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(classCount);
        var targets = new Matrix(classCount, labels.Length);
        for (int i = 0; i < labels.Length; i++)
        {
            if ((uint)labels[i] >= (uint)classCount)
                throw new InvalidInputException($"Data set {name}: sample {i} has label {labels[i]}, outside 0…{classCount - 1}.");
            targets[labels[i], i] = 1;
        }
        return new DataSet(name, inputs, targets, labels);
    }

    private static void RequireFinite(string name, string what, Matrix values)
    {
        ReadOnlySpan<double> entries = values.AsSpan();
        for (int i = 0; i < entries.Length; i++)
        {
            if (!double.IsFinite(entries[i]))
                throw new InvalidInputException(
                    $"Data set {name}: {what} hold {entries[i]} for sample {i % values.Columns}, row {i / values.Columns}; every number must be finite.");
        }
    }
}
