using System.Security.Cryptography;
using System.Text;
using RankCollapse.Formats;

namespace RankCollapse.Sweeps.Work;

/// <summary>
/// Tells what this user asked for from what stood in a folder that was received: a mark that only somebody with this user's key can make. The key lies with
/// the user's own data, for nobody else to read, and is made when it is first needed.
/// </summary>
internal static class OwnMark
{
    private const int KeyBytes = 32;

    private static string KeyPath => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "rankcollapse", "key");

    /// <summary>The mark of a content; null where the user's data cannot be written, so that nothing is recognised later.</summary>
    public static string? Of(byte[] content)
    {
        try
        {
            if (Key() is null)
            {
                FileSteps.MakeFolder(Path.GetDirectoryName(KeyPath)!);
                AtomicFile.WriteInside(KeyPath, Sha256.RandomBytes(KeyBytes));
                if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(KeyPath, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }
            return Key() is { } key ? Convert.ToHexStringLower(Sha256.Hmac(key, content)) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidInputException)
        {
            return null;
        }
    }

    /// <summary>Whether a mark is this user's for a content.</summary>
    public static bool IsOf(byte[] content, byte[] mark)
    {
        try
        {
            return Key() is { } key && CryptographicOperations.FixedTimeEquals(
                Encoding.ASCII.GetBytes(Convert.ToHexStringLower(Sha256.Hmac(key, content))), mark);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidInputException)
        {
            return false;
        }
    }

    private static byte[]? Key() => Path.IsPathRooted(KeyPath) && InputFile.TryReadSmall(KeyPath, KeyBytes) is { Length: KeyBytes } key ? key : null;
}
