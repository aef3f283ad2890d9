namespace OrtTrainer.Cli.Inspection;

/// <summary>What a folder is and what is in it.</summary>
internal sealed record FolderInfo
{
    /// <summary>Full path.</summary>
    public required string Folder { get; init; }

    /// <summary>What it is, such as <c>run</c> or <c>hugging_face_model</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The model on a hub that it is in the cache, at its commit; null for other folders.</summary>
    public string? Hub { get; init; }

    /// <summary><c>model_type</c>; null where there is no configuration.</summary>
    public string? Architecture { get; set; }

    /// <summary>What the outputs mean; null where there is no model.</summary>
    public string? Task { get; set; }

    /// <summary>A name per output; empty for outputs that are numbers.</summary>
    public IReadOnlyList<string> Labels { get; set; } = [];

    /// <summary>Values of all weights; null where there are none.</summary>
    public long? Parameters { get; set; }

    /// <summary>The most tokens of an input; null where nothing says.</summary>
    public int? MaxLength { get; set; }

    /// <summary>The types of the weights' elements, such as <c>float32</c>.</summary>
    public IReadOnlyList<string> Precision { get; set; } = [];

    /// <summary>Tokens of the tokenizer; null where there is none.</summary>
    public int? Tokens { get; set; }

    /// <summary>The inputs of its ONNX graph; empty where there is none.</summary>
    public IReadOnlyList<string> GraphInputs { get; set; } = [];

    /// <summary>Whether a graph with 8-bit weights is there, too.</summary>
    public bool HasQuantizedGraph { get; set; }

    /// <summary>How the weights came to be: method, run, scores, versions; empty where no file says.</summary>
    public SortedDictionary<string, string> Provenance { get; } = new(StringComparer.Ordinal);

    /// <summary>Its files with their sizes in bytes, by name.</summary>
    public required IReadOnlyDictionary<string, long> Files { get; init; }

    /// <summary>Bytes of all files.</summary>
    public long Bytes => Files.Values.Sum();

    /// <summary>What is worth knowing and no fault.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>What does not fit together, and what to do; empty where all fits.</summary>
    public List<string> Misfits { get; } = [];
}
