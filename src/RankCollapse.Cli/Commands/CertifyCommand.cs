using System.CommandLine;
using System.Text.Json.Nodes;
using RankCollapse.Cli.Output;
using RankCollapse.Cli.Parsing;
using RankCollapse.Runs;
using RankCollapse.Theory.Certificates;

namespace RankCollapse.Cli.Commands;

/// <summary><c>certify RUN</c>: Proposition 3.1, Lemma 3.3 and Theorem 3.4 at the point that a run reached.</summary>
internal static class CertifyCommand
{
    /// <summary>The verb.</summary>
    public static Command Create(CommandEnvironment environment)
    {
        var command = new Verb("certify", "Bounds how far each layer's weights are from rank K, at the point that a run reached.")
        {
            Notes =
            [
                "The exact bound is that of Theorem 3.4 with Lemma 3.3's remainder computed; the tight bound leaves out what does not raise the rank, and "
                    + "looks at the layer's own collapse too.",
                "Exit code 0: every bound holds; 1: one does not; 2: bad input.",
            ],
            Examples = ["rankcollapse certify runs/first", "rankcollapse certify runs/first --rank 12 --json"],
        };
        Argument<string> path = CommonOptions.RunFolder();
        Option<int> rank = OptionValue.Of<int>("--rank", "K [the number of classes]", "K");
        Option<int> batch = OptionValue.Of<int>("--batch", "Samples of Proposition 3.1's batch, the first of the data [K]", "n");
        Option<bool> json = CommonOptions.Json();
        command.Add(path);
        command.Add(rank);
        command.Add(batch);
        command.Add(json);
        command.SetAction(parsed =>
        {
            int? clusters = parsed.GetResult(rank) is null ? null : parsed.GetValue(rank);
            if (clusters < 1) throw new InvalidInputException($"--rank is {clusters}; expected at least 1.");
            string folder = parsed.GetRequiredValue(path);
            Run run = RunFolder.Read(folder);
            int? size = parsed.GetResult(batch) is null ? null : parsed.GetValue(batch);
            var options = new LowRankCertificateOptions { Rank = clusters };
            var found = Certification.Compute(run.Trained, run.DataSet, run.Configuration.ToObjectiveSettings(), options, size);
            if (parsed.GetValue(json)) JsonOutput.Write(environment.Output, ToJson(folder, found.Certificate, found.GradientRanks));
            else Write(environment, folder, found.Certificate, found.GradientRanks);
            return found.Holds ? ExitCode.Done : ExitCode.NotReached;
        });
        return command;
    }

    private static void Write(CommandEnvironment environment, string folder, LowRankCertificate certificate, IReadOnlyList<GradientRank> gradients)
    {
        environment.Output.WriteLine($"{folder}: distance of W from rank {certificate.Layers[0].Rank}, and what bounds it (Theorem 3.4)");
        var table = new TextTable(
            "layer", "distance", "exact bound", "ratio", "from", "tight bound", "ratio", "from",
            "M", "sampled", "M bound", "ratio", "from", "residual of (4)", "relative", "holds");
        foreach (LayerCertificate layer in certificate.Layers)
        {
            LayerBound? best = layer.Best, curved = layer.BestByCurvature;
            table.Add(
                $"{layer.Layer}", Numbers.Short(layer.Distance), Numbers.Short(best?.ExactBound), Numbers.Short(layer.Ratio), From(best?.From),
                Numbers.Short(layer.TightBound), Numbers.Short(layer.TightRatio), From(layer.TightFrom),
                Numbers.Short(curved?.Remainder.Curvature), Numbers.Short(curved?.Remainder.SampledCurvature),
                Numbers.Short(curved?.CurvatureBound), Numbers.Short(layer.CurvatureRatio), From(curved?.From),
                Numbers.Short(layer.StationarityResidual), Numbers.Short(layer.RelativeStationarityResidual),
                layer.Bounds.Count == 0 ? Numbers.Short(null) : layer.Holds ? "yes" : "no");
        }
        table.Write(environment.Output);
        foreach (LayerCertificate layer in certificate.Layers.Where(l => l.Reason is not null)) environment.Output.WriteLine(layer.Reason);
        IEnumerable<string?> reasons = certificate.Layers.SelectMany(l => l.Bounds).Select(b => b.Remainder.CurvatureReason);
        foreach (string reason in reasons.OfType<string>().Distinct(StringComparer.Ordinal)) environment.Output.WriteLine($"no M: {reason}");
        string ranks = string.Join(", ", gradients.Select(g => g.Rank)), verdict = gradients.All(g => g.Holds) ? "it holds" : "it does not hold";
        environment.Output.WriteLine($"Proposition 3.1: gradients of the first {gradients[0].BatchSize} samples have ranks {ranks}; {verdict}.");
    }

