namespace RankCollapse.Training;

/// <summary>How outputs are compared with targets.</summary>
public enum Loss
{
    /// <summary>½‖f(X) − Y‖²_F.</summary>
    Squared,

    /// <summary>Σ_i cross-entropy of softmax(f(x_i)) with y_i.</summary>
    CrossEntropy,
}
