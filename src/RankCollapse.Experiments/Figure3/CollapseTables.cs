namespace RankCollapse.Experiments.Figure3;

/// <summary>Figure 3's data: every run's course and end.</summary>
internal static class CollapseTables
{
    /// <summary>The tables by file name.</summary>
    public static IReadOnlyDictionary<string, DataTable> Of(params CollapseEnsemble[] ensembles) => new Dictionary<string, DataTable>
    {
        ["trajectories"] = Trajectories(ensembles),
        ["losses"] = Losses(ensembles),
        ["ends"] = Ends(ensembles),
    };

    private static DataTable Trajectories(CollapseEnsemble[] ensembles)
    {
        var table = new DataTable(
            "One layer at one record of one run.",
            new DataColumn("solver", ColumnKind.Text,
                "newton (to stationarity), adam (first order), or adam-mean (the same with the mean over samples in the loss)"),
            new DataColumn("seed", ColumnKind.Whole, "seed of the start"),
            new DataColumn("epoch", ColumnKind.Whole, "epochs, for newton iterations"),
            new DataColumn("layer", ColumnKind.Whole, "l = 1 … 10; 10 is the output"),
            new DataColumn("tcv", ColumnKind.Number, "TCV_{K,l}, the best partition found"),
            new DataColumn("rank", ColumnKind.Whole, "numerical rank of Z^l at 1e-5"));
        foreach (CollapseEnsemble ensemble in ensembles)
        {
            foreach (CollapseRun run in ensemble.Runs)
            {
                double[] epochs = run.Log.Epochs;
                for (int l = 1; l <= run.Log.Depth; l++)
                {
                    double[] tcv = run.Log.Tcv(l), ranks = run.Log.Ranks(l);
                    for (int i = 0; i < epochs.Length; i++) table.Add(ensemble.Name, run.Seed, (long)epochs[i], l, tcv[i], (long)ranks[i]);
                }
            }
        }
        return table;
    }

    private static DataTable Losses(CollapseEnsemble[] ensembles)
    {
        var table = new DataTable(
            "The whole network at one record of one run.",
            new DataColumn("solver", ColumnKind.Text, "newton, adam or adam-mean"),
            new DataColumn("seed", ColumnKind.Whole, "seed of the start"),
            new DataColumn("epoch", ColumnKind.Whole, "epochs, for newton iterations"),
            new DataColumn("seconds", ColumnKind.Number, "seconds of training on one core; depends on the machine"),
            new DataColumn("objective", ColumnKind.Number, "J, with its penalties"),
            new DataColumn("data_loss", ColumnKind.Number, "D = half the squared distance of outputs and targets"),
            new DataColumn("relative_gradient_norm", ColumnKind.Number, "gradient norm relative to the norms of the terms that it balances"));
        foreach (CollapseEnsemble ensemble in ensembles)
        {
            foreach (CollapseRun run in ensemble.Runs)
            {
                double[] epochs = run.Log.Epochs, seconds = run.Log.Seconds, losses = run.Log.Losses, data = run.Log.DataLosses, gradients = run.Log.Gradients;
                for (int i = 0; i < epochs.Length; i++) table.Add(ensemble.Name, run.Seed, (long)epochs[i], seconds[i], losses[i], data[i], gradients[i]);
            }
        }
        return table;
    }

    private static DataTable Ends(CollapseEnsemble[] ensembles)
    {
        var table = new DataTable(
            "The end of one run.",
            new DataColumn("solver", ColumnKind.Text, "newton, adam or adam-mean"),
            new DataColumn("seed", ColumnKind.Whole, "seed of the start"),
            new DataColumn("status", ColumnKind.Text, "converged or max-epochs"),
            new DataColumn("epochs", ColumnKind.Whole, "epochs, for newton iterations"),
            new DataColumn("seconds", ColumnKind.Number, "seconds of training on one core; depends on the machine"),
            new DataColumn("objective", ColumnKind.Number, "J"),
            new DataColumn("relative_gradient_norm", ColumnKind.Number, "relative gradient norm"),
            new DataColumn("largest_tcv", ColumnKind.Number, "the largest TCV over all layers"),
            new DataColumn("largest_rank", ColumnKind.Whole, "the largest numerical rank over the hidden layers"));
        foreach (CollapseEnsemble ensemble in ensembles)
        {
            foreach (CollapseRun run in ensemble.Runs)
                table.Add(ensemble.Name, run.Seed, run.Result.Manifest.Status, run.Result.Summary.Epochs, run.Log.Seconds[^1], run.Result.Summary.Objective,
                    run.Result.Summary.RelativeGradientNorm, run.LargestFinalTcv, (long)run.LargestFinalRank);
        }
        return table;
    }
}
