namespace RankCollapse.LinearAlgebra;

/// <summary>
/// Chooses who computes decompositions: managed code, whose results are the same on every machine, or a native LAPACK where one is asked for.
/// </summary>
/// <remarks>
/// The environment variable <c>RANKCOLLAPSE_LAPACK</c> decides: <c>managed</c>, <c>native</c> (an error where none is found),
/// or the path of a library. Without it managed code is used.
/// </remarks>
public static class Lapack
{
    /// <summary>The environment variable that decides.</summary>
    public const string Variable = "RANKCOLLAPSE_LAPACK";

    private static readonly Lazy<IDecompositionProvider> Selected = new(() => Select(Environment.GetEnvironmentVariable(Variable)));

    /// <summary>What is in use, in a few words, for <c>doctor</c>.</summary>
    /// <exception cref="InvalidInputException">The environment variable asks for a library that cannot be used.</exception>
    public static string Description => Provider.Description;

    /// <summary>Whether a native library is in use.</summary>
    /// <exception cref="InvalidInputException">The environment variable asks for a library that cannot be used.</exception>
    public static bool IsNative => Provider is NativeLapackProvider;

    internal static IDecompositionProvider Provider => Selected.Value;

    internal static IDecompositionProvider Select(string? setting) => setting switch
    {
        null or "" or "managed" => ManagedProvider.Instance,
        "native" => NativeLapackProvider.Find() ?? throw new InvalidInputException(
            $"{Variable} is 'native', but no LAPACK was found (looked for {string.Join(", ", NativeLapackProvider.LibraryNames)}); install one (Debian: "
                + "libopenblas0) or set it to 'managed'."),
        _ => NativeLapackProvider.Load(setting) ?? throw new InvalidInputException(
            $"{Variable} is '{setting}', which is no library with the LAPACK routines dgesdd_, dsyevd_, dgelqf_, dorglq_ and dpotrf_; set it to 'managed', "
                + "'native' or the path of one."),
    };
}
