using RankCollapse.Data;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Training;

/// <summary>An objective of some of the samples of another one, which are copied into memory of its own.</summary>
internal sealed class SamplePart
{
    private readonly Objective _whole;

    /// <summary>Reserves the memory.</summary>
    /// <param name="whole">The objective of all samples.</param>
    /// <param name="samples">How many are taken at a time.</param>
    /// <param name="coefficients">The factors of the part's objective.</param>
    public SamplePart(Objective whole, int samples, ObjectiveCoefficients coefficients)
    {
        _whole = whole;
        DataSet all = whole.Data;
        var data = new DataSet(all.Name, new Matrix(all.InputDimension, samples), new Matrix(all.OutputDimension, samples), []);
        Take(Enumerable.Range(0, samples).ToArray(), data, new Matrix(samples, all.InputDimension));
        Objective = new Objective(whole.Specification, data, whole.Settings, keepsCurvature: false, coefficients);
    }

    /// <summary>The objective of the samples that were taken last.</summary>
    public Objective Objective { get; }

    /// <summary>Copies samples out of Xᵀ, where each lies together in memory.</summary>
    /// <param name="samples">Their numbers.</param>
    public void Take(ReadOnlySpan<int> samples) => Take(samples, Objective.Data, Objective.InputsTransposed);

    private void Take(ReadOnlySpan<int> samples, DataSet part, Matrix transposed)
    {
        Matrix targets = _whole.Data.Targets;
        for (int i = 0; i < samples.Length; i++)
        {
            _whole.InputsTransposed.Row(samples[i]).CopyTo(transposed.Row(i));
            for (int k = 0; k < targets.Rows; k++) part.Targets[k, i] = targets[k, samples[i]];
        }
        _whole.InputsTransposed.TransposeTo(samples, part.Inputs);
    }
}
