using RankCollapse.Sweeps.Engines.Slurm;
using RankCollapse.Sweeps.Storage;
using RankCollapse.Sweeps.Work;

namespace RankCollapse.Tests.Sweeps.Engines.Slurm;

public sealed class SlurmScriptTests
{
    [Theory]
    [InlineData("30", 1800.0)]
    [InlineData("1:30", 90.0)]
    [InlineData("02:00:00", 7200.0)]
    [InlineData("1-12", 129600.0)]
    [InlineData("2-01:00:05", 176405.0)]
    [InlineData("soon", null)]
    [InlineData("1-2-3", null)]
    [InlineData("-5", null)]
    public void TimeLimits_AreReadAsSlurmWritesThem(string time, double? seconds) => Assert.Equal(seconds, SlurmScript.SecondsOf(time));

    [Fact]
    public void TheScript_PutsTheWorkerInTheShellsPlaceAndQuotesEveryWord()
    {
        using var folder = new TemporaryFolder();
        SweepFolder sweep = SampleSweep.Create(folder, $$"""{ "settings": { {{SampleSweep.Tiny}}, "threads": 3 } }""", folder.File("it's a sweep"));
        Directory.CreateDirectory(SlurmArrays.PathOf(sweep));
        var options = new SlurmOptions(EngineSettings.None)
        {
            Time = "1:40",
            Partition = "long",
            Memory = "2G",
            Options = ["--account=physics"],
            Setup = ["module load dotnet"],
            Command = ["/opt/my tools/rankcollapse"]
        };
        IReadOnlyList<string> arguments = SlurmScript.Write(sweep, sweep.ReadPlan(), options, "token", 7);
        foreach (string expected in (string[])["--parsable", "--job-name=token", "--array=0-6", "--requeue", "--time=1:40", "--signal=B:TERM@10",
            "--cpus-per-task=3", "--partition=long", "--mem=2G", "--account=physics"])
            Assert.Contains(expected, arguments);
        string script = File.ReadAllText(arguments[^1]);
        Assert.StartsWith("#!/bin/bash\n", script, StringComparison.Ordinal);
        Assert.Contains("\nmodule load dotnet\nexec '/opt/my tools/rankcollapse' sweep work '", script, StringComparison.Ordinal);
        Assert.Contains("it'\\''s a sweep' --leave-early --share ${SLURM_ARRAY_TASK_ID:-0}/${SLURM_ARRAY_TASK_COUNT:-1} --task ", script,
            StringComparison.Ordinal);
        Assert.True(SmallDisk.Execute("bash", "-n", arguments[^1]));
    }

    [Fact]
    public void Arrays_AreReadBackOldestFirstAndDamagedOnesAreLeftOut()
    {
        using var folder = new TemporaryFolder();
        SweepFolder sweep = SampleSweep.Create(folder, $$"""{ "settings": { {{SampleSweep.Tiny}} } }""");
        Assert.Empty(SlurmArrays.Read(sweep));
        SlurmArray first = new() { Token = "a", Tasks = 3 }, second = new() { Token = "b", Job = "17", Tasks = 2, HasEnded = true, State = "2 COMPLETED" };
        SlurmArrays.Write(sweep, second);
        SlurmArrays.Write(sweep, first);
        File.WriteAllText(Path.Combine(SlurmArrays.PathOf(sweep), "c.json"), "{");
        Assert.Equal([first, second], SlurmArrays.Read(sweep));
    }
}
