using OrtTrainer.Graph;

namespace OrtTrainer.Runtime;

/// <summary>An input or output of a graph.</summary>
/// <param name="Name">Its name in the graph.</param>
/// <param name="Type">Element type; null for what is not a tensor.</param>
/// <param name="Shape">Dimensions in order; -1 where the graph leaves one open.</param>
public sealed record GraphValue(string Name, ElementType? Type, IReadOnlyList<long> Shape);
