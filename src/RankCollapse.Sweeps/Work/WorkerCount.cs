using RankCollapse.Sweeps.Plan;

namespace RankCollapse.Sweeps.Work;

/// <summary>How many trials this machine trains at a time.</summary>
public static class WorkerCount
{
    /// <summary>The name of the option that asks for a number.</summary>
    public const string Name = "workers";

    /// <summary>The option of engines that train on this machine.</summary>
    public static EngineOption Option { get; } = EngineOption.Whole(
        Name, 1, 100_000, "Trials at a time on this machine [one for each core, as far as the memory goes]") with
    { IsOnCommandLine = true };

    /// <summary>The number: one for each core, or for as many cores as a trial asks for, as far as the memory goes.</summary>
    /// <param name="plan">The sweep.</param>
    /// <param name="asked">What is asked of the engine.</param>
    /// <param name="bytesBeside">What a worker needs beside its trial.</param>
    /// <exception cref="InvalidInputException">Not even one trial fits into memory.</exception>
    public static int For(SweepPlan plan, EngineSettings asked, double bytesBeside = 0)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(asked);
        double each = Math.Max(1, plan.Needs.LargestBytes + bytesBeside);
        MemoryBudget.Require(plan.Needs.LargestBytes, "The largest trial", "use smaller widths, fewer layers or fewer samples");
        int byMemory = (int)Math.Clamp(MemoryBudget.Bytes / each, 1, 1e6), byCores = Math.Max(1, Environment.ProcessorCount / plan.Needs.MostThreads);
        return Math.Min(asked.Whole(Name) ?? byCores, byMemory);
    }

    /// <summary>The number, with a warning where the memory is not enough for what was asked.</summary>
    internal static int For(SweepPlan plan, EngineRequest request, double bytesBeside = 0)
    {
        int count = For(plan, request.Asked, bytesBeside);
        if (request.Asked.Whole(Name) is { } wanted && wanted > count)
            request.Warning?.Invoke($"The memory is enough for {count} workers of the {wanted} that were asked for.");
        return count;
    }
}
