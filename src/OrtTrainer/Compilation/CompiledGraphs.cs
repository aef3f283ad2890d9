using System.Security.Cryptography;
using System.Text.Json;
using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Models;
using OrtTrainer.Models.Building;
using OrtTrainer.Runtime;
using OrtTrainer.Training;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Compilation;

/// <summary>Graphs that were compiled into a folder, each of them the one that the manifest speaks of.</summary>
internal sealed class CompiledGraphs
{
    private const string Recompile = "Compile the graphs again.";

    private readonly string _path;
    private readonly Dictionary<string, byte[]> _graphs;

    private CompiledGraphs(string path, GraphManifest manifest, Dictionary<string, byte[]> graphs) =>
        (_path, Manifest, _graphs) = (path, manifest, graphs);

    /// <summary>What is said of them.</summary>
    public GraphManifest Manifest { get; }

    /// <summary>The encoder whose graphs they are.</summary>
    public Architecture Architecture => Architecture.For(ModelConfig.Of(_path, Manifest.Config));

    /// <summary>Reads manifest and graphs.</summary>
    /// <param name="folder">What <see cref="GraphCompiler.Compile"/> wrote.</param>
    /// <exception cref="CheckpointException">The manifest is missing, malformed or of another version; a graph is
    /// missing, outside the folder, or not the one that was compiled.</exception>
    public static CompiledGraphs Open(string folder)
    {
        string path = Path.GetFullPath(Path.Combine(folder, GraphManifest.FileName));
        GraphManifest manifest = ReadManifest(path);
        if (manifest.Graphs.GroupBy(graph => graph.Role).FirstOrDefault(role => role.Count() > 1) is { } twice)
        {
            throw new CheckpointException(
                path, "graphs", $"{twice.Count()} for {CheckpointException.Quote(twice.Key)}", "one", Recompile);
        }

        return new(path, manifest, manifest.Graphs.ToDictionary(graph => graph.Role, graph => Read(path, graph)));
    }

    /// <summary>The bytes of a graph.</summary>
    /// <param name="role">One of <see cref="GraphRole"/>.</param>
    /// <exception cref="CheckpointException">There is none for that.</exception>
    public byte[] Graph(string role) => _graphs.TryGetValue(role, out byte[]? graph)
        ? graph
        : throw new CheckpointException(
            _path, "graphs", $"none for {role}", "one", "Compile with a model and a task that have one.");

    /// <summary>The training graph, as the engine runs it.</summary>
    public TrainingGraph Training()
    {
        byte[] graph = Graph(GraphRole.Training);
        CompiledFile file = Manifest.Find(GraphRole.Training)!;
        (CompiledParameter Parameter, ParameterView View)[] taken =
        [
            .. Manifest.Parameters.Where(parameter => file.Parameters.Contains(parameter.Name))
                .Select(parameter => (parameter, ViewOf(parameter))),
        ];
        ParameterView[] Of(Func<CompiledParameter, bool> choose) =>
            [.. taken.Where(item => choose(item.Parameter)).Select(item => item.View)];
        ParameterView[] tables = Of(parameter => parameter.Gradient is { Output: null });
        ParameterSpec[] parts = [.. Manifest.Parameters.SelectMany(parameter => ViewOf(parameter).Parts)];
        ParameterSpec Part(string name) => parts.First(part => part.Name == name);
        return new(
            new PackedGraph(
                graph, new ParameterLayout(Of(parameter => parameter.Trained), tables),
                file.Inputs.Select(input => input.Name).ToHashSet(StringComparer.Ordinal)),
            file.Outputs.Select(output => output.Name).Where(IsPart).ToHashSet(), tables,
            Of(parameter => parameter.Gradient is { Output: not null, Picked: not null }))
        {
            ReadsLogits = file.Outputs.Any(output => output.Name == PackedInputs.Logits),
            Frozen = Of(parameter => !parameter.Trained),
            AdapterScale = Manifest.Adapters?.Scale ?? 0,
            Adapted =
            [
                .. (Manifest.Adapters?.Layers ?? []).Select(layer => new AdaptedLayer(
                    layer.Weights[0], [.. layer.Weights.Select(Part)], Part(layer.Down), Part(layer.Up))),
            ],
        };
    }

    /// <summary>The evaluation graph, on buffers of what is trained.</summary>
    /// <param name="layout">That of the training graph.</param>
    public PackedGraph Evaluation(ParameterLayout layout)
    {
        CompiledFile file = Manifest.Find(GraphRole.Evaluation)!;
        return new(
            Graph(GraphRole.Evaluation), layout,
            file.Inputs.Select(input => input.Name).ToHashSet(StringComparer.Ordinal))
        {
            Outputs = Manifest.Outputs,
            Frozen =
            [
                .. Manifest.Parameters
                    .Where(parameter => !parameter.Trained && file.Parameters.Contains(parameter.Name)).Select(ViewOf),
            ],
        };
    }

