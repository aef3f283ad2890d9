namespace OrtTrainer.Models.Building;

/// <summary>The linear layers of a gated feed-forward part.</summary>
/// <param name="Gate">Its outputs are activated, [width, innerWidth].</param>
/// <param name="Up">Its outputs are multiplied with those, [width, innerWidth].</param>
/// <param name="Down">Takes the products, [innerWidth, width].</param>
internal readonly record struct GatedLayers(LinearName Gate, LinearName Up, LinearName Down)
{
    /// <summary>The first two.</summary>
    internal IReadOnlyList<LinearName> Inner => [Gate, Up];
}
