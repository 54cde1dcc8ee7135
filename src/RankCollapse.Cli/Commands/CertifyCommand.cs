using System.CommandLine;
using RankCollapse.Cli.Output;
using RankCollapse.Cli.Parsing;
using RankCollapse.Formats;
using RankCollapse.Reporting.Text;
using RankCollapse.Runs;
using RankCollapse.Theory.Certificates;
using RankCollapse.Theory.StationaryPoints;

namespace RankCollapse.Cli.Commands;

/// <summary><c>certify RUN</c>: Proposition 3.1, Lemma 3.3 and Theorem 3.4 at the point that a run reached, and the rivals' bounds.</summary>
internal static class CertifyCommand
{
    /// <summary>The verb.</summary>
    public static Command Create(CommandEnvironment environment)
    {
        var command = new Verb("certify", "Bounds how far each layer's weights are from rank K, at the point that a run reached.")
        {
            Computes = true,
            Notes =
            [
                "The exact bound is that of Theorem 3.4 with Lemma 3.3's remainder computed; the tight bound leaves out what does not raise the rank, and "
                    + "looks at the layer's own collapse too.",
                "Beside it stands what others say: the last mini-batches of a run by sgd, and the ranks of the learnt map's Jacobians.",
                "Exit code 0: every bound holds; 1: one does not, or the curvature could not be decided; 2: bad input.",
            ],
            Examples =
            [
                "rankcollapse certify runs/first",
                "rankcollapse certify runs/first --curvature",
                "rankcollapse certify runs/first --rank 12 --json",
                "rankcollapse certify runs/first --batch class:3",
            ],
        };
        Argument<string> path = CommonOptions.RunFolder();
        Option<int> rank = OptionValue.Of<int>("--rank", "K [the number of classes]", "K");
        Option<string> batch = OptionValue.Of<string>(
            "--batch", "Samples of Proposition 3.1's batch: the first n, random:n, class:k, or index:i,j,… counted from 0 [K]", "BATCH");
        Option<bool> curvature = OptionValue.Switch(
            "--curvature", "Also say whether the point is a minimum or a saddle, by the least eigenvalues of the Hessian; weights below a saddle go to "
                + "RUN/descent.safetensors");
        Option<bool> accept = CommonOptions.AcceptChanged();
        Option<bool> json = CommonOptions.Json();
        command.Add(path);
        command.Add(rank);
        command.Add(batch);
        command.Add(curvature);
        command.Add(accept);
        command.Add(json);
        command.SetAction(parsed =>
        {
            int? clusters = parsed.GetResult(rank) is null ? null : parsed.GetValue(rank);
            if (clusters < 1) throw new InvalidInputException($"--rank is {clusters}; expected at least 1.");
            string folder = parsed.GetRequiredValue(path);
            parsed.Accept(accept, environment, folder);
            Run run = RunFolder.Read(folder);
            IReadOnlyList<int>? samples = parsed.GetValue(batch) is { } text ? BatchText.Parse(text, run.DataSet, run.Configuration.Seed) : null;
            var options = new LowRankCertificateOptions { Rank = clusters };
            var found = Certification.Compute(run.Trained, run.DataSet, run.Configuration.ToObjectiveSettings(), options, samples);
            var ranks = RankOutput.Of(run, found.Certificate);
            CurvatureOutput? curved = parsed.GetValue(curvature) ? CurvatureOutput.Of(run, RunFolder.Open(folder)) : null;
            if (parsed.GetValue(json)) JsonOutput.Write(environment.Output, Document.Write((folder, found, ranks, curved)));
            else
            {
                Write(environment, folder, found, parsed.GetValue(batch));
                ranks.Write(environment.Output);
                curved?.Write(environment.Output);
            }
            return found.Holds && ranks.Batches?.Holds != false && curved?.Certificate.Kind != StationaryPointKind.Undecided
                ? ExitCode.Done : ExitCode.NotReached;
        });
        return command;
    }