    private static string From(int? layer) => layer is null ? Numbers.Short(null) : $"Z{layer}";

    private static JsonObject ToJson(string folder, LowRankCertificate certificate, IReadOnlyList<GradientRank> gradients) => new()
    {
        ["run"] = folder,
        ["holds"] = certificate.Holds,
        ["gradientRanks"] = new JsonArray([.. gradients.Select(g => new JsonObject
        {
            ["layer"] = g.Layer,
            ["batch"] = g.BatchSize,
            ["rank"] = g.Rank,
            ["holds"] = g.Holds,
            ["singularValues"] = JsonOutput.List(g.SingularValues),
        })]),
        ["layers"] = new JsonArray([.. certificate.Layers.Select(layer => new JsonObject
        {
            ["layer"] = layer.Layer,
            ["rank"] = layer.Rank,
            ["distance"] = JsonOutput.Number(layer.Distance),
            ["weightNorm"] = JsonOutput.Number(layer.WeightNorm),
            ["lambda"] = JsonOutput.Number(layer.Lambda),
            ["stationarityResidual"] = JsonOutput.Number(layer.StationarityResidual),
            ["relativeStationarityResidual"] = JsonOutput.Number(layer.RelativeStationarityResidual),
            ["exactBound"] = JsonOutput.Number(layer.Best?.ExactBound),
            ["ratio"] = JsonOutput.Number(layer.Ratio),
            ["projectedBound"] = JsonOutput.Number(layer.BestProjected?.ProjectedBound),
            ["tightBound"] = JsonOutput.Number(layer.TightBound),
            ["tightRatio"] = JsonOutput.Number(layer.TightRatio),
            ["curvatureBound"] = JsonOutput.Number(layer.BestByCurvature?.CurvatureBound),
            ["roundingAllowance"] = JsonOutput.Number(layer.RoundingAllowance),
            ["holds"] = layer.Holds,
            ["reason"] = JsonOutput.Text(layer.Reason),
            ["own"] = layer.Own is not { } own ? null : new JsonObject
            {
                ["partition"] = own.PartitionName,
                ["clusters"] = own.ClusterCount,
                ["wcss"] = JsonOutput.Number(own.Wcss),
                ["within"] = JsonOutput.Number(own.Within),
                ["outside"] = JsonOutput.Number(own.Outside),
                ["bound"] = JsonOutput.Number(own.Bound),
                ["roundingAllowance"] = JsonOutput.Number(own.RoundingAllowance),
            },
            ["bounds"] = new JsonArray([.. layer.Bounds.Select(b => new JsonObject
            {
                ["from"] = b.From,
                ["partition"] = b.PartitionName,
                ["clusters"] = b.ClusterCount,
                ["wcss"] = JsonOutput.Number(b.Remainder.Wcss),
                ["remainder"] = JsonOutput.Number(b.Remainder.Norm),
                ["exactBound"] = JsonOutput.Number(b.ExactBound),
                ["sharpBound"] = JsonOutput.Number(b.SharpBound),
                ["projectedRemainder"] = JsonOutput.Number(b.ProjectedRemainder),
                ["projectedResidual"] = JsonOutput.Number(b.ProjectedResidual),
                ["projectedBound"] = JsonOutput.Number(b.ProjectedBound),
                ["curvature"] = JsonOutput.Number(b.Remainder.Curvature),
                ["sampledCurvature"] = JsonOutput.Number(b.Remainder.SampledCurvature),
                ["curvatureReason"] = JsonOutput.Text(b.Remainder.CurvatureReason),
                ["remainderBound"] = JsonOutput.Number(b.Remainder.Bound),
                ["curvatureBound"] = JsonOutput.Number(b.CurvatureBound),
            })]),
        })]),
    };
}
