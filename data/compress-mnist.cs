// Makes the compressed copies of the MNIST test set that the library embeds.
// Run with the folder that holds the two original files: dotnet run data/compress-mnist.cs -- FOLDER
#:property PublishAot=false
#:property RestorePackagesWithLockFile=false
using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

(string File, string Sha256)[] originals =
[
    ("t10k-images-idx3-ubyte", "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
    ("t10k-labels-idx1-ubyte", "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"),
];
if (args.Length != 1)
{
    Console.Error.WriteLine("Usage: dotnet run data/compress-mnist.cs -- FOLDER");
    return 2;
}
string target = Path.GetDirectoryName(SourcePath())!;
foreach ((string file, string sha256) in originals)
{
    byte[] content = File.ReadAllBytes(Path.Combine(args[0], file));
    string found = Convert.ToHexStringLower(SHA256.HashData(content));
    if (found != sha256)
    {
        Console.Error.WriteLine($"{file} has SHA-256 {found}, expected {sha256}.");
        return 2;
    }
    string compressed = Path.Combine(target, file + ".gz");
    using (var gzip = new GZipStream(File.Create(compressed), CompressionLevel.SmallestSize)) gzip.Write(content);
    Console.WriteLine($"{file}: {content.Length} bytes, compressed {new FileInfo(compressed).Length}");
}
return 0;

static string SourcePath([CallerFilePath] string path = "") => path;
