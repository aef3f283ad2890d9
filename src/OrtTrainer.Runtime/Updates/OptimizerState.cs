namespace OrtTrainer.Runtime.Updates;

/// <summary>A buffer of optimizer state.</summary>
/// <param name="Name">PyTorch's name for it, such as <c>exp_avg</c>.</param>
/// <param name="Values">The values, in the layout of the parameters unless the optimizer says otherwise.</param>
public sealed record OptimizerState(string Name, WeightBuffer Values);
