namespace RankCollapse.Theory.StationaryPoints;

/// <summary>An eigenvalue of a Hessian H, or of Hv = θMv.</summary>
/// <param name="Value">The value; the least eigenvalue is not above it.</param>
/// <param name="Residual">Some eigenvalue lies within this of the value: ‖Hv − θMv‖ in the norm of M^{-1}, for ‖v‖_M = 1.</param>
/// <param name="Multiplicity">How often it is there.</param>
public sealed record HessianEigenvalue(double Value, double Residual, long Multiplicity = 1);

/// <summary>Directions along which J cannot change, whatever the data.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Count">Their number, linearly independent of those of the reasons before it.</param>
public sealed record FlatDirections(string Reason, long Count);
