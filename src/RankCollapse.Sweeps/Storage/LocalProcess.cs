using System.Diagnostics;

namespace RankCollapse.Sweeps.Storage;

/// <summary>Tells whether a process of this machine still lives, also when its number was given to another one.</summary>
internal static class LocalProcess
{
    /// <summary>The kernel and the process namespace of this process: equal for processes that see each other.</summary>
    public static string Machine { get; } = OperatingSystem.IsLinux()
        ? $"{FirstLine("/proc/sys/kernel/random/boot_id")} {new FileInfo("/proc/self/ns/pid").LinkTarget ?? "none"}"
        : $"{Environment.MachineName}";

    /// <summary>When a process began, as the kernel counts; null when there is none of that number.</summary>
    public static string? StartOf(int process)
    {
        if (OperatingSystem.IsLinux()) return StartOnLinux(process);
        try
        {
            using var found = Process.GetProcessById(process);
            return found.HasExited ? null : $"{found.StartTime.Ticks}";
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    /// <summary>The fields of <c>/proc/N/stat</c> behind the command in parentheses: the state is the first, the start the twentieth.</summary>
    private static string? StartOnLinux(int process)
    {
        const int StateField = 0, StartField = 19;
        try
        {
            string status = File.ReadAllText($"/proc/{process}/stat");
            string[] fields = status[(status.LastIndexOf(')') + 2)..].Split(' ');
            return fields[StateField] is "Z" or "X" ? null : fields[StartField];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string FirstLine(string file)
    {
        try
        {
            return File.ReadLines(file).First();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Environment.MachineName;
        }
    }
}
