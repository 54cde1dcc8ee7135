using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;

namespace RankCollapse.Collapse;

/// <summary>σ^{-1}(Z) entrywise, or why it does not exist.</summary>
internal static class Preimage
{
    /// <summary>σ^{-1} of the values, or null with a reason that names the layer.</summary>
    internal static Matrix? Of(Activation activation, Matrix values, int layer, out string? reason)
    {
        if (!activation.IsHomeomorphism)
        {
            reason = $"The activation of layer {layer}, {activation.Name}, has no inverse.";
            return null;
        }
        var result = new Matrix(values.Rows, values.Columns);
        activation.Inverse(values.AsSpan(), result.AsSpan());
        ReadOnlySpan<double> entries = result.AsSpan();
        for (int i = 0; i < entries.Length; i++)
        {
            if (double.IsFinite(entries[i])) continue;
            (double lower, double upper) = activation.Range;
            double value = values.AsSpan()[i];
            reason = value > lower && value < upper
                ? $"Layer {layer} holds {value:R}, whose preimage under {activation.Name} overflows."
                : $"Layer {layer} holds {value:R}, outside the open range ({lower}, {upper}) of {activation.Name}, so that its inverse does not "
                    + "exist there.";
            return null;
        }
        reason = null;
        return result;
    }
}
