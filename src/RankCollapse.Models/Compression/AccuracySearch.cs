namespace RankCollapse.Models.Compression;

/// <summary>What the search for the smallest model came to that keeps the accuracy.</summary>
/// <param name="AllowedDrop">By how much the accuracy was allowed to fall, as a share of the samples.</param>
/// <param name="Accuracy">What both models get right of the data that ranks were chosen on.</param>
/// <param name="Trials">How many models were tried on them.</param>
public sealed record AccuracySearch(double AllowedDrop, AccuracyChange Accuracy, int Trials);
