using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Graph;
using OrtTrainer.Graph.Differentiation;
using OrtTrainer.Graph.Import;
using OrtTrainer.Graph.Onnx;
using OrtTrainer.Models.Building;
using OrtTrainer.Models.Imported;

namespace OrtTrainer.Import;

/// <summary>Tells of an ONNX file what it is made of and whether it can be trained, without running it.</summary>
internal static class ModelDoctor
{
    private const int Batch = 32;
    private const int Tokens = 128;
    private const int FloatBytes = 4;

    /// <summary>Weights, their gradients, AdamW's two moments, and an average.</summary>
    private const int BuffersOfWeights = 5;

    /// <summary>Examines a file.</summary>
    /// <exception cref="RunException">There is no such file.</exception>
    public static DoctorReport Examine(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (!File.Exists(path))
        {
            throw new RunException($"{path}: there is no such file. Give an .onnx file.");
        }

        DoctorReport report = new() { File = path };
        ModelProto model;
        try
        {
            model = ModelReader.Read(path);
        }
        catch (GraphException fault)
        {
            return report with
            {
                Obstacle = new(null, fault.Message, "Export the model again, or fetch all of its files."),
            };
        }

        NodeProto[] nodes = [.. Nodes(model)];
        report = report with
        {
            Producer = $"{model.ProducerName} {model.ProducerVersion}".Trim(),
            Opset = model.OpsetImport.FirstOrDefault(o => o.Domain is "" or "ai.onnx")?.Version,
            Operators = Uses(nodes),
            Notes = [.. OwnExport(path, model), .. Notes(model, nodes)],
        };
        NodeProto? unknown = nodes.FirstOrDefault(n => !IsCall(model, n) && n.OpType != "If"
            && !KnownObstacles.IsKnown(n));
        if (unknown is not null)
        {
            return report with { Obstacle = KnownObstacles.Of(unknown) };
        }

        try
        {
            return Examine(model, report);
        }
        catch (GraphException fault)
        {
            return report with { Obstacle = ObstacleOf(fault, nodes) };
        }
    }

    private static DoctorReport Examine(ModelProto model, DoctorReport report)
    {
        SeparatedModel separated = WeightSeparation.Separate(model);
        report = report with
        {
            Weights = separated.Weights.Count,
            Parameters = separated.Weights.Sum(w => w.Dims.Aggregate(1L, (n, size) => n * size)),
        };
        ImportedFile file = ImportedFile.Of(separated.Model);
        report = report with
        {
            Inputs = [.. file.Source.Data.Select(input => input.ToString())],
            Outputs = [.. file.Source.Graph.Outputs.Select(output => output.ToString())],
            Ties = [.. Ties(file)],
            Attention = file.Attention.Count,
            Softmaxes = file.Source.Graph.Nodes.Count(n => n.Operator.Type == "Softmax"),
            BytesPerBatch = Bytes(file, report.Parameters),
        };
        RequireGradients(file);
        return report;
    }

    /// <summary>Differentiates a sum of the output in all weights it depends on.</summary>
    /// <exception cref="GraphException">An operator in between has none.</exception>
    public static void RequireGradients(ImportedFile file)
    {
        GraphBuilder g = new("doctor");
        PackedModelBuilder m = new(g, training: false);
        ImportedArchitecture architecture = new(
            ModelConfig.Parse(ModelConfig.FileName, """{"model_type": "onnx"}"""u8.ToArray()), file);
        Value output = architecture.OutputOf(m, file.Source.Graph.Outputs[0]);
        long[] axes = [.. Enumerable.Range(0, output.Shape.Rank).Select(axis => (long)axis)];
        Value sum = g.ReduceSum(output, axes, keepAxes: false);
        _ = Autodiff.Gradients(g, sum, Autodiff.Parameters(g, sum, m.Parameters));
    }

