using RankCollapse.Formats;
using RankCollapse.Reporting.Text;
using RankCollapse.Runs;
using RankCollapse.Theory.StationaryPoints;

namespace RankCollapse.Cli.Output;

/// <summary>What kind of stationary point a run reached.</summary>
/// <param name="Certificate">The verdict with the eigenvalues that it rests on.</param>
/// <param name="Descent">The file of the weights below a saddle; null where there is none.</param>
internal sealed record CurvatureOutput(HessianCertificate Certificate, string? Descent)
{
    /// <summary>Judges a run, and writes the weights below a saddle into its folder.</summary>
    public static CurvatureOutput Of(Run run, RunFolder folder)
    {
        var certificate = HessianCertificate.Compute(run.Trained, run.DataSet, run.Configuration.ToObjectiveSettings());
        if (certificate.Descent is { } descent) folder.WriteDescent(descent.Network);
        return new CurvatureOutput(certificate, certificate.Descent is null ? null : folder.DescentPath);
    }

    /// <summary>Writes the verdict for people.</summary>
    public void Write(TextWriter output)
    {
        string origin = Certificate.IsEstimate
            ? $"an estimate by Lanczos from {NumberText.Whole(Certificate.Products)} products with the Hessian" : "by all eigenvalues of the Hessian";
        output.WriteLine($"curvature: {EnumNames.Of(Certificate.Kind)}, {origin}, of {NumberText.Whole(Certificate.ParameterCount)} parameters");
        if (Certificate.Reason is { } reason) output.WriteLine($"  {reason}");
        string relative = Certificate.IsEstimate ? " relative to the preconditioner" : "";
        output.WriteLine($"  least eigenvalues{relative}: {string.Join(", ", Certificate.Eigenvalues.Select(Text))}");
        output.WriteLine($"  largest: {Numbers.Short(Certificate.Largest)}; below {Numbers.Short(Certificate.Resolution)} counts as 0");
        if (Certificate.NegativeCount is { } negative) output.WriteLine($"  negative: {negative}; flat without a symmetry: {Certificate.FurtherFlatCount}");
        output.WriteLine($"  flat by symmetry: {NumberText.Whole(Certificate.Flat.Sum(part => part.Count))}{Reasons()}");
        if (Certificate.Descent is { } step)
        {
            output.WriteLine($"  down from here: J = {Numbers.Short(step.Objective, 8)} at a distance of {Numbers.Short(step.Length)}, lower by "
                + $"{Numbers.Short(Certificate.Objective - step.Objective)}; go on with train --from {Descent}");
        }
        else if (Certificate.Kind == StationaryPointKind.Saddle)
        {
            output.WriteLine("  no lower point was found along the direction: the decrease is lost in rounding");
        }
    }

    private string Reasons() => Certificate.Flat.Count == 0
        ? "" : $" ({string.Join("; ", Certificate.Flat.Select(part => $"{NumberText.Whole(part.Count)}: {part.Reason}"))})";

    private static string Text(HessianEigenvalue value) => value.Multiplicity > 1
        ? $"{Numbers.Short(value.Value)} ({NumberText.Whole(value.Multiplicity)} times)" : $"{Numbers.Short(value.Value)} ± {Numbers.Short(value.Residual, 1)}";

    /// <summary>The JSON object.</summary>
    public static JsonShape<CurvatureOutput> Shape => new JsonShape<CurvatureOutput>()
        .Name("kind", one => one.Certificate.Kind, typeof(StationaryPointKind))
        .TextOrNull("reason", one => one.Certificate.Reason)
        .Flag("isEstimate", one => one.Certificate.IsEstimate)
        .Whole("parameters", one => one.Certificate.ParameterCount)
        .List("eigenvalues", one => one.Certificate.Eigenvalues, new JsonShape<HessianEigenvalue>()
            .Number("value", e => e.Value)
            .Number("residual", e => e.Residual)
            .Whole("multiplicity", e => e.Multiplicity))
        .Number("largest", one => one.Certificate.Largest)
        .Number("resolution", one => one.Certificate.Resolution)
        .WholeOrNull("negative", one => one.Certificate.NegativeCount)
        .WholeOrNull("flatWithoutSymmetry", one => one.Certificate.FurtherFlatCount)
        .List("flat", one => one.Certificate.Flat, new JsonShape<FlatDirections>().Text("reason", f => f.Reason).Whole("count", f => f.Count))
        .Number("relativeGradient", one => one.Certificate.Gradient.Relative)
        .Number("objective", one => one.Certificate.Objective)
        .Whole("products", one => one.Certificate.Products)
        .TextOrNull("descent", one => one.Descent)
        .Number("descentObjective", one => one.Certificate.Descent?.Objective);
}
