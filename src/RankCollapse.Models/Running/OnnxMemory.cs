using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace RankCollapse.Models.Running;

/// <summary>The memory that ONNX Runtime may take: a graph of a few bytes can ask for any amount.</summary>
internal static class OnnxMemory
{
    private static readonly Lock Opening = new();

    /// <summary>Opens a session whose weights and features take at most <see cref="MemoryBudget.Bytes"/>.</summary>
    /// <param name="options">Its options, to which the limit is added.</param>
    /// <param name="open">Opens it.</param>
    public static InferenceSession Limited(SessionOptions options, Func<InferenceSession> open)
    {
        options.AddSessionConfigEntry("session.use_env_allocators", "1");
        // A session keeps the allocator that is the newest when it is opened.
        lock (Opening)
        {
            Register(MemoryBudget.Bytes);
            return open();
        }
    }

    /// <summary>Whether ONNX Runtime gave up because there was no more memory.</summary>
    public static bool IsLack(OnnxRuntimeException error) =>
        error.Message.Contains("bfc_arena", StringComparison.Ordinal) || error.Message.Contains("bad_alloc", StringComparison.Ordinal);

    private static void Register(long bytes)
    {
        const int AsUsual = -1;
        using var info = new OrtMemoryInfo(OrtMemoryInfo.allocatorCPU, OrtAllocatorType.ArenaAllocator, 0, OrtMemType.Default);
        uint most = (uint)Math.Min(bytes, uint.MaxValue);
        using var arena = new OrtArenaCfg(most, AsUsual, AsUsual, AsUsual);
        // The constructor takes 32 bits; what it makes begins with 64.
        IntPtr limit = arena.DangerousGetHandle();
        if (Marshal.ReadInt64(limit) == most) Marshal.WriteInt64(limit, bytes);
        OrtEnv.Instance().CreateAndRegisterAllocator(info, arena);
    }
}
