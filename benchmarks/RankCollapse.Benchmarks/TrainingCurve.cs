namespace RankCollapse.Benchmarks;

/// <summary>Which seconds decide: those on the wall, or those of the processor, which other programs on the machine disturb less.</summary>
internal enum Clock
{
    Wall,
    Processor,
}

/// <summary>A span of time on both clocks.</summary>
internal readonly record struct Seconds(double Wall, double Processor)
{
    public double On(Clock clock) => clock == Clock.Wall ? Wall : Processor;

    public static Seconds operator -(Seconds a, Seconds b) => new(a.Wall - b.Wall, a.Processor - b.Processor);
}

/// <summary>One evaluation of a training run, with the lowest J up to it; the relative gradient is NaN where it was not looked at.</summary>
internal readonly record struct CurvePoint(Seconds At, double Objective, double Lowest, double RelativeGradient);

/// <summary>J over time of one training run.</summary>
internal sealed record TrainingCurve(string Name, string Method, double? Rate, IReadOnlyList<CurvePoint> Points, string End)
{
    /// <summary>The lowest J seen.</summary>
    public double Lowest => Points[^1].Lowest;

    /// <summary>When J was first at a level; null if never.</summary>
    public double? TimeTo(double objective, Clock clock) => First(p => p.Objective <= objective, clock);

    /// <summary>When the relative gradient was first at a tolerance; null if never.</summary>
    public double? TimeToGradient(double tolerance, Clock clock) => First(p => p.RelativeGradient <= tolerance, clock);

    /// <summary>The points worth drawing: first, last, and others at least 3 % later than the one before.</summary>
    public IEnumerable<CurvePoint> Thinned(Clock clock)
    {
        double next = 0;
        for (int i = 0; i < Points.Count; i++)
        {
            double at = Points[i].At.On(clock);
            if (at < next && i < Points.Count - 1) continue;
            next = 1.03 * at;
            yield return Points[i];
        }
    }

    private double? First(Func<CurvePoint, bool> condition, Clock clock)
    {
        foreach (CurvePoint point in Points)
        {
            if (condition(point)) return point.At.On(clock);
        }
        return null;
    }
}
