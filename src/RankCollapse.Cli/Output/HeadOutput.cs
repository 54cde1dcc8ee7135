using RankCollapse.Formats;
using RankCollapse.Theory.Certificates;

namespace RankCollapse.Cli.Output;

/// <summary>What <c>certify</c> says about neural collapse before a head of linear layers.</summary>
internal static class HeadOutput
{
    /// <summary>The JSON object.</summary>
    public static JsonShape<BalancedHead> Shape => new JsonShape<BalancedHead>()
        .Whole("first", head => head.First)
        .Whole("last", head => head.Last)
        .Numbers("imbalances", head => head.Imbalances)
        .Number("misfit", head => head.Misfit)
        .Number("condition", head => head.Condition)
        .Number("lastCondition", head => head.LastCondition.Value)
        .Number("lastConditionBound", head => head.LastCondition.Bound)
        .Number("nc1", head => head.Nc1.Value)
        .Number("nc1Bound", head => head.Nc1.Bound)
        .Number("nc2", head => head.Nc2.Value)
        .Number("nc2Bound", head => head.Nc2.Bound)
        .Number("nc3", head => head.Nc3.Value)
        .Number("nc3Bound", head => head.Nc3.Bound)
        .TextOrNull("reason", head => head.Reason)
        .Flag("holds", head => head.Holds);

    /// <summary>Writes hypotheses, numbers and bounds.</summary>
    public static void Write(TextWriter output, BalancedHead head)
    {
        string weights = $"W{head.Last}", features = $"Z{head.Last - 1}";
        output.WriteLine($"Layers {head.First} to {head.Last} are linear (Jacot, Súkeník, Wang and Mondelli 2024): outputs miss the targets by "
            + $"{Numbers.Short(head.Misfit)}, W(l+1)ᵀW(l+1) − W(l)W(l)ᵀ is {string.Join(", ", head.Imbalances.Select(e => Numbers.Short(e)))} for l from "
            + $"{head.First}, and their product has the condition number {Numbers.Short(head.Condition)}.");
        var table = new TextTable("neural collapse", "value", "bound", new Column("meaning", 2));
        table.Add($"NC1 of {features}", Numbers.Short(head.Nc1.Value), $"≤ {Numbers.Short(head.Nc1.Bound)}", "within- over between-class variation");
        table.Add($"κ of {weights}", Numbers.Short(head.LastCondition.Value), $"≤ {Numbers.Short(head.LastCondition.Bound)}", "condition number");
        table.Add($"NC2 of {features}", Numbers.Short(head.Nc2.Value), $"≤ {Numbers.Short(head.Nc2.Bound)}", "condition number of the class means");
        table.Add(
            $"NC3 of {features}", Numbers.Short(head.Nc3.Value), $"≥ {Numbers.Short(head.Nc3.Bound)}", $"cosine of the class means and the rows of {weights}");
        table.Write(output);
        if (head.Reason is not null) output.WriteLine($"{char.ToUpperInvariant(head.Reason[0])}{head.Reason[1..]}.");
        if (!head.Holds) output.WriteLine("A bound does not hold.");
    }
}
