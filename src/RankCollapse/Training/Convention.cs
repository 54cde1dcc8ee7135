using System.Text.Json.Serialization;

namespace RankCollapse.Training;

/// <summary>How the terms of the objective are scaled.</summary>
public enum Convention
{
    /// <summary>Section 5.2: a = 1, λ_1 = λδ, λ_l = λ, μ_l = λ'.</summary>
    Sum,

    /// <summary>The mean over samples: a = 1/N, λ_1 = λδ, λ_l = λ, μ_l = λ'/N.</summary>
    Mean,

    /// <summary>Equation (3): a = 1/N, λ_l = β_l = 2λ, μ_l = 0.</summary>
    [JsonStringEnumMemberName("eq3")]
    Equation3,
}
