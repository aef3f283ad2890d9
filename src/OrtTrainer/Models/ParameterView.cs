namespace OrtTrainer.Models;

/// <summary>
/// What a graph sees of the parameters as one input: one tensor, or several stacked along the first axis, as the query,
/// key and value weights that one matrix product uses. The parts lie side by side in the flat buffer.
/// </summary>
/// <param name="Name">The graph input's name.</param>
/// <param name="Shape">The sizes of the whole.</param>
/// <param name="Parts">The tensors it is made of, in order.</param>
internal sealed record ParameterView(string Name, IReadOnlyList<long> Shape, IReadOnlyList<ParameterSpec> Parts)
{
    /// <summary>The number of elements.</summary>
    public long Length { get; } = Parts.Sum(p => p.Length);

    /// <summary>The name of the graph output that holds its gradient.</summary>
    public string GradientName => Name + ".gradient";

    /// <summary>Whether it has no gradient.</summary>
    public bool IsStatistic => Parts[0].IsStatistic;

    /// <summary>Name and shape, such as <c>'classifier.weight' [3, 16]</c>.</summary>
    public override string ToString() => $"'{Name}' [{string.Join(", ", Shape)}]";

    /// <summary>A view of one tensor.</summary>
    public static ParameterView Of(ParameterSpec spec) => new(spec.Name, spec.Shape, [spec]);

    /// <summary>Tensors of equal trailing sizes stacked along the first axis.</summary>
    /// <exception cref="ArgumentException">The trailing sizes differ.</exception>
    public static ParameterView Stack(string name, IReadOnlyList<ParameterSpec> parts)
    {
        if (parts.Any(p => !p.Shape.Skip(1).SequenceEqual(parts[0].Shape.Skip(1))))
        {
            throw new ArgumentException($"The parts of '{name}' differ in more than their first size.", nameof(parts));
        }

        return new(name, [parts.Sum(p => p.Shape[0]), .. parts[0].Shape.Skip(1)], parts);
    }
}
