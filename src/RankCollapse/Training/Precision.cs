namespace RankCollapse.Training;

/// <summary>The numbers that a first-order solver trains with.</summary>
public enum Precision
{
    /// <summary>Doubles, of 53 bits.</summary>
    Double,

    /// <summary>Floats, of 24 bits: parameters, features, gradients and the solver's vectors; what is measured is measured in double precision.</summary>
    Single,
}
