using RankCollapse.Reporting.Text;
using RankCollapse.Training;

namespace RankCollapse.Experiments.Figure2;

/// <summary>Trainings of Figures 2 and 4 that differ in δ alone, or at δ = 0 in λ'/λ alone.</summary>
/// <param name="Key">What the keys of its trainings begin with.</param>
/// <param name="Title">Its penalties in a few words, for rows of panels.</param>
/// <param name="Short">The same in a word or two, for single panels.</param>
/// <param name="Convention">The convention of the objective.</param>
/// <param name="Lambda">λ.</param>
/// <param name="Ratio">λ'/λ as the convention counts it.</param>
internal sealed record SpectrumFamily(string Key, string Title, string Short, Convention Convention, double Lambda, double Ratio)
{
    /// <summary>Section 5.2 as it is printed.</summary>
    public static SpectrumFamily AsPrinted { get; } = new("sum", "λ' = λ, sums (Section 5.2)", "sums", Convention.Sum, 1e-5, 1);

    /// <summary>The same with means over the samples.</summary>
    public static SpectrumFamily Means { get; } = new("mean", "λ' = λ, means over samples", "means", Convention.Mean, 1e-5, 1);

    /// <summary>Without a feature penalty; λ is larger, because the objective is flat around its minimum.</summary>
    public static SpectrumFamily Free { get; } = new("free", "λ' = 0", "λ' = 0", Convention.Sum, 1e-3, 0);

    /// <summary>δ = 0 and a given λ'/λ.</summary>
    public static SpectrumFamily OfRatio(double ratio) =>
        new($"ratio-{FigureNumbers.Key(ratio)}", $"λ'/λ = {NumberText.Plain(ratio)}", "δ = 0", Convention.Sum, 1e-5, ratio);
}
