namespace OrtTrainer.Methods;

/// <summary>What every layer of a teacher makes of each example, averaged over its tokens.</summary>
/// <param name="Values">[N, layers, width].</param>
/// <param name="Layers">The teacher's layers.</param>
/// <param name="Width">Values per state.</param>
internal sealed record LayerStates(float[] Values, int Layers, int Width);
