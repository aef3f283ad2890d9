namespace OrtTrainer.Models.Building;

/// <summary>A linear layer of a checkpoint with the adapter beside it.</summary>
/// <param name="Name">What the checkpoint calls the layer, such as <c>bert.encoder.layer.0.attention.self.query</c>.
/// </param>
/// <param name="Weights">Its matrix, [out, in]: one parameter, or the rows of several in their order.</param>
/// <param name="Down">A, [rank, in].</param>
/// <param name="Up">B, [out, rank].</param>
internal sealed record AdaptedLayer(
    string Name, IReadOnlyList<ParameterSpec> Weights, ParameterSpec Down, ParameterSpec Up);
