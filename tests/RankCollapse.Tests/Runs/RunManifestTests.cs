using RankCollapse.Runs;
using RankCollapse.Tests.Cli;

namespace RankCollapse.Tests.Runs;

public sealed class RunManifestTests
{
    [Fact]
    public void FlippedBitInAnyFile_IsNoticedByEveryReader_AndCanBeAccepted()
    {
        using var folder = new TemporaryFolder();
        string run = folder.File("run");
        CommandLine.Train(run, "--max-epochs", "3");
        string[] files = Directory.GetFiles(run, "*", SearchOption.AllDirectories);
        Assert.Contains(files, file => file.EndsWith("report.html", StringComparison.Ordinal));
        foreach (string file in files.Where(file => !file.Contains("checkpoint", StringComparison.Ordinal)))
        {
            byte[] good = File.ReadAllBytes(file);
            byte[] bad = [.. good];
            // The last number of a tensor, the last letter of a text: what is read stays well-formed.
            bad[^3] ^= 1;
            File.WriteAllBytes(file, bad);
            var error = Assert.Throws<InvalidInputException>(() => RunFolder.Read(run));
            Assert.Contains(Path.GetFileName(file), error.Message, StringComparison.Ordinal);
            File.WriteAllBytes(file, good);
        }
        RunFolder.Read(run);
        string weights = Path.Combine(run, "weights.safetensors");
        byte[] changed = File.ReadAllBytes(weights);
        changed[^3] ^= 1;
        File.WriteAllBytes(weights, changed);
        string[][] readers = [["measure", run], ["compare", run, run], ["report", run], ["inspect", run], ["train", "--resume", "--out", run]];
        foreach (string[] arguments in readers)
        {
            CommandLine refused = CommandLine.Run(arguments);
            Assert.Equal(2, refused.ExitCode);
            Assert.Contains("weights.safetensors", refused.Error, StringComparison.Ordinal);
            Assert.Contains("--accept-changed", refused.Error, StringComparison.Ordinal);
            Assert.Single(refused.Error.TrimEnd().Split('\n'));
        }
        CommandLine query = CommandLine.Run("query", "SELECT state, reason FROM runs", run);
        Assert.Contains("damaged", query.Output, StringComparison.Ordinal);
        Assert.Contains("accepted", CommandLine.Run("measure", run, "--accept-changed").Error, StringComparison.Ordinal);
        Assert.Equal(0, CommandLine.Run("measure", run).ExitCode);
    }

    [Fact]
    public void FilesOfTwoRuns_AreRefusedTogether()
    {
        using var folder = new TemporaryFolder();
        CommandLine.Train(folder.File("a"), "--max-epochs", "3", "--no-report");
        CommandLine.Train(folder.File("b"), "--max-epochs", "3", "--no-report", "--seed", "5");
        foreach (string name in (string[])["config.json", "weights.safetensors", "summary.json", "metrics.parquet"])
        {
            byte[] own = File.ReadAllBytes(folder.File($"a/{name}"));
            File.Copy(folder.File($"b/{name}"), folder.File($"a/{name}"), overwrite: true);
            var error = Assert.Throws<InvalidInputException>(() => RunFolder.Read(folder.File("a")));
            Assert.Contains(name, error.Message, StringComparison.Ordinal);
            File.WriteAllBytes(folder.File($"a/{name}"), own);
        }
    }

    [Fact]
    public void CheckpointOfAnotherRun_IsRefused()
    {
        using var folder = new TemporaryFolder();
        foreach (string name in (string[])["a", "b"])
            CommandLine.Train(folder.File(name), "--max-seconds", "0.0001", "--no-report", "--seed", name == "a" ? "1" : "2");
        string other = Directory.GetFiles(folder.File("b/checkpoints")).Order().Last();
        foreach (string own in Directory.GetFiles(folder.File("a/checkpoints"))) File.Delete(own);
        File.Copy(other, Path.Combine(folder.File("a/checkpoints"), Path.GetFileName(other)));
        CommandLine resumed = CommandLine.Run("train", "--resume", "--out", folder.File("a"), "--max-seconds", "0.001");
        Assert.Equal(2, resumed.ExitCode);
        Assert.Contains("another run", resumed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void RunWithoutManifest_IsReadAsBefore()
    {
        using var folder = new TemporaryFolder();
        CommandLine.Train(folder.File("run"), "--max-epochs", "3", "--no-report");
        File.Delete(folder.File("run/manifest.json"));
        RunFolder.Read(folder.File("run"));
    }

    [Theory]
    [InlineData("../outside")]
    [InlineData("/etc/passwd")]
    [InlineData("a/../../b")]
    [InlineData("")]
    public void NameThatLeavesTheFolder_IsRefused(string name)
    {
        using var folder = new TemporaryFolder();
        folder.Write("manifest.json", $$"""{"version":1,"identity":null,"files":[{"name":"{{name}}","bytes":1,"sha256":"{{new string('0', 64)}}"}]}""");
        Assert.Throws<InvalidInputException>(() => RunManifest.Read(folder.Root));
    }
}
