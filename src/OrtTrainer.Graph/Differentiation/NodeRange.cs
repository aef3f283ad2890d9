namespace OrtTrainer.Graph.Differentiation;

/// <summary>Nodes that were added one after the other, such as those of a layer.</summary>
/// <param name="First">The number of nodes before the first.</param>
/// <param name="End">The number of nodes up to the last.</param>
public readonly record struct NodeRange(int First, int End);
