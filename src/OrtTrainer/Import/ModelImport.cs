using System.Text.Json.Nodes;
using Google.Protobuf;
using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Export;
using OrtTrainer.Graph;
using OrtTrainer.Graph.Import;
using OrtTrainer.Graph.Onnx;
using OrtTrainer.Images;
using OrtTrainer.Models;
using OrtTrainer.Models.Imported;
using OrtTrainer.Runtime;

namespace OrtTrainer.Import;

/// <summary>Makes a model folder of an exported ONNX file: its graph, its weights by name, and what lies beside it.
/// </summary>
public static class ModelImport
{
    internal const string WeightsName = "model.safetensors";

    /// <summary>The largest difference, over the largest output, that arithmetic in another order explains.</summary>
    private const double Tolerance = 1e-3;

    /// <summary>Whether a model is given as an ONNX file.</summary>
    public static bool IsFile(string? model) =>
        model is not null && model.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase);

    /// <summary>Imports a file.</summary>
    /// <param name="path">A file as <c>torch.onnx</c> or optimum write it. Configuration and tokenizer are looked for
    /// beside it, and in the folder above.</param>
    /// <param name="folder">Where the model is written; a folder that is not there, or is empty.</param>
    /// <returns>What was found.</returns>
    /// <exception cref="RunException">The file cannot be trained, or the folder is not empty; the message says
    /// why.</exception>
    public static ImportReport Run(string path, string folder)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(folder);
        if (!File.Exists(path))
        {
            throw new RunException($"{path}: there is no such file. Give an exported .onnx file.");
        }

        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
        {
            throw new RunException($"{folder}: is not empty, and the imported model would be written there. " +
                $"Choose another "
                + "folder, or give this one as --model if it holds the import already.");
        }

        try
        {
            return Import(path, folder);
        }
        catch (GraphException fault)
        {
            throw new RunException($"{path}: {fault.Message}", fault);
        }
    }

    private static ImportReport Import(string path, string folder)
    {
        ModelProto original = ModelReader.Read(path);
        SeparatedModel separated = WeightSeparation.Separate(original);
        ImportedFile file = ImportedFile.Of(separated.Model);
        ModelDoctor.RequireGradients(file);
        string? configured = Beside(path, ModelConfig.FileName);
        using StagedFolder staged = new(folder);
        JsonObject fields = configured is null
            ? new JsonObject { ["model_type"] = "onnx" }
            : ModelConfig.LoadFile(configured).ToJson();
        Describe(fields, file);
        AtomicFile.WriteText(Path.Combine(staged.Path, ModelConfig.FileName), fields.ToJsonString(Written) + "\n");
        SafetensorsWriter.Write(
            Path.Combine(staged.Path, WeightsName),
            separated.Weights.Select(w => TensorData.Floats(w.Name, [.. w.Dims], () => w.ReadFloat())));
        AtomicFile.Write(
            Path.Combine(staged.Path, ImportedArchitecture.GraphName), stream => separated.Model.WriteTo(stream));
        ModelConfig config = ModelConfig.Load(staged.Path);
        ProbeBatch probe = new(new ImportedArchitecture(config, file).Shape, Architecture.PaddingIdOf(config));
        ExecutionOptions execution = new();
        string output = file.Source.Graph.Outputs[0].Name;
        string[] maskNames = [.. file.Attention.Select(site => site.Site.Mask.Name).Distinct()];
        IReadOnlyDictionary<string, (float[] Values, long[] Shape)> expected =
            OriginalModel.Run(original, [.. maskNames.Append(output).Distinct()], probe, execution);
        double Difference(IReadOnlyDictionary<string, AttentionMask> masks, bool packs)
        {
            ImportedFile.Describe(separated.Model, masks, packs);
            AtomicFile.Write(
                Path.Combine(staged.Path, ImportedArchitecture.GraphName), stream => separated.Model.WriteTo(stream));
            return ImportCheck.Difference(staged.Path, expected[output], probe, execution);
        }

        IReadOnlyDictionary<string, AttentionMask> masks = OriginalModel.Masks(expected, maskNames, probe.Lengths);
        bool packs = true;
        double difference = Difference(masks, packs);
        if (difference > Tolerance && masks.Count > 0)
        {
            masks = new Dictionary<string, AttentionMask>();
            difference = Difference(masks, packs);
        }

        if (difference > Tolerance)
        {
            packs = false;
            difference = Difference(masks, packs);
        }

        if (!(difference <= Tolerance))
        {
            throw new RunException($"{path}: the graph that would be trained does not compute what the file " +
                $"computes: on made-up inputs outputs differ by {difference:0.#e0} of the largest. Its mask or " +
                "positions may be of a kind that is not understood; doctor lists its operators.");
        }

        bool hasTokenizer = CopyTokenizer(path, staged.Path, config);
        staged.Publish([]);
        return Report(path, folder, separated, file, masks, packs, difference) with
        {
            HasConfig = configured is not null,
            HasTokenizer = hasTokenizer,
        };
    }

    private static System.Text.Json.JsonSerializerOptions Written { get; } = new() { WriteIndented = true };

    private static void Describe(JsonObject fields, ImportedFile file)
    {
        fields[ImportedArchitecture.GraphField] = ImportedArchitecture.GraphName;
        if (fields["pad_token_id"] is null && file.PaddingId is { } padding)
        {
            fields["pad_token_id"] = padding;
        }

        if (file.Output is { Last: { Outputs: var outputs }, IsPerSequence: true } && fields["id2label"] is null)
        {
            fields["id2label"] = new JsonObject(Enumerable.Range(0, (int)outputs).Select(i =>
                KeyValuePair.Create<string, JsonNode?>($"{i}", $"LABEL_{i}")));
        }
    }

    /// <summary>A file in the folder of the model, or in the one above, as optimum puts graphs into a folder of their
    /// own.</summary>
    private static string? Beside(string path, string name)
    {
        string? folder = Path.GetDirectoryName(Path.GetFullPath(path));
        return new[] { folder, Path.GetDirectoryName(folder) }.OfType<string>()
            .Select(place => Path.Combine(place, name)).FirstOrDefault(File.Exists);
    }

    private static bool CopyTokenizer(string path, string folder, ModelConfig config)
    {
        if (Beside(path, ImagePreprocessing.FileName) is { } preprocessing)
        {
            File.Copy(preprocessing, Path.Combine(folder, ImagePreprocessing.FileName));
        }

        string? found = new[] { "tokenizer.json", "vocab.txt", "vocab.json", "spiece.model", "tokenizer.model" }
            .Select(name => Beside(path, name)).OfType<string>().FirstOrDefault();
        if (found is null)
        {
            return false;
        }

        int positions = Architecture.For(config).Shape.Positions;
        TokenizerExport.Read(Path.GetDirectoryName(found)!, positions, maxLength: null).Write(folder);
        return true;
    }

    private static ImportReport Report(
        string path, string folder, SeparatedModel separated, ImportedFile file,
        IReadOnlyDictionary<string, AttentionMask> masks, bool packs, double difference) => new()
    {
        File = path,
        Folder = folder,
        Weights = separated.Weights.Count,
        Parameters = separated.Weights.Sum(w => w.Dims.Aggregate(1L, (n, size) => n * size)),
        Attention = file.Attention.Count(site => masks.ContainsKey(site.Site.Mask.Name)),
        PlainAttention = file.Source.Graph.Nodes.Count(n => n.Operator.Type == "Softmax")
            - file.Attention.Count(site => masks.ContainsKey(site.Site.Mask.Name)),
        Outputs = file.Output.Last is { } last ? (int)last.Outputs : null,
        HasPadding = !packs,
        Difference = difference,
    };
}