    private static void Write(CommandEnvironment environment, string folder, Certification found, string? batch)
    {
        (LowRankCertificate certificate, IReadOnlyList<GradientRank> gradients) = (found.Certificate, found.GradientRanks);
        environment.Output.WriteLine($"{folder}: distance of W from rank {certificate.Layers[0].Rank}, and what bounds it (Theorem 3.4)");
        var table = new TextTable(
            "layer", "distance", new Column("exact bound", 2), new Column("exact ratio", 3), new Column("exact from", 4), "tight bound",
            new Column("tight ratio", 1), new Column("tight from", 4), new Column("M", 7), new Column("over the hull", 9), new Column("sampled", 9),
            new Column("M bound", 7), new Column("M ratio", 8), new Column("M from", 8), new Column("residual of (4)", 6), new Column("relative", 5), "holds");
        foreach (LayerCertificate layer in certificate.Layers)
        {
            LayerBound? best = layer.Best, curved = layer.BestByCurvature;
            table.Add(
                $"{layer.Layer}", Numbers.Short(layer.Distance), Numbers.Short(best?.ExactBound), Numbers.Short(layer.Ratio), From(best?.From),
                Numbers.Short(layer.TightBound), Numbers.Short(layer.TightRatio), From(layer.TightFrom),
                Numbers.Short(curved?.Remainder.Curvature), Numbers.Short(curved?.HullCurvature), Numbers.Short(curved?.Remainder.SampledCurvature),
                Numbers.Short(curved?.CurvatureBound), Numbers.Short(layer.CurvatureRatio), From(curved?.From),
                Numbers.Short(layer.StationarityResidual), Numbers.Short(layer.RelativeStationarityResidual),
                layer.Bounds.Count == 0 ? Numbers.Short(null) : layer.Holds ? "yes" : "no");
        }
        table.Write(environment.Output);
        if (found.IsZero)
        {
            int first = certificate.Layers.Count > 1 && !Certification.AreZero([certificate.Layers[0].WeightNorm]) ? 1 : 0;
            string weights = first == 0 ? "no weights" : "no weights but those of layer 1";
            environment.Output.WriteLine($"The network has collapsed to 0: {weights} exceed "
                + $"{Numbers.Short(certificate.Layers.Skip(first).Max(l => l.WeightNorm))} in norm, and ranks and ratios are rounding.");
        }
        foreach (LayerCertificate layer in certificate.Layers.Where(l => l.Reason is not null)) environment.Output.WriteLine(layer.Reason);
        IEnumerable<string?> reasons = certificate.Layers.SelectMany(l => l.Bounds).Select(b => b.Remainder.CurvatureReason);
        foreach (string reason in reasons.OfType<string>().Distinct(StringComparer.Ordinal)) environment.Output.WriteLine($"no M: {reason}");
        string ranks = string.Join(", ", gradients.Select(g => g.Rank)), verdict = gradients.All(g => g.Holds) ? "it holds" : "it does not hold";
        int size = gradients[0].BatchSize;
        string samples = batch?.Contains(':', StringComparison.Ordinal) == true ? $"{size} samples ({batch})" : $"the first {size} samples";
        environment.Output.WriteLine($"Proposition 3.1: gradients of {samples} have ranks {ranks}; {verdict}.");
        if (found.Head is { } head) HeadOutput.Write(environment.Output, head);
        if (found.LeastSubgradient is not { } least) return;
        string counted = NumberText.Count(found.KinkCount, "preactivation");
        environment.Output.WriteLine($"{counted} at a kink: gradients and residuals of (4) are those with the slopes to the right. The bounds hold for all "
            + "slopes there, and so does Proposition 3.1: every Clarke subgradient of a batch is a sum of one e·zᵀ for each sample. The least subgradient "
            + $"found has the relative norm {Numbers.Short(least.Relative)}.");
    }

    private static string From(int? layer) => layer is null ? Numbers.Short(null) : $"Z{layer}";

