using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;
using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Export;
using OrtTrainer.Graph;
using OrtTrainer.Graph.Onnx;
using OrtTrainer.Methods;
using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Tasks;
using OrtTrainer.Training;
using OrtTrainer.Training.Loss;
using ElementType = OrtTrainer.Graph.ElementType;

namespace OrtTrainer.Compilation;

/// <summary>
/// Writes the graphs of a training as ONNX files without weights, which any ONNX Runtime trains with, and a manifest
/// that says how.
/// </summary>
internal static class GraphCompiler
{
    /// <summary>The files that are written, all of them or some.</summary>
    public static IReadOnlyList<string> Owned { get; } =
    [
        GraphManifest.FileName, FileOf(GraphRole.Training), FileOf(GraphRole.Evaluation), FileOf(GraphRole.Inference),
        FileOf(GraphRole.Frozen),
    ];

    /// <summary>Compiles, and writes all files or none; files of an earlier call are replaced.</summary>
    /// <param name="options">The model and what is learned.</param>
    /// <param name="folder">Where to; made where it is missing.</param>
    /// <returns>What stands in the manifest.</returns>
    /// <exception cref="RunException">The options do not go together.</exception>
    /// <exception cref="CheckpointException">The configuration cannot be used.</exception>
    /// <exception cref="FileWriteException">A file cannot be written.</exception>
    public static GraphManifest Compile(CompileOptions options, string folder)
    {
        (GraphManifest manifest, IReadOnlyDictionary<string, byte[]> graphs) = Build(options);
        using StagedFolder staged = new(folder);
        Write(manifest, graphs, staged.Path);
        staged.Publish(Owned);
        return manifest;
    }

    /// <summary>Writes graphs and manifest.</summary>
    /// <param name="manifest">What is said of the graphs.</param>
    /// <param name="graphs">Their bytes by their roles.</param>
    /// <param name="folder">Where to, a folder that is there.</param>
    /// <exception cref="FileWriteException">A file cannot be written.</exception>
    public static void Write(
        GraphManifest manifest, IReadOnlyDictionary<string, byte[]> graphs, string folder)
    {
        foreach (CompiledFile file in manifest.Graphs)
        {
            AtomicFile.Write(Path.Combine(folder, file.File), stream => stream.Write(graphs[file.Role]));
        }

        AtomicFile.WriteText(
            Path.Combine(folder, GraphManifest.FileName),
            JsonSerializer.Serialize(manifest, RunJson.Options) + "\n");
    }

    /// <summary>The manifest, and the graphs by their roles.</summary>
    /// <param name="options">The model and what is learned.</param>
    /// <param name="has">Whether the pre-trained weights have a parameter of the head, which is not trained beside
    /// adapters then, unless the task puts it on the model; null where they are not known.</param>
    /// <inheritdoc cref="Compile" path="/exception"/>
    public static (GraphManifest Manifest, IReadOnlyDictionary<string, byte[]> Graphs) Build(
        CompileOptions options, Func<ParameterSpec, bool>? has = null)
    {
        ModelConfig config = options.ReadConfig();
        (Architecture whole, Architecture architecture) =
            PretrainedModel.Describe(config, options.Layers, options.Dropout);
        ModelTask task = options.Task.For(config);
        task.RequireFit(config);
        int outputs = OutputsOf(options, task, architecture.Config);
        ModelHead head = task.Head(outputs);
        TrainingObjective objective = CompiledLoss.Of(options.Method, task, outputs, architecture.Shape.Layers);
        LastLayers? last = options.TrainLast is { } count ? LastLayers.Of(architecture, count) : null;
        int? frozenLayers = last?.FrozenLayers;
        AdapterPlan? adapters = options.Lora?.PlanOf(architecture, head, has, frozenLayers);

        TrainingGraph training = TrainingGraph.Build(
            architecture, head, objective, batchStatistics: false, plan: (ITrainingPlan?)adapters ?? last,
            startsAtStates: last is not null);
        RequireAdapters(options, training);
        PackedGraph? lower = frozenLayers is { } layers ? PackedGraph.Lower(architecture, layers) : null;
        PackedGraph evaluation = frozenLayers is { } below
            ? PackedGraph.Upper(architecture, head, below, adapters?.Adapters)
            : PackedGraph.Evaluation(architecture, head, adapters: adapters?.Adapters);
        Dictionary<string, byte[]> graphs = new()
        {
            [GraphRole.Training] = training.Packed.Model,
            [GraphRole.Evaluation] = evaluation.Model,
        };
        if (lower is not null)
        {
            graphs[GraphRole.Frozen] = lower.Model;
        }

        if (!head.HasDecoder)
        {
            graphs[GraphRole.Inference] = PaddedGraph.BuildWithoutWeights(architecture, head).ToByteArray();
        }

        ParameterView[] frozen =
        [
            .. training.Frozen.Concat(lower?.Layout.Views ?? []).Concat(evaluation.Layout.Views)
                .Where(view => training.Layout.Views.All(other => other.Name != view.Name))
                .DistinctBy(view => view.Name),
        ];
        HashSet<string> parameters = [.. training.Layout.Views.Concat(frozen)
            .SelectMany(view => view.Parts.Select(part => part.Name).Append(view.Name))];
        TensorNames sources = new(whole, options.Layers);
        return (new GraphManifest
        {
            Format = GraphManifest.FormatName,
            Version = options.Lora is null ? GraphManifest.CurrentVersion : GraphManifest.VersionWithAdapters,
            Producer = $"OrtTrainer {typeof(GraphCompiler).Assembly.GetName().Version!.ToString(3)}",
            OnnxRuntime = GraphSession.RuntimeVersion,
            Task = task.Name,
            Method = options.Method.ToString(),
            Outputs = outputs,
            Rows = head.Rows.Word,
            Loss = new(
                task.Distribution.IsAcrossRows ? "sequences" : "rows", task.Distribution.Divisor(outputs)),
            Coefficients =
            [
                .. objective.Inputs.Cast<LossCoefficient>().Select(c => new CompiledCoefficient(c.Name, c.At(0))),
            ],
            TrainLast = options.TrainLast,
            Adapters = options.Lora is { } lora ? Describe(lora, training, architecture, head, options.Model) : null,
            Positions = architecture.Shape.Positions,
            BasePrefix = architecture.BasePrefix,
            WeightDeviation = architecture.WeightDeviation,
            Config = task.Describe(
                architecture.Config, architecture,
                options.LabelNames ?? LabelsOf(task, architecture.Config, outputs)).ToJson(),
            Graphs = [.. graphs.Select(graph => Describe(graph.Key, graph.Value, parameters))],
            Parameters =
            [
                .. training.Layout.Views.Select(view => Describe(view, training, isTrained: true, sources)),
                .. frozen.Select(view => Describe(view, training, isTrained: false, sources)),
            ],
        }, graphs);
    }

