using System.Text.Json;
using RankCollapse.Formats;
using RankCollapse.Sweeps.Storage;

namespace RankCollapse.Sweeps.Work;

/// <summary>The heartbeat of this process's worker: a file of constant length that is overwritten in place.</summary>
internal sealed class HeartbeatFile : IDisposable
{
    private const int Length = 1024;
    private const int MostHostLetters = 64;
    private const int MostTaskLetters = 31;

    private readonly string _path;
    private readonly FileStream _stream;
    private readonly WorkerHeartbeat _template;
    private long _counter;

    /// <summary>Makes the file.</summary>
    /// <param name="folder">The sweep.</param>
    /// <param name="worker">The worker's name.</param>
    /// <param name="task">The task of a cluster that it runs in; null where there is none.</param>
    /// <exception cref="IOException">The disk is full, or the name is taken.</exception>
    public HeartbeatFile(SweepFolder folder, string worker, string? task)
    {
        _path = Path.Combine(folder.WorkersPath, worker + ".json");
        _template = new WorkerHeartbeat
        {
            Worker = worker,
            Host = Shorten(Environment.MachineName),
            Machine = LocalProcess.Machine,
            Process = Environment.ProcessId,
            ProcessStart = LocalProcess.StartOf(Environment.ProcessId) ?? "",
            Counter = 0,
            Activity = "looking",
            Task = task is { Length: > MostTaskLetters } ? task[..MostTaskLetters] : task,
        };
        _stream = AtomicFile.CreateInPlace(_path);
        try
        {
            Beat(heartbeat => heartbeat);
        }
        catch
        {
            _stream.Dispose();
            FileSteps.Delete(_path);
            throw;
        }
    }

    /// <summary>The machine's name, as in the heartbeat.</summary>
    public string Host => _template.Host;

    /// <summary>Writes the next heartbeat.</summary>
    /// <param name="describe">Says what the worker does.</param>
    public void Beat(Func<WorkerHeartbeat, WorkerHeartbeat> describe)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(describe(_template) with { Counter = ++_counter }, StorageJson.Default.WorkerHeartbeat);
        Span<byte> content = stackalloc byte[Length];
        content.Fill((byte)' ');
        json.CopyTo(content);
        content[^1] = (byte)'\n';
        RandomAccess.Write(_stream.SafeFileHandle, content, 0);
    }

    /// <summary>Removes the file: the worker has ended by itself.</summary>
    public void Dispose()
    {
        _stream.Dispose();
        try
        {
            FileSteps.Delete(_path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Others notice that it does not change any more.
        }
    }

    private static string Shorten(string host) => host.Length <= MostHostLetters ? host : host[..MostHostLetters];
}
