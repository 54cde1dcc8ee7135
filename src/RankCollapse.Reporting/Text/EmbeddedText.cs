using System.Text;

namespace RankCollapse.Reporting.Text;

/// <summary>Reads the files that are built into the assembly.</summary>
internal static class EmbeddedText
{
    /// <summary>Opens a built-in file by its name.</summary>
    public static Stream Open(string name) =>
        typeof(EmbeddedText).Assembly.GetManifestResourceStream(name)
        ?? throw new ComputationFailedException($"The built-in file {name} is missing from the program; reinstall it.");

    /// <summary>The bytes of a built-in file.</summary>
    public static byte[] ReadBytes(string name)
    {
        using Stream stream = Open(name);
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>The text of a built-in UTF-8 file.</summary>
    public static string Read(string name) => Encoding.UTF8.GetString(ReadBytes(name));
}
