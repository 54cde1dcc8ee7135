using RankCollapse.Formats;
using RankCollapse.Runs;
using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Storage;

namespace RankCollapse.Sweeps.Work;

/// <summary>Writes a result aside and renames it: it is there as a whole or not at all, and once.</summary>
internal static class ResultWriter
{
    /// <summary>Stores what a trial came to; a result that is there already stays.</summary>
    /// <param name="folder">The sweep.</param>
    /// <param name="limits">What is kept.</param>
    /// <param name="manifest">How it came about; files and checksum are filled in.</param>
    /// <param name="run">What was trained.</param>
    /// <param name="recording">What was recorded beside the metrics; null for nothing.</param>
    /// <remarks>Nothing is flushed to the disk: what a power cut damages is recognised by its checksums, and made again.</remarks>
    public static void Store(SweepFolder folder, SweepLimits limits, ResultManifest manifest, Run run, SafetensorsWriter? recording = null)
    {
        string aside = Path.Combine(folder.AsidePath, $"result-{manifest.Trial}-{manifest.Worker}"), target = folder.ResultPath(manifest.Trial);
        if (Directory.Exists(aside)) FileSteps.DeleteFolder(aside);
        FileSteps.MakeFolder(aside);
        if (limits.Keep == KeptFiles.Run) WriteRun(aside, run);
        else WriteLean(aside, limits.Keep, run);
        if (limits.Recording is { } name) (recording ?? new SafetensorsWriter()).Write(Path.Combine(aside, ResultFiles.RecordingName(name)));
        ResultFiles.Seal(aside, manifest);
        FileSteps.MakeFolder(Path.GetDirectoryName(target)!);
        try
        {
            FileSteps.RenameFolder(aside, target);
        }
        catch (IOException) when (Directory.Exists(target))
        {
            FileSteps.DeleteFolder(aside);
        }
    }

    private static void WriteLean(string path, KeptFiles keep, Run run)
    {
        AtomicFile.WriteAside(Path.Combine(path, ResultFiles.ConfigurationName), stream => stream.Write(run.Configuration.ToJson()));
        AtomicFile.WriteAside(Path.Combine(path, ResultFiles.SummaryName), stream => stream.Write(run.Summary.ToJson()));
        if (keep == KeptFiles.Metrics)
            AtomicFile.WriteAside(Path.Combine(path, ResultFiles.MetricsName), stream => stream.Write(MetricsTable.ToBytes(run.Metrics)));
    }

    private static void WriteRun(string path, Run run)
    {
        var folder = RunFolder.Create(path);
        folder.WriteDataSet(run.DataSet);
        folder.WriteInitial(run.Initial);
        folder.WriteConfiguration(run.Configuration);
        folder.WriteTrained(run.Trained);
        folder.WriteMetrics(run.Metrics);
        folder.WriteSummary(run.Summary);
    }
}