    /// <summary>The JSON document.</summary>
    internal static JsonShape<(string Folder, Certification Found, RankOutput Ranks, CurvatureOutput? Curvature)> Document =>
        new JsonShape<(string Folder, Certification Found, RankOutput Ranks, CurvatureOutput? Curvature)>()
        .Text("run", one => one.Folder)
        .Flag("holds", one => one.Found.Certificate.Holds)
        .Flag("isZero", one => one.Found.IsZero)
        .Whole("kinks", one => one.Found.KinkCount)
        .Number("leastRelativeSubgradient", one => one.Found.LeastSubgradient?.Relative)
        .List("gradientRanks", one => one.Found.GradientRanks, new JsonShape<GradientRank>()
            .Whole("layer", g => g.Layer)
            .Whole("batch", g => g.BatchSize)
            .Whole("rank", g => g.Rank)
            .Flag("holds", g => g.Holds)
            .Numbers("singularValues", g => g.SingularValues))
        .Object("explanations", one => one.Ranks, RankOutput.Shape)
        .ObjectOrNull("head", one => one.Found.Head, HeadOutput.Shape)
        .ObjectOrNull("curvature", one => one.Curvature, CurvatureOutput.Shape)
        .List("layers", one => one.Found.Certificate.Layers, OfLayer);

    private static JsonShape<LayerCertificate> OfLayer => new JsonShape<LayerCertificate>()
        .Whole("layer", layer => layer.Layer)
        .Whole("rank", layer => layer.Rank)
        .Number("distance", layer => layer.Distance)
        .Number("weightNorm", layer => layer.WeightNorm)
        .Number("lambda", layer => layer.Lambda)
        .Number("stationarityResidual", layer => layer.StationarityResidual)
        .Number("relativeStationarityResidual", layer => layer.RelativeStationarityResidual)
        .Number("exactBound", layer => layer.Best?.ExactBound)
        .Number("ratio", layer => layer.Ratio)
        .Number("projectedBound", layer => layer.BestProjected?.ProjectedBound)
        .Number("tightBound", layer => layer.TightBound)
        .Number("tightRatio", layer => layer.TightRatio)
        .Number("curvatureBound", layer => layer.BestByCurvature?.CurvatureBound)
        .Number("roundingAllowance", layer => layer.RoundingAllowance)
        .Flag("holds", layer => layer.Holds)
        .TextOrNull("reason", layer => layer.Reason)
        .ObjectOrNull("own", layer => layer.Own, new JsonShape<OwnLayerBound>()
            .Text("partition", own => own.PartitionName)
            .Whole("clusters", own => own.ClusterCount)
            .Number("wcss", own => own.Wcss)
            .Number("within", own => own.Within)
            .Number("outside", own => own.Outside)
            .Number("bound", own => own.Bound)
            .Number("roundingAllowance", own => own.RoundingAllowance))
        .List("bounds", layer => layer.Bounds, new JsonShape<LayerBound>()
            .Whole("from", b => b.From)
            .Text("partition", b => b.PartitionName)
            .Whole("clusters", b => b.ClusterCount)
            .Number("wcss", b => b.Remainder.Wcss)
            .Number("remainder", b => b.Remainder.Norm)
            .Number("exactBound", b => b.ExactBound)
            .Number("sharpBound", b => b.SharpBound)
            .Number("projectedRemainder", b => b.ProjectedRemainder)
            .Number("projectedResidual", b => b.ProjectedResidual)
            .Number("projectedBound", b => b.ProjectedBound)
            .Number("curvature", b => b.Remainder.Curvature)
            .Number("hullCurvature", b => b.HullCurvature)
            .Number("sampledCurvature", b => b.Remainder.SampledCurvature)
            .TextOrNull("curvatureReason", b => b.Remainder.CurvatureReason)
            .Number("remainderBound", b => b.Remainder.Bound)
            .Number("curvatureBound", b => b.CurvatureBound));
}
