namespace RankCollapse.Models.Compression;

/// <summary>A size of the model, and what it costs.</summary>
/// <param name="Parameters">All parameters of the model.</param>
/// <param name="LayerError">√ of the mean over layers of the relative squared errors of the layers' factors, 0 for whole ones.</param>
/// <param name="OutputError">‖f_r(X) − f(X)‖_F/‖f(X)‖_F of the output that predicts, or the first one; null where nothing could be run.</param>
/// <param name="Accuracy">What is right on the data, or the random inputs of the check; null without labels.</param>
/// <param name="TestAccuracy">What is right on the other data to compare on; null where there are none.</param>
public sealed record PathPoint(long Parameters, double LayerError, double? OutputError, AccuracyChange? Accuracy, AccuracyChange? TestAccuracy);
