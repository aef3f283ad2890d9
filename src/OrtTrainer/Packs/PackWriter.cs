using System.Security.Cryptography;
using System.Text.Json;
using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Compilation;
using OrtTrainer.Data;
using OrtTrainer.Export;
using OrtTrainer.Models;
using OrtTrainer.Prediction;
using OrtTrainer.Runtime;
using OrtTrainer.Tasks;
using OrtTrainer.Text;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Packs;

/// <summary>
/// Writes a folder with all that a small program needs to train the last layers of a model: graphs, weights, tokenizer
/// and the program itself.
/// </summary>
internal static class PackWriter
{
    /// <summary>The file of the weights.</summary>
    public const string WeightsName = "model.safetensors";

    /// <summary>The file of the configuration.</summary>
    public const string ConfigName = "config.json";

    private const string RunnerFolder = "runner";

    /// <summary>What pack.json may take, of a limit.</summary>
    private const long ManifestBytes = 8192;

    /// <summary>Texts longer than this are cut before they are compared.</summary>
    private const int ProbeLength = 128;

    private static readonly FrozenPrecision[] MostExactFirst = Enum.GetValues<FrozenPrecision>();

    /// <summary>Writes all files or none; those of an earlier pack are replaced.</summary>
    /// <param name="options">The model, and how it is stored.</param>
    /// <param name="folder">Where to; made where it is missing.</param>
    /// <exception cref="RunException">The options do not go together, or nothing fits.</exception>
    /// <exception cref="CheckpointException">The model cannot be used.</exception>
    /// <exception cref="FileWriteException">A file cannot be written.</exception>
    public static PackManifest Write(PackOptions options, string folder)
    {
        RequireFree(folder);
        using PretrainedModel model = PretrainedModel.Open(
            options.Graphs.Model, layers: options.Graphs.Layers, dropout: options.Graphs.Dropout);
        CompileOptions asked = options.Graphs with
        {
            TrainLast = options.Graphs.TrainLast ?? model.Architecture.Shape.Layers,
        };
        (GraphManifest manifest, IReadOnlyDictionary<string, byte[]> graphs) = Build(asked, model.Has);
        TokenizerExport tokenizer = TokenizerExport.Read(model.Folder, manifest.Positions, maxLength: null);
        using PackWeights weights = PackWeights.Load(model, manifest, options.Graphs.LabelNames, options.Seed);

        using StagedFolder staged = new(folder);
        GraphCompiler.Write(manifest, graphs, staged.Path);
        tokenizer.Write(staged.Path);
        AtomicFile.WriteText(
            Path.Combine(staged.Path, ConfigName), manifest.Config.ToJsonString(RunJson.Indented) + "\n");
        CopyRunner(options.Runner, staged.Path);
        FrozenPrecision frozen = Choose(options, model, weights, SizeOf(staged.Path));
        string file = Path.Combine(staged.Path, WeightsName);
        SafetensorsWriter.Write(file, weights.At(frozen));
        PackFile[] files = [.. FilesOf(staged.Path).Select(path => Describe(staged.Path, path))];
        PackManifest pack = new()
        {
            Format = PackManifest.FormatName,
            Version = PackManifest.CurrentVersion,
            Producer = manifest.Producer,
            TrainLast = manifest.TrainLast!.Value,
            Lora = manifest.Adapters?.Settings,
            Frozen = frozen,
            Labels = options.Graphs.LabelNames,
            Started = weights.Started,
            Difference = Probe(options, model, manifest, graphs, weights, file),
            Bytes = files.Sum(entry => entry.Bytes),
            Files = files,
        };
        AtomicFile.WriteText(
            Path.Combine(staged.Path, PackManifest.FileName), JsonSerializer.Serialize(pack, RunJson.Indented) + "\n");
        staged.Publish([.. GraphCompiler.Owned, .. TokenizerExport.FileNames]);
        return pack;
    }

    private static (GraphManifest Manifest, IReadOnlyDictionary<string, byte[]> Graphs) Build(
        CompileOptions options, Func<ParameterSpec, bool> has)
    {
        (GraphManifest manifest, IReadOnlyDictionary<string, byte[]> graphs) = GraphCompiler.Build(options, has);

        // The pack has the tensors of the trained model, under its names.
        return (manifest with
        {
            Parameters =
            [
                .. manifest.Parameters.Select(parameter => parameter with
                {
                    Parts = [.. parameter.Parts.Select(part => part with { Source = part.Tensor })],
                }),
            ],
        }, graphs);
    }

    /// <summary>Refuses a folder with weights that no pack put there.</summary>
    private static void RequireFree(string folder)
    {
        if (File.Exists(Path.Combine(folder, WeightsName))
            && !File.Exists(Path.Combine(folder, PackManifest.FileName)))
        {
            throw new RunException(
                $"{Path.Combine(folder, WeightsName)}: there are weights already, and no {PackManifest.FileName} "
                + "beside them; a pack would replace them. Give another folder.");
        }
    }

