using System.Collections.Concurrent;
using OrtTrainer.Graph;
using OrtTrainer.Graph.Import;
using OrtTrainer.Graph.Onnx;

namespace OrtTrainer.Models.Imported;

/// <summary>The graph of an imported model: a file without weights, which are inputs of it.</summary>
internal sealed class ImportedFile
{
    /// <summary>What the name of a mask follows in the file's metadata, whose value is a word of
    /// <see cref="AttentionMask"/>.</summary>
    private const string MaskKey = "orttrainer.mask.";

    /// <summary>The key in the file's metadata that says that padding matters.</summary>
    private const string PaddedKey = "orttrainer.padded";

    private static readonly ConcurrentDictionary<(string Path, DateTime Written, long Length), ImportedFile> Read = [];

    private static readonly string[] KnownInputs =
    [
        PaddedInputs.InputIds, PaddedInputs.AttentionMask, PaddedInputs.TokenTypeIds, PaddedInputs.PositionIds,
        PaddedInputs.PixelValues,
    ];

    private ImportedFile(ModelProto model)
    {
        Model = model;
        GraphBuilder graph = GraphImporter.Import(model).Builder;
        Source = new(graph, [.. graph.Inputs.Where(input => KnownInputs.Contains(input.Name))]);
        Output = ImportedOutput.Of(Source);
        Attention = [.. AttentionOf(Source)];
        Packs = model.MetadataProps.All(p => p.Key != PaddedKey);
        Masks = model.MetadataProps.Where(p => p.Key.StartsWith(MaskKey, StringComparison.Ordinal))
            .ToDictionary(p => p.Key[MaskKey.Length..], p => Enum.Parse<AttentionMask>(p.Value));
    }

    /// <summary>The file's content.</summary>
    public ModelProto Model { get; }

    public SourceGraph Source { get; }

    public ImportedOutput Output { get; }

    /// <summary>Who sees whom under the masks whose attention is recognized, by the names of the masks.</summary>
    public IReadOnlyDictionary<string, AttentionMask> Masks { get; }

    /// <summary>Whether tokens may be computed without padding.</summary>
    public bool Packs { get; }

    /// <summary>The weights, which are inputs.</summary>
    public IEnumerable<Value> Weights => Source.Graph.Inputs.Where(Source.IsWeight);

    /// <summary>The attention that is recognized but for its masks, and what it makes, in order.</summary>
    public IReadOnlyList<(Value Value, AttentionSite Site)> Attention { get; }

    /// <summary>The last attention, where its first tokens are all that the output depends on; null for none.</summary>
    public Value? LastAttention => Output.IsPerSequence && Packs && Source.UsesOf(Output.States) == 1
        && Source.Graph.Nodes.Single(node => node.Inputs.Contains(Output.States)) is
            { Operator.Type: "Gather", Inputs: [_, { Shape.Rank: 0, ConstantIntegers: [0] }] } gather
        && gather.Attributes.Int("axis", 0) == 1
        ? Attention.Select(site => site.Value).LastOrDefault()
        : null;

    /// <summary>The id that the graph takes for padding, as it compares ids with it; null for none.</summary>
    public int? PaddingId => Source.Graph.Nodes
        .Where(node => node.Operator.Type == "Equal" && Source.DataOf(node.Inputs[0]!)?.Name == PaddedInputs.InputIds)
        .Select(node => node.Inputs[1]!.ConstantIntegers is [var id] ? (int?)id : null)
        .FirstOrDefault(id => id is not null);

    /// <summary>The graph of a separated model.</summary>
    /// <exception cref="GraphException">An input or the output is not understood.</exception>
    public static ImportedFile Of(ModelProto model)
    {
        RequireInputs(model);
        return new(model);
    }

    /// <summary>The graph in a file, read once.</summary>
    /// <exception cref="GraphException">The file is damaged, or its graph not understood.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static ImportedFile Open(string path)
    {
        FileInfo file = new(path);
        return file.Exists
            ? Read.GetOrAdd(
                (file.FullName, file.LastWriteTimeUtc, file.Length), key => new(ModelReader.Read(key.Path)))
            : new(ModelReader.Read(path));
    }

    /// <summary>Says of a model what was found out about its masks, and about padding.</summary>
    public static void Describe(ModelProto model, IReadOnlyDictionary<string, AttentionMask> masks, bool packs)
    {
        StringStringEntryProto[] others =
        [
            .. model.MetadataProps.Where(
                p => !p.Key.StartsWith(MaskKey, StringComparison.Ordinal) && p.Key != PaddedKey),
        ];
        model.MetadataProps.Clear();
        model.MetadataProps.AddRange(others);
        model.MetadataProps.AddRange(masks.Select(mask =>
            new StringStringEntryProto { Key = MaskKey + mask.Key, Value = mask.Value.ToString() }));
        if (!packs)
        {
            model.MetadataProps.Add(new StringStringEntryProto { Key = PaddedKey, Value = "yes" });
        }
    }

    private static IEnumerable<(Value Value, AttentionSite Site)> AttentionOf(SourceGraph source)
    {
        foreach (Node node in source.Graph.Nodes.Where(node => node.Operator.Type == "Reshape"))
        {
            if (AttentionSite.Match(source, node.Outputs[0]) is { HasKnownScale: true } site)
            {
                yield return (node.Outputs[0], site);
            }
        }
    }

    private static void RequireInputs(ModelProto model)
    {
        HashSet<string> stored = [.. model.Graph.Initializer.Select(t => t.Name)];
        ValueInfoProto[] inputs = [.. model.Graph.Input.Where(i => !stored.Contains(i.Name))];
        ValueInfoProto? unknown = inputs.FirstOrDefault(i => !KnownInputs.Contains(i.Name) && !IsWeight(i));
        if (unknown is not null)
        {
            throw new GraphException(
                $"The input '{unknown.Name}' is not understood; understood are " +
                $"{string.Join(", ", KnownInputs)}. Export " +
                "the model without it, such as without a cache of earlier tokens.");
        }

        ValueInfoProto? main = inputs.FirstOrDefault(
            i => i.Name is PaddedInputs.InputIds or PaddedInputs.PixelValues);
        if (main is null)
        {
            throw new GraphException(
                $"The model has no input '{PaddedInputs.InputIds}' or '{PaddedInputs.PixelValues}'; its inputs are " +
                $"{string.Join(", ", inputs.Where(i => !IsWeight(i)).Select(i => $"'{i.Name}'"))}. Export it " +
                $"with one of these names.");
        }

        if (main.Name == PaddedInputs.InputIds
            && main.Type.TensorType.Shape is { Dim: [var rows, var columns] }
            && (rows.HasDimValue || columns.HasDimValue || rows.DimParam == columns.DimParam))
        {
            throw new GraphException(
                $"The input '{main.Name}' is of one size, [{Size(rows)}, {Size(columns)}]; batches differ in " +
                $"both. Export " +
                "with named axes for batch and sequence (dynamic_axes, or dynamic_shapes with the newer exporter).");
        }
    }

    private static string Size(TensorShapeProto.Types.Dimension size) =>
        size.HasDimValue ? FormattableString.Invariant($"{size.DimValue}") : size.DimParam;

    private static bool IsWeight(ValueInfoProto input) =>
        input.Type?.TensorType?.ElemType == (int)OrtTrainer.Graph.ElementType.Float
        && input.Name != PaddedInputs.PixelValues;
}
