using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using OrtTrainer.Common;
using OrtTrainer.Models;

namespace OrtTrainer.Compilation;

/// <summary>
/// What <c>graphs.json</c> says of the graphs beside it: everything that a program needs to train with them, and
/// nothing that it would have to know of the model's family.
/// </summary>
internal sealed record GraphManifest
{
    /// <summary>The name of the file.</summary>
    public const string FileName = "graphs.json";

    /// <summary>What <see cref="Format"/> says.</summary>
    public const string FormatName = "orttrainer-graphs";

    /// <summary>The version of the form of the file and of what the graphs take.</summary>
    public const int CurrentVersion = 1;

    /// <summary>The version of graphs with <see cref="Adapters"/>, which readers of the other one would write as
    /// tensors of a model.</summary>
    public const int VersionWithAdapters = 2;

    /// <summary>Tells the file from others.</summary>
    public required string Format { get; init; }

    /// <summary>The version of the form; other versions are refused.</summary>
    public required int Version { get; init; }

    /// <summary>The program that wrote the graphs, with its version.</summary>
    public required string Producer { get; init; }

    /// <summary>The version of ONNX Runtime that this program runs on.</summary>
    public required string OnnxRuntime { get; init; }

    /// <summary>The task's name.</summary>
    public required string Task { get; init; }

    /// <summary>The method whose loss the training graph has.</summary>
    public required string Method { get; init; }

    /// <summary>Values per row of the head's output, K.</summary>
    public required int Outputs { get; init; }

    /// <summary>What a row of the head's output is of: sequence, token or chosen_token.</summary>
    public required string Rows { get; init; }

    /// <summary>What the loss is a mean of, and thereby what <c>loss_scale</c> is.</summary>
    public required LossMean Loss { get; init; }

    /// <summary>Numbers of the loss that are inputs of the training graph.</summary>
    public required IReadOnlyList<CompiledCoefficient> Coefficients { get; init; }

    /// <summary>How many layers, the last ones, are trained with the head; null for the whole model.</summary>
    public int? TrainLast { get; init; }

    /// <summary>The adapters that are trained in place of layers; null where layers are trained.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public CompiledAdapters? Adapters { get; init; }

    /// <summary>The most tokens of a text.</summary>
    public required int Positions { get; init; }

    /// <summary>What precedes the encoder's tensors in weight files that have a head; others may lack it.</summary>
    public required string BasePrefix { get; init; }

    /// <summary>The standard deviation of parameters that start as <c>normal</c>.</summary>
    public required double WeightDeviation { get; init; }

    /// <summary>The configuration of the trained model, as its config.json; labels have names once data say
    /// them.</summary>
    public required JsonObject Config { get; init; }

    /// <summary>The files.</summary>
    public required IReadOnlyList<CompiledFile> Graphs { get; init; }

    /// <summary>The parameters, those that are trained in the order in which a flat buffer has them.</summary>
    public required IReadOnlyList<CompiledParameter> Parameters { get; init; }

    /// <summary>The file of a graph; null where there is none.</summary>
    public CompiledFile? Find(string role) => Graphs.FirstOrDefault(graph => graph.Role == role);

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}

/// <summary>What the scaled loss is a mean of.</summary>
/// <param name="Over">rows: <c>loss_scale</c> is 1 / (sum of example_weights · divisor); sequences: it is
/// 1 / (B · divisor).</param>
/// <param name="Divisor">What the loss of a row is divided by.</param>
internal sealed record LossMean(string Over, int Divisor);

/// <summary>A number of the loss, a float scalar.</summary>
/// <param name="Name">The input's name.</param>
/// <param name="Value">What it is unless the user says otherwise.</param>
internal sealed record CompiledCoefficient(string Name, float Value);

/// <summary>A graph's file.</summary>
/// <param name="Role">One of <see cref="GraphRole"/>.</param>
/// <param name="File">Its name, in the manifest's folder.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">Its SHA-256 in lower-case hexadecimal.</param>
/// <param name="Inputs">What a batch brings, in the graph's order.</param>
/// <param name="Parameters">The names of the parameters that it takes as inputs, in the graph's order; those of an
/// inference graph are tensors by themselves, not stacked.</param>
/// <param name="Outputs">What it gives, in the graph's order.</param>
internal sealed record CompiledFile(
    string Role, string File, long Bytes, string Sha256, IReadOnlyList<CompiledValue> Inputs,
    IReadOnlyList<string> Parameters, IReadOnlyList<CompiledValue> Outputs)
{
    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}

