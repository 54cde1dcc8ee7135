using System.ComponentModel;
using System.Diagnostics;

namespace RankCollapse.Tests;

/// <summary>A disk of a few megabytes that a test may fill; the test is skipped where none can be mounted.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public SmallDisk(string size)
    {
        Root = Directory.CreateDirectory(_folder.File("disk")).FullName;
        bool isMounted = OperatingSystem.IsLinux() && Execute("mount", "-t", "tmpfs", "-o", $"size={size}", "tmpfs", Root);
        if (isMounted) return;
        _folder.Dispose();
        Assert.Skip("Mounting a small disk is not allowed here.");
    }

    public string Root { get; }

    /// <summary>Fills the disk to its last page.</summary>
    public void Fill()
    {
        using var filler = new FileStream(Filler, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var block = new byte[4096];
        try
        {
            while (true) filler.Write(block);
        }
        catch (IOException)
        {
            // The disk is full now.
        }
    }

    /// <summary>Removes what <see cref="Fill"/> wrote.</summary>
    public void Empty() => File.Delete(Filler);

    public void Dispose()
    {
        Execute("umount", Root);
        _folder.Dispose();
    }

    /// <summary>Runs a program; false when it is not there or fails.</summary>
    public static bool Execute(string program, params string[] arguments)
    {
        try
        {
            var start = new ProcessStartInfo(program) { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false };
            foreach (string argument in arguments) start.ArgumentList.Add(argument);
            using Process process = Process.Start(start)!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    private string Filler => Path.Combine(Root, "filler");
}
