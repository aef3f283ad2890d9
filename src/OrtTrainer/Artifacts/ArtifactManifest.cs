using System.Security.Cryptography;
using OrtTrainer.Checkpoints.OnDevice;
using OrtTrainer.Common;
using OrtTrainer.Graph;
using OrtTrainer.Graph.Onnx;

namespace OrtTrainer.Artifacts;

/// <summary>What the files of a device hold, for programs that use them: <c>artifacts.json</c>.</summary>
internal sealed record ArtifactManifest
{
    /// <summary>The version of this form.</summary>
    public int Version { get; init; } = 1;

    /// <summary>The family of the model.</summary>
    public required string ModelType { get; init; }

    /// <summary>What is learned.</summary>
    public required string Task { get; init; }

    /// <summary>A name per output; null where they are a vocabulary.</summary>
    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary>The most tokens of a row, or places of an image.</summary>
    public required int Positions { get; init; }

    /// <summary>What the loss is, as a method.</summary>
    public required string Method { get; init; }

    /// <summary>That loss in words; null for that of the labels alone.</summary>
    public string? Loss { get; init; }

    /// <summary>How a step is taken.</summary>
    public required ArtifactOptimizer Optimizer { get; init; }

    /// <summary>What is given to a training step, by position.</summary>
    public required IReadOnlyList<ArtifactTensor> Inputs { get; init; }

    /// <summary>What it gives.</summary>
    public required IReadOnlyList<ArtifactTensor> Outputs { get; init; }

    /// <summary>What is given to an evaluation step, by position.</summary>
    public required IReadOnlyList<ArtifactTensor> EvaluationInputs { get; init; }

    /// <summary>What it gives; those after the loss can be asked of an exported model.</summary>
    public required IReadOnlyList<ArtifactTensor> EvaluationOutputs { get; init; }

    /// <summary>The parameters, in the order in which they lie in a buffer of all of them.</summary>
    public required IReadOnlyList<ArtifactParameter> Parameters { get; init; }

    /// <summary>The files.</summary>
    public required IReadOnlyList<ArtifactFile> Files { get; init; }

    /// <summary>The manifest of files that lie in a folder.</summary>
    public static ArtifactManifest Of(
        string folder, ArtifactOptions options, ArtifactGraph training, ArtifactGraph evaluation)
    {
        HashSet<string> trained = [.. training.Trained()];
        string[] files =
        [
            TrainingArtifacts.TrainingName, TrainingArtifacts.EvaluationName, TrainingArtifacts.OptimizerName,
            TrainingArtifacts.CheckpointName, TrainingArtifacts.CheckpointName + CheckpointSchema.DataSuffix,
        ];
        return new ArtifactManifest
        {
            ModelType = options.Architecture.ModelType,
            Task = options.Task.Name,
            Labels = options.Task.HasNamedOutputs ? options.Labels : null,
            Positions = options.Architecture.Shape.Positions,
            Method = options.Method.ToString(),
            Loss = options.Method.Loss?.LossText,
            Optimizer = options.Optimizer,
            Inputs = Given(training),
            Outputs = [ArtifactTensor.Of(training.Model.Graph.Output[0])],
            EvaluationInputs = Given(evaluation),
            EvaluationOutputs = [.. evaluation.Model.Graph.Output.Select(ArtifactTensor.Of)],
            Parameters =
            [
                .. training.Model.Graph.Input.Where(input => training.Tensors.Any(t => t.Name == input.Name))
                    .Select(input => new ArtifactParameter(
                        input.Name, [.. input.Type.TensorType.Shape.Dim.Select(d => d.DimValue)],
                        trained.Contains(input.Name))),
            ],
            Files =
            [
                .. files.Select(name => Path.Combine(folder, name)).Where(File.Exists).Select(ArtifactFile.Of),
            ],
        };
    }

    private static IReadOnlyList<ArtifactTensor> Given(ArtifactGraph graph) =>
        [.. graph.Inputs.Select(name => ArtifactTensor.Of(graph.Model.Graph.Input.Single(i => i.Name == name)))];

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}

/// <summary>An input or output.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">The type of its elements, as ONNX names it.</param>
/// <param name="Shape">Its sizes, numbers or the names of those that vary.</param>
internal sealed record ArtifactTensor(string Name, string Type, IReadOnlyList<string> Shape)
{
    /// <summary>As a graph declares it.</summary>
    public static ArtifactTensor Of(ValueInfoProto value) => new(
        value.Name,
        ((ElementType)value.Type.TensorType.ElemType).ToString().ToLowerInvariant(),
        [
            .. value.Type.TensorType.Shape.Dim.Select(d => d.HasDimValue
                ? d.DimValue.ToString(System.Globalization.CultureInfo.InvariantCulture)
                : d.DimParam),
        ]);

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}

/// <summary>A parameter.</summary>
/// <param name="Name">Its name in weight files.</param>
/// <param name="Shape">Its sizes.</param>
/// <param name="Trainable">Whether it is trained.</param>
internal sealed record ArtifactParameter(string Name, IReadOnlyList<long> Shape, bool Trainable)
{
    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}

/// <summary>A file.</summary>
/// <param name="Name">Its name in the folder.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">The SHA-256 of its bytes, in hexadecimal digits.</param>
internal sealed record ArtifactFile(string Name, long Bytes, string Sha256)
{
    /// <summary>A file as it is.</summary>
    public static ArtifactFile Of(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return new(Path.GetFileName(path), stream.Length, Convert.ToHexStringLower(SHA256.HashData(stream)));
    }
}