/// <summary>An input or output.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">float32 or int64.</param>
/// <param name="Shape">Numbers, and names of sizes that differ from batch to batch; null for one without a
/// name.</param>
internal sealed record CompiledValue(string Name, string Type, JsonArray Shape);

/// <summary>Low-rank adapters beside layers: W + scale · B·A stands for W in the trained model.</summary>
/// <param name="Settings">As <c>--lora</c> has them.</param>
/// <param name="Scale">What the products are multiplied with.</param>
/// <param name="Config">adapter_config.json of the library PEFT. Beside it, adapter_model.safetensors has every trained
/// parameter under the name of its tensor, with base_model.model. before it.</param>
/// <param name="Layers">The layers.</param>
internal sealed record CompiledAdapters(
    string Settings, float Scale, JsonObject Config, IReadOnlyList<CompiledAdapter> Layers)
{
    /// <summary>Whether a parameter is part of an adapter, and not of the model.</summary>
    public bool Has(string parameter) => Layers.Any(layer => layer.Down == parameter || layer.Up == parameter);

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}

/// <summary>The adapter of a layer.</summary>
/// <param name="Weights">The parts that make up W [out, in], one above the other.</param>
/// <param name="Down">The parameter A, [rank, in].</param>
/// <param name="Up">The parameter B, [out, rank].</param>
internal sealed record CompiledAdapter(IReadOnlyList<string> Weights, string Down, string Up)
{
    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}

/// <summary>What graphs take as one input: a tensor of weight files, or several stacked along the first axis.</summary>
/// <param name="Name">The input's name.</param>
/// <param name="Shape">Its sizes.</param>
/// <param name="Trained">Whether it is trained; others are frozen.</param>
/// <param name="WeightDecay">Whether weight decay applies.</param>
/// <param name="Gradient">Where its gradient is; null where it has none.</param>
/// <param name="Parts">The tensors it is made of, in order.</param>
internal sealed record CompiledParameter(
    string Name, IReadOnlyList<long> Shape, bool Trained, bool WeightDecay, CompiledGradient? Gradient,
    IReadOnlyList<CompiledPart> Parts)
{
    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}

/// <summary>The outputs of the training graph that make the gradient of a parameter.</summary>
/// <param name="Output">In the parameter's shape; null where all of it is <paramref name="Picked"/>.</param>
/// <param name="Picked">Gradients of picked rows, [T, columns], which are added to it; null for none.</param>
/// <param name="Rows">The input that says which row each of them is; null for none.</param>
internal sealed record CompiledGradient(string? Output, string? Picked, string? Rows);

/// <summary>A tensor of a weight file within a parameter.</summary>
/// <param name="Name">Its name as a parameter.</param>
/// <param name="Shape">Its sizes as a parameter: linear weights are [out, in].</param>
/// <param name="Start">How it starts where a weight file lacks it.</param>
/// <param name="IsHead">Whether weight files may lack it, or have it for other labels.</param>
/// <param name="RowPerOutput">Whether its first axis is the labels.</param>
/// <param name="Tensor">The tensor that holds it in files of this model.</param>
/// <param name="Source">The tensor that holds it in the model that it comes from; other than
/// <paramref name="Tensor"/> where layers are left out.</param>
/// <param name="InputsFirst">Whether the tensor is [in, out].</param>
/// <param name="FirstRow">The first of its outputs among those of the tensor.</param>
/// <param name="Rows">The outputs of the tensor; null where they are its own.</param>
/// <param name="Kernel">The tensor's sizes after the first where they are not its own.</param>
internal sealed record CompiledPart(
    string Name, IReadOnlyList<long> Shape, ParameterInitialization Start, bool IsHead, bool RowPerOutput,
    string Tensor, string Source, bool InputsFirst, long FirstRow, long? Rows, IReadOnlyList<long>? Kernel)
{
    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}

/// <summary>What a graph is for.</summary>
internal static class GraphRole
{
    /// <summary>Forward and backward: loss and gradients out.</summary>
    public const string Training = "training";

    /// <summary>Forward without dropout, packed: logits out.</summary>
    public const string Evaluation = "evaluation";

    /// <summary>Forward from the ids of padded rows, as exported models have them.</summary>
    public const string Inference = "inference";

    /// <summary>Forward of what stays as it is: the states that training and evaluation begin with out.</summary>
    public const string Frozen = "frozen";
}
