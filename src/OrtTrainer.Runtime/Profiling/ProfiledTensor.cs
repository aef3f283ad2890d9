using OrtTrainer.Graph;

namespace OrtTrainer.Runtime.Profiling;

/// <summary>A tensor that a node read or wrote.</summary>
/// <param name="Type">Its element type; null for one that has no elements of fixed size.</param>
/// <param name="Shape">Its shape.</param>
public sealed record ProfiledTensor(ElementType? Type, IReadOnlyList<long> Shape)
{
    /// <summary>The number of elements.</summary>
    public long Elements => Shape.Aggregate(1L, (product, size) => product * size);

    /// <summary>Bytes of all elements; 0 where their size is not fixed.</summary>
    public long Bytes => Type is { } type ? Elements * type.Size() : 0;
}
