namespace OrtTrainer.Models.Building;

/// <summary>
/// Low-rank adapters beside linear layers (Hu et al. 2021, LoRA): y + scale · B(A(dropout(x))), with A [rank, in] and B
/// [out, rank].
/// </summary>
/// <param name="Rank">1 or more.</param>
/// <param name="Scale">What the adapters' outputs are multiplied with.</param>
/// <param name="Dropout">The probability of dropout before A, while training; each layer draws its own.</param>
/// <param name="Targets">The layers that have one: by the ends of their names in a checkpoint, whole words.</param>
internal sealed record LowRankAdapters(int Rank, float Scale, float Dropout, IReadOnlyList<string> Targets)
{
    /// <summary>Whether a layer has one.</summary>
    public bool Has(string layer) => Targets.Any(target => IsNamed(layer, target));

    /// <summary>Whether a layer goes by a name: all of its own, or whole words at the end.</summary>
    public static bool IsNamed(string layer, string target) =>
        layer == target || layer.EndsWith("." + target, StringComparison.Ordinal);
}
