using RankCollapse.Sweeps.Storage;
using RankCollapse.Tests.Sweeps;
using RankCollapse.Tests.Sweeps.Results;

namespace RankCollapse.Tests.Cli;

/// <summary>
/// Folders in which somebody has put something else in a file's place: a pipe without a writer, a folder, a link to itself, a device, nothing.
/// </summary>
public sealed class ReplacedFileTests
{
    private static readonly string[] Kinds = ["pipe", "folder", "loop", "device", "empty"];

    [Fact]
    public void FileOfARun_ThatIsSomethingElse_IsPassedOverOrRefused()
    {
        using var folder = new TemporaryFolder(inMemory: true);
        string whole = folder.File("whole");
        CommandLine.Train(whole, "--max-epochs", "2", "--no-report");
        TryAll(folder, whole, run =>
        [
            ["measure", run], ["certify", run, "--json"], ["compare", run, whole], ["query", "SELECT * FROM results", run], ["report", run],
            ["train", "--resume", "--out", run, "--no-report"],
        ]);
    }

    [Fact]
    public void FileOfASweep_ThatIsSomethingElse_IsPassedOverOrRefused()
    {
        using var folder = new TemporaryFolder(inMemory: true);
        SweepFolder sweep = SampleSweep.Create(folder, $$"""{ "settings": { {{SampleSweep.Tiny}} }, "seeds": 2 }""", folder.File("whole"));
        SampleResults.Finish(sweep, sweep.ReadPlan().Trials[0]);
        string id = sweep.ReadPlan().Trials[1].Id;
        foreach (string file in (string[])[$"leases/{id}", "workers/worker.json", $"failures/{id[..2]}/{id}.1.error.json", "slurm/a.json",
            "asked/in-process.json", "asked/local.json", $"live/{id}.csv", "shards/worker-000001/metrics.parquet", "cancelled", ".claim"])
        {
            string path = Path.Combine(sweep.Path, file);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, "");
        }
        TryAll(folder, sweep.Path, path =>
        [
            ["sweep", "status", path], ["query", "SELECT max(value) FROM metrics", path], ["sweep", "retry", path], ["sweep", "cancel", path],
            ["sweep", "resume", path, "--engine", "in-process"],
        ]);
    }

    private static void TryAll(TemporaryFolder folder, string whole, Func<string, string[][]> commands)
    {
        int number = 0;
        var findings = new List<string>();
        string[] names = [.. Directory.GetFiles(whole, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(whole, file)).Order()];
        foreach ((int i, string name) in names.Index())
        {
            // All kinds for each file take a minute.
            foreach (string kind in LongTests.AreAsked ? Kinds : [Kinds[i % Kinds.Length]])
            {
                string copy = folder.File($"copy-{number++}");
                foreach (string file in names)
                {
                    Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(copy, file))!);
                    File.Copy(Path.Combine(whole, file), Path.Combine(copy, file));
                }
                Replace(Path.Combine(copy, name), kind);
                foreach (string[] words in commands(copy))
                {
                    using var stop = new CancellationTokenSource();
                    Task<CommandLine> running = Task.Run(() => CommandLine.Run(stop.Token, words));
                    if (!running.Wait(TimeSpan.FromSeconds(60)))
                    {
                        stop.Cancel();
                        findings.Add($"{name} as {kind}: {string.Join(' ', words)} does not end");
                        continue;
                    }
                    CommandLine result = running.Result;
                    if (result.ExitCode is not (0 or 1 or 2) || result.Error.Contains("a fault of the program", StringComparison.Ordinal)
                        || result.Error.Split('\n').Count(line => line.StartsWith("error", StringComparison.Ordinal)) > 1)
                        findings.Add($"{name} as {kind}: {string.Join(' ', words)}: {result.ExitCode} {result.Error}");
                }
                Directory.Delete(copy, recursive: true);
            }
        }
        Assert.True(findings.Count == 0, string.Join('\n', findings));
    }

    private static void Replace(string path, string kind)
    {
        File.Delete(path);
        switch (kind)
        {
            case "pipe": SpecialFile.Pipe(path); break;
            case "folder": Directory.CreateDirectory(path); break;
            case "loop": File.CreateSymbolicLink(path, path); break;
            case "device": File.CreateSymbolicLink(path, "/dev/zero"); break;
            default: File.WriteAllBytes(path, []); break;
        }
    }
}
