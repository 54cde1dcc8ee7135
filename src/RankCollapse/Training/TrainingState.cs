namespace RankCollapse.Training;

/// <summary>Where training stands.</summary>
/// <param name="Epoch">Epochs done.</param>
/// <param name="Seconds">Seconds of training.</param>
/// <param name="Value">The objective at the current point.</param>
/// <param name="Gradient">The gradient's size there.</param>
/// <param name="Phase">What the solver is doing; may be empty.</param>
public readonly record struct TrainingState(long Epoch, double Seconds, ObjectiveValue Value, GradientSize Gradient, string Phase);
