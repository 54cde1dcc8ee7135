namespace RankCollapse.Training.SecondOrder;

/// <summary>What a Newton iteration leaves to the next one, beside the point: it is what a checkpoint keeps.</summary>
internal sealed class NewtonMemory
{
    /// <summary>What the iterations do.</summary>
    public NewtonStage Stage { get; set; } = NewtonStage.Chords;

    /// <summary>The trust region; its radius is NaN until the first value is known.</summary>
    public TrustRegion Region { get; } = new(double.NaN);

    /// <summary>Iterations in a row without a smaller objective or gradient.</summary>
    public int IdleSteps { get; set; }

    /// <summary>The least gradient norm so far.</summary>
    public double LeastGradient { get; set; } = double.PositiveInfinity;

    /// <summary>ε, over which kinks are rounded; NaN where there is none to round, or training has not begun.</summary>
    public double KinkWidth { get; set; } = double.NaN;

    /// <summary>Iterations with this ε.</summary>
    public int StepsAtWidth { get; set; }

    /// <summary>The objective, with this ε, an iteration ago.</summary>
    public double LastValue { get; set; } = double.PositiveInfinity;

    /// <summary>Lower points that first-order steps have found.</summary>
    public int Excursions { get; set; }

    /// <summary>How often the method has begun again without such a point.</summary>
    public int Restarts { get; set; }

    /// <summary>Whether ε has fallen, so that what curves at kinks is there to stay.</summary>
    public bool IsAtKinks { get; set; }

    /// <summary>Writes it; the stage as two truth values and without kinks, as version 0.1.0 did, where none are rounded.</summary>
    public void Save(BinaryWriter writer)
    {
        writer.Write(Region.Radius);
        writer.Write(Stage == NewtonStage.Newton);
        writer.Write(Stage != NewtonStage.Chords);
        writer.Write(double.IsNaN(KinkWidth) ? IdleSteps : ~IdleSteps);
        writer.Write(LeastGradient);
        if (double.IsNaN(KinkWidth)) return;
        writer.Write(KinkWidth);
        writer.Write(StepsAtWidth);
        writer.Write(LastValue);
        writer.Write(Excursions);
        writer.Write(Restarts);
        writer.Write(IsAtKinks);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    public void Load(BinaryReader reader)
    {
        Region.Reset(reader.ReadDouble());
        bool usesHessian = reader.ReadBoolean(), chordsAreOver = reader.ReadBoolean();
        Stage = usesHessian ? NewtonStage.Newton : chordsAreOver ? NewtonStage.GaussNewton : NewtonStage.Chords;
        int idle = reader.ReadInt32();
        IdleSteps = idle < 0 ? ~idle : idle;
        LeastGradient = reader.ReadDouble();
        if (idle >= 0) return;
        KinkWidth = reader.ReadDouble();
        StepsAtWidth = reader.ReadInt32();
        LastValue = reader.ReadDouble();
        Excursions = reader.ReadInt32();
        Restarts = reader.ReadInt32();
        IsAtKinks = reader.ReadBoolean();
    }
}
