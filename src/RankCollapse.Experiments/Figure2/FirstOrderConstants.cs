using RankCollapse.Collapse;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Runs;
using RankCollapse.Training;

namespace RankCollapse.Experiments.Figure2;

/// <summary>√C of every intermediate layer while a first-order method trains: how far a start with orthogonal weights, where C = 1, is left.</summary>
internal static class FirstOrderConstants
{
    /// <summary>The name of the stored matrix: a row for each record; epoch, √C_1 … √C_{L−1}, the relative distances from C = 1, J, data loss.</summary>
    public const string Name = "constants";

    /// <summary>What the cell keeps, for its settings.</summary>
    public const string Kind = "first-order constants";

    private const int RecordsPerDecade = 6;

    /// <summary>Trains and records at epochs that are spread evenly in the logarithm.</summary>
    public static CellResult Run(RunConfiguration configuration, CancellationToken cancellation)
    {
        DataSet data = DataSource.Load(configuration.ToDataRequest());
        NetworkSpecification specification = configuration.ToSpecification(data.InputDimension, data.OutputDimension);
        var network = new Network(specification);
        Initialization.Initialize(network, configuration.Init, configuration.Seed);
        Solver solver = configuration.ToSolverSettings().CreateSolver(new Objective(specification, data, configuration.ToObjectiveSettings()), network);
        if (!solver.Start()) throw new ComputationFailedException("The objective is not finite at the start.");
        HashSet<long> recorded = [.. Records(configuration.MaxEpochs)];
        var rows = new List<double[]>();
        for (long epoch = 0; ; epoch++)
        {
            if (recorded.Contains(epoch)) rows.Add(Row(epoch, solver));
            if (epoch == configuration.MaxEpochs) break;
            cancellation.ThrowIfCancellationRequested();
            if (solver.Step() == StepOutcome.NonFinite) throw new ComputationFailedException($"{configuration.Solver} diverged at epoch {epoch}; lower the learning rate.");
        }
        return new CellResult().Add(Name, Matrix.FromEntries(rows.Count, rows[0].Length, (i, j) => rows[i][j]));
    }

    private static double[] Row(long epoch, Solver solver)
    {
        IReadOnlyList<Matrix> features = solver.Objective.Features;
        var roots = new double[LayerSpectra.Depth - 1];
        var distances = new double[LayerSpectra.Depth - 1];
        foreach (int l in LayerSpectra.Intermediate)
        {
            double[] found = SingularValueDecomposition.SingularValues(features[l]);
            PredictedSingularValues prediction = PredictedSingularValues.Predict(solver.Network.Specification, features, l, found);
            double[] predicted = prediction.Values is { } values ? [.. values] : [];
            roots[l - 1] = LayerSpectra.FittedRoot(found, predicted);
            distances[l - 1] = FigureNumbers.RelativeDistance(found, predicted, LayerSpectra.Classes);
        }
        return [epoch, .. roots, .. distances, solver.Value.Total, solver.Value.DataLoss];
    }

    private static IEnumerable<long> Records(long last)
    {
        yield return 0;
        for (int i = 0; ; i++)
        {
            long epoch = (long)Math.Round(Math.Pow(10, (double)i / RecordsPerDecade));
            if (epoch >= last) break;
            yield return epoch;
        }
        yield return last;
    }
}