    /// <summary>Where all parameters of the model lie in a buffer of their own, those that are trained
    /// first.</summary>
    public ParameterLayout Layout() => LayoutOf(Manifest);

    /// <summary>Where all parameters of a model lie in a buffer, those that are trained first; adapters are none of
    /// them.</summary>
    public static ParameterLayout LayoutOf(GraphManifest manifest) => new(
        [.. manifest.Parameters.Where(part => manifest.Adapters?.Has(part.Name) != true).Select(ViewOf)]);

    /// <summary>Reads the weights of parameters out of a file that has every one of the model; adapters start by the
    /// seed.</summary>
    /// <param name="file">A safetensors file with the tensors of the trained model.</param>
    /// <param name="layout">Where they go.</param>
    /// <param name="weights">Filled.</param>
    /// <param name="seed">Fixes random values.</param>
    /// <exception cref="CheckpointException">The file is of another model.</exception>
    public void Load(string file, ParameterLayout layout, WeightBuffer weights, long seed = 1)
    {
        using Checkpoint tensors = ScaledTensors.OpenFile(file);
        EncoderTensors.Require(Architecture, tensors);
        layout.Fill(weights, tensors, parameter => !IsAdapter(parameter));
        foreach (ParameterSpec adapter in layout.Parameters.Where(IsAdapter))
        {
            weights.Write(layout.OffsetOf(adapter), checked((int)adapter.Length), values =>
                ParameterInitializer.Fill(adapter, values, Manifest.WeightDeviation, seed));
        }
    }

    private bool IsAdapter(ParameterSpec parameter) => Manifest.Adapters?.Has(parameter.Name) == true;

    private static bool IsPart(string output) => LossPart.All.Any(part => part.Output == output);

    private static GraphManifest ReadManifest(string path)
    {
        using CheckpointBytes bytes = CheckpointBytes.Open(path);
        byte[] json = new byte[bytes.Length];
        bytes.Read(0, json, "manifest");
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            JsonElement root = document.RootElement;
            string format = Text(root, "format"), version = Text(root, "version");
            const int First = GraphManifest.CurrentVersion, WithAdapters = GraphManifest.VersionWithAdapters;
            if (format != GraphManifest.FormatName || (version != $"{First}" && version != $"{WithAdapters}"))
            {
                throw new CheckpointException(
                    path, "format and version", $"{CheckpointException.Quote(format)} {version}",
                    $"\"{GraphManifest.FormatName}\" {First} or {WithAdapters}", Recompile);
            }

            return root.Deserialize<GraphManifest>(RunJson.Options)!;
        }
        catch (JsonException malformed)
        {
            throw new CheckpointException(
                path, null, $"JSON that is no manifest ({malformed.Message})", "a manifest of compiled graphs",
                Recompile, malformed);
        }
    }

    private static string Text(JsonElement root, string name) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out JsonElement value)
            ? value.ToString()
            : "nothing";

    private static byte[] Read(string manifest, CompiledFile graph)
    {
        if (graph.File != Path.GetFileName(graph.File) || graph.File is "" or "." or ".."
            || graph.File.Contains('\\', StringComparison.Ordinal))
        {
            throw new CheckpointException(
                manifest, $"the {graph.Role} graph", $"the file {CheckpointException.Quote(graph.File)}",
                "the name of a file in the manifest's own folder", Recompile);
        }

        string path = Path.Combine(Path.GetDirectoryName(manifest)!, graph.File);
        using CheckpointBytes file = CheckpointBytes.Open(path);
        byte[] bytes = new byte[file.Length];
        file.Read(0, bytes, "graph");
        string found = Convert.ToHexStringLower(SHA256.HashData(bytes));
        return found == graph.Sha256
            ? bytes
            : throw new CheckpointException(
                path, null, $"{bytes.Length} bytes with SHA-256 {found}",
                $"{graph.Bytes} with {graph.Sha256}, as {GraphManifest.FileName} beside it says",
                "The file is stale or of another compilation. " + Recompile);
    }

    private static ParameterView ViewOf(CompiledParameter parameter) => new(
        parameter.Name, parameter.Shape,
        [
            .. parameter.Parts.Select(part => new ParameterSpec(
                part.Name, part.Shape, part.Start, parameter.WeightDecay)
            {
                Place = part.IsHead ? ParameterPlace.Head : ParameterPlace.Embeddings,
                HasRowPerOutput = part.RowPerOutput,
                Storage = new(part.Tensor)
                {
                    InputsFirst = part.InputsFirst, FirstRow = part.FirstRow, Rows = part.Rows, Kernel = part.Kernel,
                },
            }),
        ]);
}
