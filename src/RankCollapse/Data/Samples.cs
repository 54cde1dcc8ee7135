using RankCollapse.LinearAlgebra;

namespace RankCollapse.Data;

/// <summary>All samples of a user's file, before a subsample is taken.</summary>
/// <param name="Name">The data set's name.</param>
/// <param name="Inputs">X, d×N.</param>
/// <param name="Targets">Y, K×N; null for the one-hot columns of the labels.</param>
/// <param name="Labels">The class of each sample; null for regression.</param>
public sealed record Samples(string Name, Matrix Inputs, Matrix? Targets, int[]? Labels)
{
    /// <summary>How the file was understood, in words; null where there is nothing to say.</summary>
    public string? Understood { get; init; }

    /// <summary>Classes from labels: those that count from 1 and have no 0 are counted from 0.</summary>
    /// <param name="labels">The labels.</param>
    /// <param name="note">What was done, for <see cref="Understood"/>; empty where nothing was.</param>
    internal static int[] FromZero(int[] labels, out string note)
    {
        note = "";
        if (labels.Length == 0 || labels.Min() != 1) return labels;
        note = $"; labels 1…{labels.Max()} are classes 0…{labels.Max() - 1}";
        return Array.ConvertAll(labels, label => label - 1);
    }

    /// <summary>Takes a seeded subsample: balanced and sorted by class where there are labels, at random where there are none.</summary>
    /// <exception cref="InvalidInputException">A label lies outside 0 … K−1, or there are too few samples.</exception>
    public DataSet Subsample(DataRequest request)
    {
        int classes = Targets?.Rows ?? request.Classes;
        string note = "";
        int[]? all = Labels is null || Targets is not null ? Labels : FromZero(Labels, out note);
        int[] chosen = all is null ? Choose(request) : ChooseByClass(all, classes, request);
        Matrix inputs = Columns(Inputs, chosen);
        int[] labels = all is null ? [] : Array.ConvertAll(chosen, i => all[i]);
        DataSet data = Targets is null
            ? DataSet.FromLabels(Name, inputs, labels, classes)
            : new DataSet(Name, inputs, Columns(Targets, chosen), labels);
        data.Understood = Understood is null ? null : Understood + note;
        return data;
    }

    private int[] ChooseByClass(int[] labels, int classes, DataRequest request)
    {
        int wrong = Array.FindIndex(labels, label => label < 0 || label >= classes);
        if (wrong >= 0)
        {
            string advice = Targets is null && labels[wrong] >= 0 ? $"set classes to {labels.Max() + 1L} or correct the labels" : "correct the labels";
            throw new InvalidInputException($"{Name}: sample {wrong} has label {labels[wrong]}, outside 0…{classes - 1}; {advice}.");
        }
        return ClassSubsample.Choose(Name, labels, request.Samples, classes, request.Seed, request.ClassCounts);
    }

    private int[] Choose(DataRequest request)
    {
        if (request.ClassCounts is not null)
            throw new InvalidInputException($"{Name} has no classes, but class counts are given; leave them out or add labels to the file.");
        if (request.Samples < 1)
            throw new InvalidInputException($"{request.Samples} samples are asked for; ask for at least 1.");
        int samples = request.Samples == DataRequest.AllSamples ? Inputs.Columns : request.Samples;
        if (samples > Inputs.Columns)
            throw new InvalidInputException($"{Name} has {Inputs.Columns} samples, but {request.Samples} are asked for; ask for at most {Inputs.Columns}.");
        int[] order = [.. Enumerable.Range(0, Inputs.Columns)];
        new RandomStream(request.Seed, RandomPurpose.Data).Shuffle<int>(order);
        return order[..samples];
    }

    private static Matrix Columns(Matrix matrix, int[] columns)
    {
        var result = new Matrix(matrix.Rows, columns.Length);
        for (int row = 0; row < matrix.Rows; row++)
        {
            ReadOnlySpan<double> source = matrix.Row(row);
            Span<double> target = result.Row(row);
            for (int i = 0; i < columns.Length; i++) target[i] = source[columns[i]];
        }
        return result;
    }
}
