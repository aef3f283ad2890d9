using OrtTrainer.Graph;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// An operator of domain <c>ai.orttrainer</c>, version 1, as ONNX Runtime needs to know it.
/// </summary>
/// <param name="Name">The operator's type in the graph.</param>
/// <param name="InputTypes">Element type of each input, all of them required.</param>
/// <param name="OutputCount">Number of outputs, all of them required.</param>
/// <param name="Create">
/// Makes the kernel of one node. An exception refuses the model, with its message.
/// </param>
public sealed record KernelDefinition(
    string Name,
    IReadOnlyList<ElementType> InputTypes,
    int OutputCount,
    Func<KernelAttributes, Kernel> Create)
{
    /// <summary>Element type of each output; float32 unless it is said.</summary>
    public IReadOnlyList<ElementType> OutputTypes { get; init; } =
        [.. Enumerable.Repeat(ElementType.Float, OutputCount)];

    /// <summary>The execution provider that the kernel belongs to; null for that of the CPU.</summary>
    internal string? Provider { get; init; }

    /// <summary>Inputs that the kernel reads on the host, where all others lie on the provider's device.</summary>
    internal IReadOnlyList<int> HostInputs { get; init; } = [];
}