    private static long? Bytes(ImportedFile file, long parameters)
    {
        long activations = 0;
        foreach (Value value in file.Source.Graph.Nodes.SelectMany(n => n.Outputs).Where(file.Source.IsLearned))
        {
            long count = 1;
            foreach (Dimension size in value.Shape)
            {
                long? known = size.IsFixed ? size.Size
                    : size == file.Source.Rows || size.Symbol == file.Source.Data[0].Shape[0].Symbol ? Batch
                    : size == file.Source.Columns ? Tokens
                    : null;
                if (known is null)
                {
                    count = 0;
                    break;
                }

                count *= known.Value;
            }

            activations += count;
        }

        return activations == 0 ? null : FloatBytes * ((BuffersOfWeights * parameters) + activations);
    }

    private static IEnumerable<string> Ties(ImportedFile file) => file.Weights
        .Where(w => w.Shape.Rank == 2 && file.Source.UsesOf(w) > 1)
        .Select(w => w.Name);

    private static IEnumerable<OperatorUse> UsesOf(IEnumerable<NodeProto> nodes) => nodes
        .Where(n => n.OpType != "Constant")
        .GroupBy(n => n.Domain is "" or "ai.onnx" ? n.OpType : $"{n.Domain}.{n.OpType}")
        .Select(group => new OperatorUse(
            group.Key, group.Count(), KnownObstacles.IsKnown(group.First()), KnownObstacles.HasGradient(group.First())))
        .OrderByDescending(use => use.Count).ThenBy(use => use.Name, StringComparer.Ordinal);

    private static IReadOnlyList<OperatorUse> Uses(IEnumerable<NodeProto> nodes) => [.. UsesOf(nodes)];

    /// <summary>That the folder of an export of this program has more than its graph.</summary>
    private static IEnumerable<string> OwnExport(string path, ModelProto model)
    {
        DirectoryInfo? own = Directory.GetParent(Path.GetFullPath(path));
        DirectoryInfo? folder = new[] { own, own?.Parent }.FirstOrDefault(place => place is not null
            && File.Exists(Path.Combine(place.FullName, ModelConfig.FileName))
            && File.Exists(Path.Combine(place.FullName, ModelImport.WeightsName)));
        if (model.ProducerName == ModelWriter.Producer && folder is not null)
        {
            yield return "The file is an export of this program. Train its folder instead " +
                $"(--model {folder.FullName}): from its weights and configuration all layers are known, attention too.";
        }
    }

    private static IEnumerable<string> Notes(ModelProto model, NodeProto[] nodes)
    {
        NodeProto? scatter = nodes.FirstOrDefault(n => n.OpType == "ScatterND"
            && n.Attribute.Any(a => a.Name == "reduction" && a.S?.ToStringUtf8() == "add"));
        if (scatter is not null)
        {
            yield return $"Node '{scatter.Name}' is ScatterND with reduction 'add': ONNX Runtime's CPU provider " +
                $"loses additions " +
                "where indices repeat and more than one thread runs. Do without it, or run it on one thread.";
        }

        if (!nodes.Any(n => n.OpType == "Dropout"))
        {
            yield return "The file has no dropout, as exporters leave it out: it comes back where layers are " +
                "recognized, if config.json beside it or --dropout says how much.";
        }

        if (nodes.Any(n => n.OpType == "BatchNormalization"))
        {
            yield return "Batch normalization goes by the statistics of the file, in training too.";
        }

        if (model.Functions.Count > 0)
        {
            yield return $"{model.Functions.Count} functions of the file are put in place of their calls.";
        }
    }

    private static bool IsCall(ModelProto model, NodeProto node) =>
        model.Functions.Any(f => f.Name == node.OpType && f.Domain == node.Domain);

    private static IEnumerable<NodeProto> Nodes(ModelProto model) =>
        Nodes(model.Graph).Concat(model.Functions.SelectMany(f => f.Node));

    private static IEnumerable<NodeProto> Nodes(GraphProto graph) => graph.Node.SelectMany(node =>
        node.Attribute.Where(a => a.G is not null).SelectMany(a => Nodes(a.G)).Prepend(node));

    private static Obstacle ObstacleOf(GraphException fault, NodeProto[] nodes)
    {
        string? name = fault.Data["node"] as string;
        NodeProto? node = name is null ? null : nodes.FirstOrDefault(n => n.Name == name);
        return node is not null && node.OpType == "If"
            ? KnownObstacles.Of(node) with { Problem = fault.Message }
            : new(name, fault.Message, "Export the model in another way, as the message says.");
    }
}
