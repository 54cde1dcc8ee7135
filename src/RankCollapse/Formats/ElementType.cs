namespace RankCollapse.Formats;

/// <summary>The type of the numbers in a tensor file, by the names of safetensors.</summary>
public enum ElementType
{
    /// <summary>A byte that is 0 or not.</summary>
    Bool,

    /// <summary>Unsigned, 8 bits.</summary>
    U8,

    /// <summary>Signed, 8 bits.</summary>
    I8,

    /// <summary>Unsigned, 16 bits.</summary>
    U16,

    /// <summary>Signed, 16 bits.</summary>
    I16,

    /// <summary>Unsigned, 32 bits.</summary>
    U32,

    /// <summary>Signed, 32 bits.</summary>
    I32,

    /// <summary>Unsigned, 64 bits.</summary>
    U64,

    /// <summary>Signed, 64 bits.</summary>
    I64,

    /// <summary>8 bits with 4 for the exponent and 3 for the fraction; no infinities.</summary>
    F8_E4M3,

    /// <summary>8 bits with 5 for the exponent and 2 for the fraction.</summary>
    F8_E5M2,

    /// <summary>As <see cref="F8_E4M3"/> with bias 8, one NaN and no negative zero.</summary>
    F8_E4M3FNUZ,

    /// <summary>As <see cref="F8_E5M2"/> with bias 16, one NaN, no infinities and no negative zero.</summary>
    F8_E5M2FNUZ,

    /// <summary>A power of two, 2^(bits − 127).</summary>
    F8_E8M0,

    /// <summary>IEEE 754 binary16.</summary>
    F16,

    /// <summary>bfloat16: the upper half of a binary32.</summary>
    BF16,

    /// <summary>IEEE 754 binary32.</summary>
    F32,

    /// <summary>IEEE 754 binary64.</summary>
    F64,

    /// <summary>A complex number of two binary32; described, not read.</summary>
    C64,

    /// <summary>4 bits with 2 for the exponent; described, not read.</summary>
    F4,

    /// <summary>6 bits with 2 for the exponent; described, not read.</summary>
    F6_E2M3,

    /// <summary>6 bits with 3 for the exponent; described, not read.</summary>
    F6_E3M2,
}
