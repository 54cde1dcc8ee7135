namespace RankCollapse.Training.SecondOrder;

/// <summary>The radius Δ of the trust region ‖p‖_M ≤ Δ and the rules that change it (Conn, Gould and Toint 2000, chapter 6).</summary>
internal sealed class TrustRegion(double radius)
{
    private const double Shrink = 0.5;
    private const double GentleShrink = 0.7;
    private const double Grow = 2;

    /// <summary>Δ.</summary>
    public double Radius { get; private set; } = radius;

    /// <summary>Whether a step with this ratio of actual to predicted decrease is taken.</summary>
    public static bool Accepts(double ratio) => ratio > 1e-4;

    /// <summary>The radius after a step of this length was refused.</summary>
    public static double Shortened(double stepNorm, bool gently) => (gently ? GentleShrink : Shrink) * stepNorm;

    /// <summary>Changes the radius after a step that was tried.</summary>
    /// <param name="ratio">Actual decrease over predicted decrease.</param>
    /// <param name="stepNorm">‖p‖_M.</param>
    /// <param name="gently">
    /// Whether a refused step is shortened by less, because another trial is cheap beside the new preconditioner that a short step asks for.
    /// </param>
    public void Update(double ratio, double stepNorm, bool gently)
    {
        if (!Accepts(ratio)) Radius = Shortened(stepNorm, gently);
        else if (ratio > 0.75) Radius = Math.Max(Radius, Grow * stepNorm);
        else if (ratio < 0.25) Radius = 0.5 * stepNorm;
    }

    /// <summary>Sets the radius, as when a run is resumed.</summary>
    public void Reset(double value) => Radius = value;
}
