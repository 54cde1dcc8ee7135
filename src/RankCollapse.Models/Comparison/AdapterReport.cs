using RankCollapse.Models.Compression;

namespace RankCollapse.Models.Comparison;

/// <summary>What became of the change of one layer, or of another tensor, in an adapter.</summary>
public sealed record AdapterLayer
{
    /// <summary>The model's name for its weights.</summary>
    public required string Name { get; init; }

    /// <summary>The module of the base that the factors belong to; null where there are none.</summary>
    public string? Module { get; init; }

    /// <summary>Its shape as text.</summary>
    public required string ShapeText { get; init; }

    /// <summary>The rank of its factors; null where it has none.</summary>
    public int? Rank { get; init; }

    /// <summary>The numbers that the adapter holds for it.</summary>
    public long Parameters { get; init; }

    /// <summary>‖ΔW‖/‖B‖; null where the base's is 0 or there is none.</summary>
    public double? RelativeChange { get; init; }

    /// <summary>‖ΔW − B_r·A_r‖/‖ΔW‖ of the numbers that were written; 1 where nothing of the change is carried.</summary>
    public double? ChangeError { get; init; }

    /// <summary>‖W − (B + B_r·A_r)‖/‖W‖, of the layer as it is after merging; null where the base has no such layer.</summary>
    public double? WeightError { get; init; }

    /// <summary>Whether it is kept as it is in the model, with its module or as a bias of the factors.</summary>
    public bool IsKept { get; init; }

    /// <summary>Why its change is not carried; null where it is, or where there is none.</summary>
    public string? Reason { get; init; }
}

/// <summary>What an adapter came to.</summary>
public sealed record AdapterReport
{
    /// <summary>The model.</summary>
    public required string Model { get; init; }

    /// <summary>Its base.</summary>
    public required string Base { get; init; }

    /// <summary>The folder that was written; null where nothing was.</summary>
    public required string? Output { get; init; }

    /// <summary>How ranks were chosen.</summary>
    public required RankRule Rule { get; init; }

    /// <summary>Layers, then other tensors that changed, in the model's order.</summary>
    public required IReadOnlyList<AdapterLayer> Layers { get; init; }

    /// <summary>Modules that are kept whole, with all of their tensors.</summary>
    public required IReadOnlyList<string> SavedModules { get; init; }

    /// <summary>The numbers in the adapter.</summary>
    public required long Parameters { get; init; }

    /// <summary>The numbers in the model.</summary>
    public required long ModelParameters { get; init; }

    /// <summary>√(Σ‖W − merged‖²/Σ‖W‖²) over all layers and tensors of both, those that are not carried too.</summary>
    public required double Error { get; init; }

    /// <summary>√(Σ‖W − merged‖²/Σ‖W − B‖²) over the same; null where nothing changed.</summary>
    public required double? ChangeError { get; init; }

    /// <summary>The changes that are not carried.</summary>
    public IEnumerable<AdapterLayer> Lost => Layers.Where(layer => layer.Reason is not null);
}
