using System.Diagnostics;

namespace RankCollapse.Cli.Playing;

/// <summary>Opens a file with the user's browser.</summary>
internal static class BrowserStart
{
    /// <summary>Opens a file.</summary>
    /// <returns>Whether the system knows how to.</returns>
    public static bool TryOpen(string path)
    {
        // Without a screen there is no browser to be seen, though one might start.
        string[] screens = ["DISPLAY", "WAYLAND_DISPLAY"];
        if (OperatingSystem.IsLinux() && screens.All(name => Environment.GetEnvironmentVariable(name) is null or "")) return false;
        try
        {
            ProcessStartInfo start = OperatingSystem.IsWindows()
                ? new ProcessStartInfo(path) { UseShellExecute = true }
                : new ProcessStartInfo(OperatingSystem.IsMacOS() ? "open" : "xdg-open", [path])
                {
                    UseShellExecute = false,
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                };
            using Process? process = Process.Start(start);
            return true;
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or InvalidOperationException or FileNotFoundException)
        {
            return false;
        }
    }
}
