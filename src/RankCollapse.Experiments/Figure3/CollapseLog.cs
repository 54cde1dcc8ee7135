using RankCollapse.Collapse;
using RankCollapse.LinearAlgebra;
using RankCollapse.Training;

namespace RankCollapse.Experiments;

/// <summary>What is kept of a training's course: at every record the epoch, seconds, losses, the gradient, and TCV and numerical rank of the features of every layer.</summary>
internal sealed class CollapseLog(int depth)
{
    private const string TableName = "trajectory";
    private const string SecondsName = "seconds";
    private const int Epoch = 0;
    private const int Loss = 1;
    private const int DataLoss = 2;
    private const int Gradient = 3;
    private const int FirstLayer = 4;

    private readonly List<double[]> _rows = [];
    private readonly List<double> _seconds = [];

    /// <summary>Reads the log of a cell.</summary>
    public static CollapseLog Of(CellResult cell, int depth)
    {
        var log = new CollapseLog(depth);
        Matrix table = cell.Matrices[TableName];
        for (int i = 0; i < table.Rows; i++) log._rows.Add(table.Row(i).ToArray());
        log._seconds.AddRange(cell.Numbers(SecondsName));
        return log;
    }

    /// <summary>L.</summary>
    public int Depth => depth;

    /// <summary>The number of records.</summary>
    public int Count => _rows.Count;

    /// <summary>The epochs of the records.</summary>
    public double[] Epochs => Column(Epoch);

    /// <summary>Seconds of training up to each record, without what the records took.</summary>
    public double[] Seconds => [.. _seconds];

    /// <summary>J, with its penalties.</summary>
    public double[] Losses => Column(Loss);

    /// <summary>D = ½‖f(X) − Y‖².</summary>
    public double[] DataLosses => Column(DataLoss);

    /// <summary>The relative gradient norm.</summary>
    public double[] Gradients => Column(Gradient);

    /// <summary>TCV_{K,l} of layer l = 1 … L.</summary>
    public double[] Tcv(int layer) => Column(FirstLayer + layer - 1);

    /// <summary>The numerical rank of Z^l.</summary>
    public double[] Ranks(int layer) => Column(FirstLayer + depth + layer - 1);

    /// <summary>The mean of TCV over the hidden layers 1 … L−1.</summary>
    public double[] MeanTcv => [.. _rows.Select(row => Mean(row.AsSpan(FirstLayer, depth - 1)))];

    /// <summary>The mean of the numerical rank over the hidden layers 1 … L−1.</summary>
    public double[] MeanRanks => [.. _rows.Select(row => Mean(row.AsSpan(FirstLayer + depth, depth - 1)))];

    /// <summary>The last record's mean of TCV over the hidden layers.</summary>
    public double LastMeanTcv => Mean(_rows[^1].AsSpan(FirstLayer, depth - 1));

    /// <summary>Whether in the last record the TCV of every layer is at most a bound and every rank is K.</summary>
    public bool HasCollapsed(double bound, int classes)
    {
        double[] last = _rows[^1];
        return last.AsSpan(FirstLayer, depth).ToArray().All(tcv => tcv <= bound) && last.AsSpan(FirstLayer + depth, depth).ToArray().All(rank => rank == classes);
    }

    /// <summary>Writes the record anew where the state is that of the record before, as after a step that was rejected.</summary>
    public bool Repeats(TrainingState state, double seconds)
    {
        if (_rows.Count == 0 || state.Value.Total != _rows[^1][Loss] || state.Gradient.Relative != _rows[^1][Gradient]) return false;
        double[] row = [.. _rows[^1]];
        row[Epoch] = state.Epoch;
        _rows.Add(row);
        _seconds.Add(seconds);
        return true;
    }

    /// <summary>Measures and adds a record.</summary>
    public void Add(TrainingState state, double seconds, IReadOnlyList<Matrix> features, Matrix targets, Partition classes)
    {
        double[] row = new double[FirstLayer + (2 * depth)];
        row[Epoch] = state.Epoch;
        row[Loss] = state.Value.Total;
        row[DataLoss] = state.Value.DataLoss;
        row[Gradient] = state.Gradient.Relative;
        for (int l = 1; l <= depth; l++)
        {
            row[FirstLayer + l - 1] = TotalClusterVariation.Compute(features[l], targets, classes.ClusterCount, classes, TotalClusterVariationOptions.Fast).Upper;
            row[FirstLayer + depth + l - 1] = NumericalRank.Of(features[l]);
        }
        _rows.Add(row);
        _seconds.Add(seconds);
    }

    /// <summary>Adds the log to a cell's result.</summary>
    public CellResult AddTo(CellResult cell) =>
        cell.Add(TableName, Matrix.FromEntries(_rows.Count, FirstLayer + (2 * depth), (i, j) => _rows[i][j])).Add(SecondsName, _seconds);

    private double[] Column(int index) => [.. _rows.Select(row => row[index])];

    private static double Mean(ReadOnlySpan<double> values) => System.Numerics.Tensors.TensorPrimitives.Sum(values) / values.Length;
}
