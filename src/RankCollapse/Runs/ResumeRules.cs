using RankCollapse.Collapse;
using RankCollapse.Training;

namespace RankCollapse.Runs;

/// <summary>Which settings of a run may change when it is resumed: those that do not change the way it takes, only where it stops and what is kept.</summary>
internal static class ResumeRules
{
    /// <summary>Requires that a run can go on with these settings to the result that an undisturbed run has.</summary>
    /// <exception cref="InvalidInputException">A setting differs that may not; the message names it with both values.</exception>
    public static void Require(string path, RunConfiguration stored, RunConfiguration wanted)
    {
        foreach (Setting setting in RunSettings.All)
        {
            object? before = setting.Get(stored), after = setting.Get(wanted);
            if (Setting.AreEqual(before, after)) continue;
            string? reason = setting.Effect == SettingEffect.Result
                ? "a run is resumed with the settings that it was started with"
                : setting.DecidesBecause?.Invoke(stored);
            if (reason is null) continue;
            string message = $"The run {path} has {setting.Name} {Shown(setting, before)}, but {Shown(setting, after)} is asked for: {reason}; leave it "
                + "out, or start a new run in another folder.";
            throw new InvalidInputException(message) { Settings = [setting.Name] };
        }
    }

    /// <summary>Whether there is nothing left to do for these settings after a run has ended.</summary>
    /// <param name="summary">How the run ended.</param>
    /// <param name="wanted">The settings.</param>
    /// <param name="classes">K of the data.</param>
    public static bool IsFinished(RunSummary summary, RunConfiguration wanted, int classes) => summary.Status switch
    {
        TrainingStatus.Converged => IsReached(summary, wanted, classes),
        TrainingStatus.Stalled => !IsReached(summary, wanted, classes),
        TrainingStatus.MaxEpochs => summary.Epochs >= wanted.MaxEpochs,
        TrainingStatus.NoMinimum or TrainingStatus.Diverged => true,
        _ => false,
    };

    /// <summary>Whether a run that ended so can be made to go on, with the same or with other limits.</summary>
    public static bool CanGoOn(TrainingStatus status, RunConfiguration configuration) => status switch
    {
        TrainingStatus.Cancelled or TrainingStatus.TimeLimit or TrainingStatus.Stalled => true,
        TrainingStatus.MaxEpochs => !configuration.ToSolverSettings().DependsOnMaxEpochs,
        _ => false,
    };

    private static bool IsReached(RunSummary summary, RunConfiguration wanted, int classes) =>
        summary.RelativeGradientNorm <= wanted.GradientTolerance && MeetsBound(summary, wanted.CollapseTolerance, classes);

    private static bool MeetsBound(RunSummary summary, double? bound, int classes) =>
        bound is not { } most || summary.Layers.All(layer => VariationBound.IsMet(most, layer.TcvUpper, layer.FeatureNumericalRank, classes));

    private static string Shown(Setting setting, object? value) => value is null ? "no value" : ErrorText.Printable(Setting.Text(value));
}
