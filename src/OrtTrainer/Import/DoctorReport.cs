using OrtTrainer.Common;

namespace OrtTrainer.Import;

/// <summary>What an ONNX file is made of, and whether it can be trained.</summary>
internal sealed record DoctorReport
{
    /// <summary>The file.</summary>
    public required string File { get; init; }

    /// <summary>Whether it can be imported and trained.</summary>
    public bool Trainable => Obstacle is null;

    /// <summary>The first thing that stands against it; null for none.</summary>
    public Obstacle? Obstacle { get; init; }

    /// <summary>What wrote the file, as it says.</summary>
    public string Producer { get; init; } = "";

    /// <summary>The version of ONNX's operators; null where the file does not say.</summary>
    public long? Opset { get; init; }

    /// <summary>The operators, by how often they occur.</summary>
    public IReadOnlyList<OperatorUse> Operators { get; init; } = [];

    /// <summary>The inputs that are no weights, with their sizes.</summary>
    public IReadOnlyList<string> Inputs { get; init; } = [];

    /// <summary>The outputs, with their sizes.</summary>
    public IReadOnlyList<string> Outputs { get; init; } = [];

    /// <summary>Tensors that can be trained.</summary>
    public int Weights { get; init; }

    /// <summary>Their elements.</summary>
    public long Parameters { get; init; }

    /// <summary>Weights that several places share, such as a table of embeddings that is the last layer too.</summary>
    public IReadOnlyList<string> Ties { get; init; } = [];

    /// <summary>Sites of attention that would run as one operator.</summary>
    public int Attention { get; init; }

    /// <summary>Sites of softmax in all.</summary>
    public int Softmaxes { get; init; }

    /// <summary>What a batch of 32 texts of 128 tokens, or of 32 images, takes to train in bytes if all that is
    /// computed is kept: weights, gradients, the two moments of AdamW, an average, and activations; null where it
    /// cannot be told.</summary>
    public long? BytesPerBatch { get; init; }

    /// <summary>What is worth knowing beside.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}

/// <summary>An operator of a file.</summary>
/// <param name="Name">Its name, with its domain where that is not ONNX's own.</param>
/// <param name="Count">How often it occurs.</param>
/// <param name="Known">Whether its results can be typed and run here.</param>
/// <param name="HasGradient">Whether it has a gradient here.</param>
internal sealed record OperatorUse(string Name, int Count, bool Known, bool HasGradient);

/// <summary>What stands against training a file.</summary>
/// <param name="Node">The name of the node, input or tensor; null where it is the file as a whole.</param>
/// <param name="Problem">What was found.</param>
/// <param name="Advice">What to do.</param>
internal sealed record Obstacle(string? Node, string Problem, string Advice);