    private static FrozenPrecision Choose(
        PackOptions options, PretrainedModel model, PackWeights weights, long others)
    {
        FrozenPrecision[] candidates = options.Frozen is { } asked ? [asked] : MostExactFirst;
        long Total(FrozenPrecision frozen) => others + ManifestBytes + weights.LengthAt(frozen);
        foreach (FrozenPrecision frozen in candidates)
        {
            if (options.MaxBytes is not { } most || Total(frozen) <= most)
            {
                return frozen;
            }
        }

        FrozenPrecision smallest = candidates[^1];
        throw new RunException(
            $"{options.Graphs.Model}: the pack takes {Megabytes(Total(smallest))} with frozen parts in "
            + $"{OptionWords.Of(smallest)}; at most {Megabytes(options.MaxBytes!.Value)} are asked for. What is "
            + $"trained weighs {Megabytes(weights.TrainedBytes)}, what stays as it is "
            + $"{Megabytes(weights.LengthAt(smallest) - weights.TrainedBytes)}, graphs, tokenizer and runner "
            + $"{Megabytes(others)}. {Advice(options, model, weights, smallest, others)}");
    }

    /// <summary>What would fit.</summary>
    private static string Advice(
        PackOptions options, PretrainedModel model, PackWeights weights, FrozenPrecision smallest, long others)
    {
        long most = options.MaxBytes!.Value;
        if (smallest != FrozenPrecision.Int8
            && others + ManifestBytes + weights.LengthAt(FrozenPrecision.Int8) <= most)
        {
            return $"With int8 it would take {Megabytes(others + weights.LengthAt(FrozenPrecision.Int8))}.";
        }

        // Beside adapters all layers stay as they are.
        int last = options.Graphs.Lora is null ? options.Graphs.TrainLast!.Value : 0;
        for (int count = last - 1; count >= 0; count--)
        {
            (GraphManifest manifest, _) = Build(options.Graphs with { TrainLast = count }, model.Has);
            using PackWeights fewer = PackWeights.Load(model, manifest, options.Graphs.LabelNames, options.Seed);
            long total = others + ManifestBytes + fewer.LengthAt(FrozenPrecision.Int8);
            if (total <= most)
            {
                return $"With --train-last {count} and int8 it would take {Megabytes(total)}.";
            }
        }

        return "Leave layers out with --layers, or take a model with fewer or narrower layers or a smaller vocabulary.";
    }

    private static StateDifference? Probe(
        PackOptions options, PretrainedModel model, GraphManifest manifest,
        IReadOnlyDictionary<string, byte[]> graphs, PackWeights weights, string file)
    {
        if (options.Probes.Count == 0 || manifest.Find(GraphRole.Frozen) is not { } frozen)
        {
            return null;
        }

        ITextEncoder tokenizer = ModelTask.Default.OpenTokenizer(model.Folder);
        int limit = Math.Min(ProbeLength, SequenceLimit.Of(model.Folder, model.Config, asked: null));
        TokenizedExample[] examples =
            [.. options.Probes.SelectMany(text => ModelTask.Default.Encode(new Example(text), tokenizer, limit))];
        using WeightBuffer stored = new(Device.Default, weights.Layout.Length);
        using Checkpoint tensors = ScaledTensors.OpenFile(file);
        weights.Layout.Fill(stored, tensors);
        return StateProbe.Measure(graphs[GraphRole.Frozen], frozen, weights, stored, examples);
    }

    private static void CopyRunner(string? from, string to)
    {
        foreach (string file in from is null ? [] : FilesOf(from))
        {
            string copy = Path.Combine(to, RunnerFolder, Path.GetRelativePath(from!, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    private static string[] FilesOf(string folder) =>
        [.. Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    private static long SizeOf(string folder) => FilesOf(folder).Sum(file => new FileInfo(file).Length);

    private static PackFile Describe(string folder, string path)
    {
        string name = Path.GetRelativePath(folder, path).Replace(Path.DirectorySeparatorChar, '/');
        using FileStream stream = File.OpenRead(path);
        return new(KindOf(name), name, stream.Length, Convert.ToHexStringLower(SHA256.HashData(stream)));
    }

    private static string KindOf(string name) => name switch
    {
        WeightsName => "weights",
        ConfigName => "config",
        GraphManifest.FileName => "graphs",
        _ when name.StartsWith(RunnerFolder + "/", StringComparison.Ordinal) => PackFile.Runner,
        _ when name.EndsWith(".onnx", StringComparison.Ordinal) => "graph",
        _ => PackFile.Tokenizer,
    };

    private static string Megabytes(long bytes) => FormattableString.Invariant($"{bytes / 1e6:0.0} MB");
}
