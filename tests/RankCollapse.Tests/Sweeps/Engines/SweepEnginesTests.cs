using System.Text.Json.Nodes;
using RankCollapse.Sweeps.Engines;
using RankCollapse.Sweeps.Engines.InProcess;
using RankCollapse.Sweeps.Storage;
using RankCollapse.Sweeps.Work;
using RankCollapse.Tests.House;

namespace RankCollapse.Tests.Sweeps.Engines;

public sealed class SweepEnginesTests
{
    /// <summary>What is particular to an engine is in its folder; the program knows it by one line of the table.</summary>
    [Fact]
    public void Sources_NameSlurmInItsFolderAndTheTableAlone()
    {
        IEnumerable<string> lines =
            from file in SourceTree.Files("src")
            where !file.Contains("/Engines/Slurm/", StringComparison.Ordinal)
            from line in SourceTree.Lines(file)
            where line.Contains("slurm", StringComparison.OrdinalIgnoreCase)
            select $"{Path.GetFileName(file)}: {line.Trim()}";
        Assert.Equal(["SweepEngines.cs: new Slurm.SlurmEngine(),"], lines);
    }

    [Fact]
    public void WhatIsAsked_IsRememberedUntilSomethingElseIs()
    {
        using var folder = new TemporaryFolder();
        SweepFolder sweep = SampleSweep.Create(folder, $$"""{ "settings": { {{SampleSweep.Tiny}} }, "in-process": { "workers": 2 } }""");
        var engine = new InProcessEngine();
        Assert.Equal(2, engine.AskedBefore(sweep).Whole("workers"));
        SweepEngines.Run(engine, sweep, new EngineRequest { Asked = engine.Ask(new JsonObject { ["workers"] = 3 }) }, TestContext.Current.CancellationToken);
        Assert.Equal(3, engine.AskedBefore(sweep).Whole("workers"));
        SweepEngines.Run(engine, sweep, new EngineRequest(), TestContext.Current.CancellationToken);
        Assert.Equal(2, engine.AskedBefore(sweep).Whole("workers"));
    }
}
