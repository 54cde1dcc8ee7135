using System.Numerics.Tensors;

namespace RankCollapse.Training.Solving;

/// <summary>A vector that a first-order solver carries from step to step, in the precision of its training.</summary>
internal sealed class StateVector(int length, bool isSingle)
{
    /// <summary>The vector in double precision; empty in single.</summary>
    public double[] Doubles { get; } = new double[isSingle ? 0 : length];

    /// <summary>The vector in single precision; empty in double.</summary>
    public float[] Singles { get; } = new float[isSingle ? length : 0];

    /// <summary>The vector as checkpoints hold it, in double precision, to which singles convert exactly.</summary>
    public double[] ToDoubles()
    {
        if (Singles.Length == 0) return Doubles;
        var doubles = new double[Singles.Length];
        TensorPrimitives.ConvertTruncating<float, double>(Singles, doubles);
        return doubles;
    }

    /// <summary>Takes what <see cref="ToDoubles"/> gave.</summary>
    public void Take(double[] doubles)
    {
        if (Singles.Length == 0) doubles.CopyTo(Doubles, 0);
        else TensorPrimitives.ConvertTruncating<double, float>(doubles, Singles);
    }
}
