namespace OrtTrainer.Models.Building;

/// <summary>
/// The name of a linear layer, and how weight files hold its tensors: a plain text means <c>text.weight</c> as [out,
/// in] and <c>text.bias</c> [out].
/// </summary>
/// <param name="Text">What its parameters are called, without <c>.weight</c> and <c>.bias</c>.</param>
internal readonly record struct LinearName(string Text)
{
    /// <summary>Whether it adds <c>text.bias</c>.</summary>
    public bool HasBias { get; init; } = true;

    /// <summary>Whether the matrix lies as [in, out], as in the Conv1D layers of GPT-2.</summary>
    public bool InputsFirst { get; init; }

    /// <summary>The layer of the file whose tensors hold this one's along with others; null for one of its
    /// own.</summary>
    public string? Stack { get; init; }

    /// <summary>The first of its outputs among those of <see cref="Stack"/>.</summary>
    public long FirstRow { get; init; }

    /// <summary>The outputs of <see cref="Stack"/> in all.</summary>
    public long StackRows { get; init; }

    /// <summary>The sizes of the stored matrix after the first, [C, height, width], where it is the kernel of a
    /// convolution over patches that do not overlap; null for [in].</summary>
    public IReadOnlyList<long>? Kernel { get; init; }

    /// <summary>The layer as one of several of a size, whose tensors the file holds as one.</summary>
    /// <param name="stack">What that is called.</param>
    /// <param name="part">Which of them, from 0.</param>
    /// <param name="parts">How many there are.</param>
    /// <param name="outputs">Of each.</param>
    public LinearName PartOf(string stack, int part, int parts, long outputs) =>
        this with { Stack = stack, FirstRow = part * outputs, StackRows = parts * outputs };

    public static implicit operator LinearName(string text) => new(text);

    internal ParameterStorage StorageOf(string tensor) => new($"{Stack ?? Text}.{tensor}")
    {
        InputsFirst = InputsFirst,
        FirstRow = FirstRow,
        Rows = Stack is null ? null : StackRows,
        Kernel = tensor == "weight" ? Kernel : null,
    };
}
