namespace OrtTrainer.Models.Building;

/// <summary>The linear layers that attention makes its inputs with.</summary>
/// <param name="Query">What a token looks for.</param>
/// <param name="Key">What it is found by.</param>
/// <param name="Value">What it gives.</param>
internal readonly record struct QueryKeyValue(LinearName Query, LinearName Key, LinearName Value)
{
    /// <summary>The three in this order.</summary>
    internal IReadOnlyList<LinearName> All => [Query, Key, Value];
}
