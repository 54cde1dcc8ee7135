using System.Runtime.InteropServices;
using System.Text;

namespace RankCollapse.Formats;

/// <summary>Standard output and standard error, written so that a failure is known: .NET's own streams hide that a pipe was closed.</summary>
public static partial class StandardOutput
{
    /// <summary>The name that means standard output where a file is asked for.</summary>
    public const string Name = "-";

    private static readonly Encoding Utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Standard output as bytes.</summary>
    /// <remarks>Writing throws <see cref="StandardOutputException"/> where the device is full or nobody reads any more.</remarks>
    public static Stream Open() => new Channel(1, isSilent: false);

    /// <summary>Standard output as text in UTF-8.</summary>
    public static TextWriter OpenText() => Text(Open());

    /// <summary>Standard error as text in UTF-8; what cannot be written there is lost, since there is nowhere to say so.</summary>
    public static TextWriter OpenErrorText() => Text(new Channel(2, isSilent: true));

#pragma warning disable CA2000 // The writer lives as long as the process.
    private static TextWriter Text(Stream stream) => TextWriter.Synchronized(new StreamWriter(stream, Utf8, bufferSize: 4096) { AutoFlush = true });
#pragma warning restore CA2000

    [LibraryImport("libSystem.Native", EntryPoint = "SystemNative_Write", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static unsafe partial int Write(nint file, byte* buffer, int count);

    /// <summary>One of the streams that a process is given.</summary>
    private sealed class Channel(int number, bool isSilent) : Stream
    {
#pragma warning disable CA2213 // The process's own stream, which stays open.
        private readonly Stream? _windows = !OperatingSystem.IsWindows() ? null : number == 1 ? Console.OpenStandardOutput() : Console.OpenStandardError();
#pragma warning restore CA2213

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Flush()
        {
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            try
            {
                if (_windows is not null) _windows.Write(buffer);
                else WriteAll(buffer);
            }
            catch (IOException e) when (!isSilent)
            {
                throw new StandardOutputException(
                    $"Standard output cannot be written: {ErrorText.Printable(e.Message)}; give it room, or another file.", isClosed: false);
            }
            catch (Exception e) when (isSilent && e is IOException or StandardOutputException)
            {
                // Standard error is where this would be said.
            }
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        private unsafe void WriteAll(ReadOnlySpan<byte> buffer)
        {
            // EPIPE has this number on all systems, EAGAIN has one on Linux and one elsewhere.
            const int ClosedPipe = 32, Again = 11, AgainElsewhere = 35, Pause = 2;
            while (!buffer.IsEmpty)
            {
                int written;
                fixed (byte* start = buffer) written = StandardOutput.Write(number, start, buffer.Length);
                if (written >= 0)
                {
                    buffer = buffer[written..];
                    continue;
                }
                int error = Marshal.GetLastPInvokeError();
                if (error is Again or AgainElsewhere) Thread.Sleep(Pause);
                else
                    throw new StandardOutputException(
                        $"Standard output cannot be written: {Marshal.GetPInvokeErrorMessage(error)}; give it room, or another file.", error == ClosedPipe);
            }
        }
    }
}
