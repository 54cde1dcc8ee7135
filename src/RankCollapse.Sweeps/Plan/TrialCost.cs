using RankCollapse.Data;
using RankCollapse.Networks;
using RankCollapse.Runs;
using RankCollapse.Training.Solving;

namespace RankCollapse.Sweeps.Plan;

/// <summary>Adds up what trials will need: a rough number of seconds, memory, threads.</summary>
internal sealed class TrialCost(TrialData data)
{
    /// <summary>Reading data, measuring and writing.</summary>
    private const double SecondsAround = 0.01;

    private readonly Dictionary<string, (int Inputs, int? Outputs)> _dimensions = [];

    /// <summary>What the trials that were added need.</summary>
    public SweepNeeds Needs { get; private set; } = new();

    /// <summary>Adds a trial.</summary>
    /// <exception cref="InvalidInputException">Its data cannot be read, or do not fit its network.</exception>
    public void Add(RunConfiguration configuration, string? file)
    {
        (int inputs, int? outputs) = DimensionsOf(configuration, file);
        NetworkSpecification specification = configuration.ToSpecification(inputs, outputs ?? configuration.Classes);
        double epochs = Math.Min(Solvers.All.Parse(configuration.Solver).TypicalEpochs ?? long.MaxValue, configuration.MaxEpochs);
        double seconds = SecondsAround + (epochs * RecordInterval.EpochSeconds(configuration, specification, configuration.Samples));
        Needs = new SweepNeeds
        {
            SecondsOnOneCore = Needs.SecondsOnOneCore + Math.Min(seconds, configuration.MaxSeconds ?? double.PositiveInfinity),
            LargestBytes = Math.Max(Needs.LargestBytes, TrainingRun.EstimateMemory(configuration, specification, configuration.Samples)),
            MostThreads = Math.Max(Needs.MostThreads, configuration.Threads ?? 1),
        };
    }

    /// <summary>Input and output dimension; each file is read once, with the first trial that uses it.</summary>
    private (int Inputs, int? Outputs) DimensionsOf(RunConfiguration configuration, string? file)
    {
        if (configuration.Data == DataSource.GaussianMixtureName) return (configuration.Dimension, null);
        if (configuration.Data == DataSource.FreeName) return (configuration.Samples, null);
        string key = configuration.Data;
        if (_dimensions.TryGetValue(key, out (int Inputs, int? Outputs) known)) return known;
        try
        {
            DataSet set = DataSource.Load(configuration.ToDataRequest());
            bool isBuiltIn = data.HashOf(configuration.Data) is null;
            return _dimensions[key] = (set.InputDimension, isBuiltIn ? null : set.OutputDimension);
        }
        catch (InvalidInputException e)
        {
            throw file is null ? e : new InvalidInputException($"{file}: {e.Message}", e);
        }
    }
}
