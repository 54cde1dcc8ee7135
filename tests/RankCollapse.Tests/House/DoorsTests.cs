using System.Text.RegularExpressions;

namespace RankCollapse.Tests.House;

/// <summary>Each thing that reaches out of the program has one door; see docs/security.md.</summary>
public sealed partial class DoorsTests
{
    /// <summary>What may use the system's own calls: the modules, and what speaks to the kernel.</summary>
    private static readonly Dictionary<string, string[]> Doors = new()
    {
        [@"(?<![\w])File\.(Move|Copy|Replace|Create|CreateText|Delete|Open\w*|Write\w*|Append\w*|Read\w*|CreateSymbolicLink)\("] =
            ["AtomicFile.cs", "InputFile.cs", "FileSteps.cs", "FileKinds.cs", "LocalProcess.cs", "Processor.cs"],
        [@"Directory\.(Move|Delete|CreateDirectory|CreateTempSubdirectory|CreateSymbolicLink)\("] = ["FileSteps.cs", "WorkFolder.cs"],
        [@"new FileStream\("] = ["AtomicFile.cs", "InputFile.cs", "FolderClaim.cs"],
        [@"new (FileInfo|DirectoryInfo)\([^)]*\)\.(Delete|MoveTo|Create|Open\w*|CopyTo)\("] = [],
        [@"Console\.(Out|Error|In|Write\w*|Read\w*|Open\w*|SetOut|SetError)\b"] = ["StandardOutput.cs", "SweepWorkCommand.cs"],
        [@"PosixSignalRegistration\.Create|Console\.CancelKeyPress|Environment\.(Exit|FailFast)\("] = ["StopRequest.cs"],
        [@"(?<!\w)Process\.Start\(|new ProcessStartInfo\("] = ["SlurmClient.cs", "WorkerProcess.cs", "BrowserStart.cs"],
        [@"Path\.GetTemp(Path|FileName)\("] = ["AtomicFile.cs", "WorkFolder.cs"],
        [@"LibraryImport\(|DllImport\("] = ["FileKinds.cs", "StandardOutput.cs"],
        [@"char\.IsControl\("] = ["ErrorText.cs"],
    };

    [Fact]
    public void FilesFoldersOutputSignalsAndProcesses_HaveOneDoorEach()
    {
        var found = new List<string>();
        string source = Path.Combine(SourceTree.Root, "src");
        foreach (string file in Directory.GetFiles(source, "*.cs", SearchOption.AllDirectories).Where(file => !Generated().IsMatch(file)))
        {
            string text = Comment().Replace(File.ReadAllText(file), "");
            foreach ((string pattern, string[] allowed) in Doors)
            {
                if (allowed.Contains(Path.GetFileName(file))) continue;
                found.AddRange(Regex.Matches(text, pattern).Select(match => $"{Path.GetRelativePath(source, file)}: {match.Value}"));
            }
        }
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    [GeneratedRegex(@"[\\/](obj|bin)[\\/]")]
    private static partial Regex Generated();

    [GeneratedRegex(@"//[^\n]*")]
    private static partial Regex Comment();
}
