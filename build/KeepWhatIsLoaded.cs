using System;
using System.IO;
using System.Linq;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>Copies native libraries without what their system never loads: see src/RankCollapse.Cli/Packaging.targets, which compiles and runs this.</summary>
public class KeepWhatIsLoaded : Task
{
    [Required]
    public ITaskItem[] From { get; set; }

    [Required]
    public ITaskItem[] To { get; set; }

    /// <summary>Whether the code for ARM is kept, of libraries that hold code for two processors.</summary>
    public bool IsArm { get; set; }

    public override bool Execute()
    {
        for (int i = 0; i < From.Length; i++)
        {
            byte[] whole = File.ReadAllBytes(From[i].ItemSpec);
            Directory.CreateDirectory(Path.GetDirectoryName(To[i].ItemSpec));
            uint magic = Highest(whole, 0);
            File.WriteAllBytes(To[i].ItemSpec, magic == 0xCAFEBABE ? OfOneProcessor(whole) : magic == 0x7F454C46 ? WithoutSymbols(whole) : whole);
        }
        return true;
    }

    /// <summary>
    /// Of a universal Mach-O file: a magic number, a count, and for each processor its type, subtype, offset, size and alignment, highest bytes first.
    /// </summary>
    private byte[] OfOneProcessor(byte[] whole)
    {
        for (int part = 0; part < Highest(whole, 4); part++)
        {
            int entry = 8 + 20 * part;
            if (Highest(whole, entry) == (IsArm ? 0x0100000C : 0x01000007))
                return whole.Skip((int)Highest(whole, entry + 8)).Take((int)Highest(whole, entry + 12)).ToArray();
        }
        throw new InvalidDataException("a library has no part for this processor");
    }

    /// <summary>
    /// An ELF file of 64 bits without the sections behind the last byte that a segment loads: symbols and strings of debuggers. Their headers become empty, so
    /// that all others keep their numbers; the names of sections stay.
    /// </summary>
    private static byte[] WithoutSymbols(byte[] whole)
    {
        if (whole[4] != 2 || whole[5] != 1) throw new InvalidDataException("a library is not of 64 bits with the lowest bytes first");
        int end = 0;
        for (int segment = 0; segment < BitConverter.ToUInt16(whole, 56); segment++)
        {
            int header = (int)BitConverter.ToInt64(whole, 32) + segment * BitConverter.ToUInt16(whole, 54);
            end = Math.Max(end, (int)(BitConverter.ToInt64(whole, header + 8) + BitConverter.ToInt64(whole, header + 32)));
        }
        int count = BitConverter.ToUInt16(whole, 60);
        byte[] headers = whole.Skip((int)BitConverter.ToInt64(whole, 40)).Take(64 * count).ToArray();
        int names = 64 * BitConverter.ToUInt16(whole, 62);
        byte[] texts = whole.Skip((int)BitConverter.ToInt64(headers, names + 24)).Take((int)BitConverter.ToInt64(headers, names + 32)).ToArray();
        for (int header = 0; header < headers.Length; header += 64)
            if (header != names && BitConverter.ToInt64(headers, header + 24) >= end && (headers[header + 8] & 2) == 0) Array.Clear(headers, header, 64);
        int place = end + texts.Length + 7 & ~7;
        var kept = new byte[place + headers.Length];
        BitConverter.GetBytes((long)end).CopyTo(headers, names + 24);
        Array.Copy(whole, kept, end);
        texts.CopyTo(kept, end);
        headers.CopyTo(kept, place);
        BitConverter.GetBytes((long)place).CopyTo(kept, 40);
        return kept;
    }

    private static uint Highest(byte[] bytes, int at) => (uint)(bytes[at] << 24 | bytes[at + 1] << 16 | bytes[at + 2] << 8 | bytes[at + 3]);
}
