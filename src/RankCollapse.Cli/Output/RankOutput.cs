using RankCollapse.Formats;
using RankCollapse.Reporting.Text;
using RankCollapse.Runs;
using RankCollapse.Theory.Certificates;
using RankCollapse.Theory.Rivals;

namespace RankCollapse.Cli.Output;

/// <summary>Whose bound explains the ranks at the point that a run reached.</summary>
/// <param name="Explanations">By layer.</param>
/// <param name="Batches">Mini-batches; null where there is no such bound.</param>
/// <param name="Jacobian">The learnt map's ranks.</param>
/// <param name="Run">The run.</param>
internal sealed record RankOutput(IReadOnlyList<RankExplanation> Explanations, MiniBatchBound? Batches, JacobianRank Jacobian, Run Run)
{
    private const double Tolerance = RankTolerance.Default;

    /// <summary>Computes the rivals' bounds beside a certificate.</summary>
    public static RankOutput Of(Run run, LowRankCertificate certificate)
    {
        var batches = MiniBatchBound.Compute(
            run.Trained, run.DataSet, run.Configuration.ToObjectiveSettings(), run.Configuration.ToSolverSettings(), run.Summary.Epochs);
        return new RankOutput(RankExplanation.Compare(run.Trained, certificate, batches), batches, JacobianRank.Measure(run.Trained, run.DataSet), run);
    }

    /// <summary>Writes them for people.</summary>
    public void Write(TextWriter output)
    {
        output.WriteLine($"Whose bound explains the rank, within {Numbers.PerCent(Tolerance)} of the norm of W:");
        var table = new TextTable("layer", "rank", new Column("full", 3), "Theorem 3.4", "tight", "mini-batches", new Column("foreseen", 4), "explained by");
        foreach (RankExplanation one in Explanations)
        {
            table.Add(
                $"{one.Layer}", $"{one.Rank}", $"{one.FullRank}", Numbers.Count(one.TheoremRank), Numbers.Count(one.CollapseRank),
                Numbers.Count(one.BatchRank), Numbers.Count(Foreseen(one.Layer)), InWords(one));
        }
        table.Write(output);
        output.WriteLine(Batches is { } batches
            ? $"Mini-batches: B = {batches.BatchSize}; the least rank n·B that the last n batches explain; foreseen: B·ln(1/ε)/(ηλ) from the settings alone. "
                + (batches.Holds ? "All their bounds hold." : "One of their bounds does not hold.")
            : $"Mini-batches explain nothing here: the bound is of gradient descent (sgd), and this run was trained by {Run.Configuration.Solver}.");
        output.WriteLine($"The learnt map: Jacobians at {NumberText.Count(Jacobian.Samples.Count, "sample")} have rank {Jacobian.RankWithin(Tolerance)} "
            + "at most, "
            + $"the narrowest layer has rank {Jacobian.BottleneckWithin(Tolerance)}, within {Numbers.PerCent(Tolerance)}; Σ‖W‖²/L is "
            + $"{Numbers.Short(Jacobian.MeanSquare)}.");
    }

    private double? Foreseen(int layer) => Batches is { } batches ? batches.Layers[layer - 1].RankForeseen(Tolerance, batches.BatchSize) : null;

    private static string InWords(RankExplanation one) => one.Explains switch
    {
        RankExplainer.FullRank => "full rank",
        RankExplainer.None => "no bound",
        RankExplainer explainer => EnumNames.Of(explainer) + (one.IsSharp ? "" : ", loosely"),
    };

    /// <summary>The JSON object.</summary>
    public static JsonShape<RankOutput> Shape => new JsonShape<RankOutput>()
        .Number("tolerance", _ => Tolerance)
        .WholeOrNull("batchSize", one => one.Batches?.BatchSize)
        .FlagOrNull("batchBoundsHold", one => one.Batches?.Holds)
        .Whole("jacobianRank", one => one.Jacobian.RankWithin(Tolerance))
        .Whole("bottleneckRank", one => one.Jacobian.BottleneckWithin(Tolerance))
        .Number("meanSquaredNorm", one => one.Jacobian.MeanSquare)
        .Wholes("jacobianSamples", one => one.Jacobian.Samples.Select(i => (long)i))
        .Numbers("jacobianSingularValues", one => one.Jacobian.SingularValues.MaxBy(values => RankTolerance.Of(values, Tolerance)))
        .List("layers", one => one.Explanations.Select(layer => (layer, one)), OfLayer);

    private static JsonShape<(RankExplanation Layer, RankOutput All)> OfLayer => new JsonShape<(RankExplanation Layer, RankOutput All)>()
        .Whole("layer", one => one.Layer.Layer)
        .Whole("rank", one => one.Layer.Rank)
        .Whole("fullRank", one => one.Layer.FullRank)
        .WholeOrNull("theoremRank", one => one.Layer.TheoremRank)
        .WholeOrNull("collapseRank", one => one.Layer.CollapseRank)
        .WholeOrNull("batchRank", one => one.Layer.BatchRank)
        .Number("batchRankForeseen", one => one.All.Foreseen(one.Layer.Layer))
        .Name("explainedBy", one => one.Layer.Explains, typeof(RankExplainer))
        .Flag("isSharp", one => one.Layer.IsSharp)
        .List("batchBounds", one => one.All.Batches?.Layers[one.Layer.Layer - 1].Bounds ?? [], new JsonShape<BatchRankBound>()
            .Whole("batches", b => b.Batches)
            .Whole("rank", b => b.Rank)
            .Number("distance", b => b.Distance)
            .Number("bound", b => b.Bound)
            .Number("remembered", b => b.Remembered)
            .Number("roundingAllowance", b => b.RoundingAllowance)
            .Flag("holds", b => b.Holds));
}