    private static string FileOf(string role) => role + ".onnx";

    private static void RequireAdapters(CompileOptions options, TrainingGraph training)
    {
        if (options.Lora is not null && training.Adapted.Count == 0)
        {
            throw new RunException(
                $"{options.Model}: none of the layers that LoRA adapts is among the last {options.TrainLast}. Train "
                + "more layers, or take other targets.");
        }
    }

    private static CompiledAdapters Describe(
        Lora lora, TrainingGraph training, Architecture architecture, ModelHead head, string model)
    {
        CompiledAdapter[] layers =
        [
            .. training.Adapted.Select(layer => new CompiledAdapter(
                [.. layer.Weights.Select(weight => weight.Name)], layer.Down.Name, layer.Up.Name)),
        ];
        return new(
            lora.ToString(), training.AdapterScale,
            TrainedAdapter.ConfigOf(
                lora, training.Adapted,
                training.Layout.Parameters.Where(part => !training.Adapted.Any(layer => layer.Has(part))),
                architecture, head, model),
            layers);
    }

    private static int OutputsOf(CompileOptions options, ModelTask task, ModelConfig config)
    {
        if (task.OutputsWithoutLabels(config) is { } fixedOutputs)
        {
            return options.Labels is null || options.Labels == fixedOutputs
                ? fixedOutputs
                : throw new RunException(
                    $"{options.Labels} labels are asked for, but {task} has {fixedOutputs} outputs whatever the data. "
                    + "Leave their number out.");
        }

        int labels = options.Labels ?? (config.NamesLabels
            ? config.Id2Label.Count
            : throw new RunException($"{config.Path}: the configuration names no labels, and no number is given. Say "
                + "how many labels the data have: --num-labels N; pack and artifacts count them, too: --train F."));
        return labels >= task.FewestOutputs
            ? labels
            : throw new RunException($"{labels} labels are asked for; {task} needs {task.FewestOutputs} or more.");
    }

    private static IReadOnlyList<string> LabelsOf(ModelTask task, ModelConfig config, int outputs) =>
        task.OutputsWithoutLabels(config) is not null ? task.OutputNames(outputs)
        : config.NamesLabels && config.Id2Label.Count == outputs ? config.Id2Label
        : ModelConfig.DefaultLabels(outputs);

    private static CompiledFile Describe(string role, byte[] graph, HashSet<string> parameters)
    {
        GraphProto proto = ModelProto.Parser.ParseFrom(graph).Graph;
        return new(
            role, FileOf(role), graph.Length, Convert.ToHexStringLower(SHA256.HashData(graph)),
            [.. proto.Input.Where(input => !parameters.Contains(input.Name)).Select(Describe)],
            [.. proto.Input.Select(input => input.Name).Where(parameters.Contains)],
            [.. proto.Output.Select(Describe)]);
    }

    private static CompiledValue Describe(ValueInfoProto value)
    {
        TypeProto.Types.Tensor tensor = value.Type.TensorType;
        string type = (ElementType)tensor.ElemType switch
        {
            ElementType.Float => "float32",
            ElementType.Bool => "bool",
            ElementType.Int64 => "int64",
            var other => other.ToString().ToLowerInvariant(),
        };
        return new(value.Name, type,
        [
            .. tensor.Shape.Dim.Select(size => size.HasDimValue ? JsonValue.Create(size.DimValue)
                : size.HasDimParam ? (JsonNode)JsonValue.Create(size.DimParam) : null),
        ]);
    }

    private static CompiledParameter Describe(
        ParameterView view, TrainingGraph training, bool isTrained, TensorNames sources) => new(
        view.Name, view.Shape, isTrained && !view.IsStatistic, view.Parts[0].WeightDecay,
        !isTrained || view.IsStatistic ? null
        : training.Tables.Contains(view) ? new(null, view.GradientName, PackedInputs.InputIds)
        : training.SharedTables.Contains(view)
            ? new(view.GradientName, TrainingGraph.PickedName(view), PackedInputs.InputIds)
        : new(view.GradientName, null, null),
        [
            .. view.Parts.Select(part => new CompiledPart(
                part.Name, part.Shape, part.Initialization,
                part.Place.IsHead || training.Adapted.Any(layer => layer.Has(part)), part.HasRowPerOutput,
                part.Storage.Tensor, sources.Of(part), part.Storage.InputsFirst, part.Storage.FirstRow,
                part.Storage.Rows, part.Storage.Kernel)),
        ]);
}
