namespace RankCollapse.Tests.Reporting.Panels;

/// <summary>How far apart two colours look: in Oklab (Ottosson 2020), to normal sight and to dichromats (Machado et al. 2009, severity 1).</summary>
internal static class ColourVision
{
    /// <summary>Normal sight, protanopia, deuteranopia, tritanopia, as maps of linear RGB.</summary>
    public static IReadOnlyList<double[,]?> All { get; } =
    [
        null,
        new[,] { { 0.152286, 1.052583, -0.204868 }, { 0.114503, 0.786281, 0.099216 }, { -0.003882, -0.048116, 1.051998 } },
        new[,] { { 0.367322, 0.860646, -0.227968 }, { 0.280085, 0.672501, 0.047413 }, { -0.011820, 0.042940, 0.968881 } },
        new[,] { { 1.255528, -0.076749, -0.178779 }, { -0.078411, 0.930809, 0.147602 }, { 0.004733, 0.691367, 0.303900 } },
    ];

    private static readonly double[,] Cones =
        { { 0.4122214708, 0.5363325363, 0.0514459929 }, { 0.2119034982, 0.6806995451, 0.1073969566 }, { 0.0883024619, 0.2817188376, 0.6299787005 } };

    private static readonly double[,] Opponents =
        { { 0.2104542553, 0.7936177850, -0.0040720468 }, { 1.9779984951, -2.4285922050, 0.4505937099 }, { 0.0259040371, 0.7827717662, -0.8086757660 } };

    /// <summary>The distance in Oklab; black and white are 1 apart, and 0.02 is just noticed.</summary>
    public static double Distance(string shade, string other, double[,]? sight) =>
        Math.Sqrt(Seen(shade, sight).Zip(Seen(other, sight), (a, b) => (a - b) * (a - b)).Sum());

    private static double[] Seen(string shade, double[,]? sight)
    {
        double[] linear = [.. Convert.FromHexString(shade.AsSpan(1)).Select(part => part / 255.0)
            .Select(part => part <= 0.04045 ? part / 12.92 : Math.Pow((part + 0.055) / 1.055, 2.4))];
        if (sight is not null) linear = [.. Times(sight, linear).Select(part => Math.Clamp(part, 0, 1))];
        return Times(Opponents, [.. Times(Cones, linear).Select(part => Math.Cbrt(Math.Max(0, part)))]);
    }

    private static double[] Times(double[,] map, double[] vector) =>
        [.. Enumerable.Range(0, 3).Select(i => (map[i, 0] * vector[0]) + (map[i, 1] * vector[1]) + (map[i, 2] * vector[2]))];
}
