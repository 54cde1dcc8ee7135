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

    /// <summary>Writes it; the stage as two truth values, as version 0.1.0 did.</summary>
    public void Save(BinaryWriter writer)
    {
        writer.Write(Region.Radius);
        writer.Write(Stage == NewtonStage.Newton);
        writer.Write(Stage != NewtonStage.Chords);
        writer.Write(IdleSteps);
        writer.Write(LeastGradient);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    public void Load(BinaryReader reader)
    {
        Region.Reset(reader.ReadDouble());
        bool usesHessian = reader.ReadBoolean(), chordsAreOver = reader.ReadBoolean();
        Stage = usesHessian ? NewtonStage.Newton : chordsAreOver ? NewtonStage.GaussNewton : NewtonStage.Chords;
        IdleSteps = reader.ReadInt32();
        LeastGradient = reader.ReadDouble();
    }
}
