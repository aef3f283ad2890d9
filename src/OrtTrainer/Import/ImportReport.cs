namespace OrtTrainer.Import;

/// <summary>What was found in an imported file.</summary>
public sealed record ImportReport
{
    /// <summary>The file.</summary>
    public required string File { get; init; }

    /// <summary>The folder that holds the model now.</summary>
    public required string Folder { get; init; }

    /// <summary>Tensors that can be trained.</summary>
    public required int Weights { get; init; }

    /// <summary>Their elements.</summary>
    public required long Parameters { get; init; }

    /// <summary>Sites of attention that run as one operator, without padding.</summary>
    public required int Attention { get; init; }

    /// <summary>Sites of attention that run node by node.</summary>
    public required int PlainAttention { get; init; }

    /// <summary>Outputs of the last layer; null for a model without a head.</summary>
    public required int? Outputs { get; init; }

    /// <summary>Whether padding is computed as in the file, since what is in it changes the outputs.</summary>
    public bool HasPadding { get; init; }

    /// <summary>Whether a config.json was beside the file.</summary>
    public bool HasConfig { get; init; }

    /// <summary>Whether a tokenizer was beside the file.</summary>
    public bool HasTokenizer { get; init; }

    /// <summary>The largest difference between the file's outputs and those of the graph that trains, on made-up
    /// inputs, over the largest output.</summary>
    public required double Difference { get; init; }
}
