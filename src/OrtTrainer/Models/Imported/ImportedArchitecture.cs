using System.Runtime.CompilerServices;
using Google.Protobuf;
using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Graph;
using OrtTrainer.Images;
using OrtTrainer.Models.Building;

namespace OrtTrainer.Models.Imported;

/// <summary>
/// A model whose graph came as an ONNX file. Its last layer is replaced where a task has other labels; the rest is
/// built as the file has it.
/// </summary>
internal sealed class ImportedArchitecture : Architecture
{
    /// <summary>The field of config.json that names the file with the graph.</summary>
    public const string GraphField = "orttrainer_graph";

    /// <summary>The name of that file.</summary>
    public const string GraphName = "graph.onnx";

    private const string DropoutName = "hidden_dropout_prob";
    private const string AttentionDropoutName = "attention_probs_dropout_prob";
    private const string HeadDropoutName = "classifier_dropout";
    private const int UsualPositions = 512;

    private static readonly string[] ClassSuffixes = ["For", "Model", "LMHead"];

    private readonly ImportedFile _file;
    private readonly ConditionalWeakTable<ModelBuilder, GraphReplay> _replays = [];
    private readonly Lazy<Value?> _firstTokensOf;

    public ImportedArchitecture(ModelConfig config)
        : this(config, ImportedFile.Open(
            Path.Combine(Path.GetDirectoryName(config.Path)!, Path.GetFileName(config.GetString(GraphField)))))
    {
    }

    /// <param name="config">The configuration; sizes come from the graph.</param>
    /// <param name="file">The graph.</param>
    public ImportedArchitecture(ModelConfig config, ImportedFile file)
        : base(config)
    {
        _file = file;
        _firstTokensOf = new(FindFirstTokens);
        Shape = ShapeOf(file, config);
        TokenDropout = config.Probability(HeadDropoutName, config.Probability(DropoutName, 0));
    }

    public override ModelShape Shape { get; }

    public override string ClassPrefix
    {
        get
        {
            string name = Config.ToJson()["architectures"]?[0]?.ToString() ?? "";
            int end = ClassSuffixes.Select(suffix => name.IndexOf(suffix, StringComparison.Ordinal))
                .Where(place => place > 0).DefaultIfEmpty(0).Min();
            return name[..end];
        }
    }

    public override string BasePrefix => "";

    public override float TokenDropout { get; }

    public override float SpanDropout => TokenDropout;

    public override bool PoolsFirstToken => _firstTokensOf.Value is not null;

    public override string SpanLayer => _file.Output.Last?.Stem ?? base.SpanLayer;

    public override bool HasAttention => _file.Masks.Count > 0;

    /// <summary>No: how positions follow from a cache, the file does not tell.</summary>
    public override bool HasCache => false;

    /// <summary>The graph.</summary>
    public ImportedFile Imported => _file;

    /// <summary>The graph, without weights.</summary>
    public override IReadOnlyList<(string Name, byte[] Content)> Files => [(GraphName, _file.Model.ToByteArray())];

    protected override string LayersField => throw new NotSupportedException("Layers of an imported graph stay.");

    protected override IReadOnlyList<string> DropoutFields => [DropoutName, AttentionDropoutName, HeadDropoutName];

    public override ModelConfig WithLayers(IReadOnlyList<int> kept) => throw new RunException(
        $"{Config.Path}: layers of an imported graph cannot be left out. Leave out --layers.");

    public override string LayerPrefix(int layer) => PrefixOf(layer) ?? $"layer.{layer}.";

    public override bool Ignores(string tensor) => true;

    public override Value Encode(ModelBuilder m, ModelHead? head = null)
    {
        GraphReplay replay = Replay(m, head?.ReadsFirstTokens(this) == true ? _firstTokensOf.Value : null);
        _replays.AddOrUpdate(m, replay);
        Value states = replay.TokensOf(_file.Output.States);
        m.LayerOutputs.Add(states);
        m.Place = ParameterPlace.Head;
        return states;
    }

    public override Value SequenceHead(ModelBuilder m, long outputs, Value hidden)
    {
        if (_file.Output is not { IsPerSequence: true, Features: { } features, Last: { } last })
        {
            return m.OutputLayer(
                "classifier", Shape.Width, outputs, m.Dropout(TokenDropout, m.FirstToken(hidden)));
        }

        GraphReplay replay = ReplayOf(m);
        replay.Replace(_file.Output.States, hidden);
        Value pooled = m.Dropout(TokenDropout, replay.Of(features));
        m.Place = ParameterPlace.Head;
        return m.OutputLayer(last.Name, last.Inputs, outputs, pooled);
    }

    public override Value MaskedTokenHead(ModelBuilder m, Value hidden) => VocabularyHead(m, hidden);

    public override Value NextTokenHead(ModelBuilder m, Value hidden) => VocabularyHead(m, hidden);

    public override string ClassOf(ModelHead head) => ClassPrefix.Length > 0 ? base.ClassOf(head) : "OnnxModel";

    protected override Value Embed(ModelBuilder m) => throw NoParts();

    protected override Value Layer(ModelBuilder m, string prefix, Value x) => throw NoParts();

    protected override void RequireSupported()
    {
    }

    /// <summary>An output as the file has it, with the file's own head: a row per token or per sequence.</summary>
    public Value OutputOf(ModelBuilder m, Value output) => Replay(m).TokensOf(output);

    private GraphReplay Replay(ModelBuilder m, Value? firstTokensOf = null) => new(_file.Source, m, new()
    {
        Shape = Shape,
        PaddingId = PaddingIdOf(Config),
        Dropout = Config.Probability(DropoutName, 0),
        AttentionDropout = Config.Probability(AttentionDropoutName, 0),
        Masks = _file.Masks,
        Packs = _file.Packs,
    })
    {
        FirstTokensOf = firstTokensOf,
    };

    /// <summary>The last attention, where what follows it can be built of first tokens alone.</summary>
    private Value? FindFirstTokens()
    {
        if (_file.LastAttention is not { } last)
        {
            return null;
        }

        try
        {
            GraphBuilder g = new("first_tokens");
            PackedModelBuilder m = new(g, training: false);
            Value states = Replay(m, last).TokensOf(_file.Output.States);
            return states.Shape.Equals(m.FirstToken(states).Shape) ? last : null;
        }
        catch (GraphException)
        {
            return null;
        }
    }

    private static NotSupportedException NoParts() => new("An imported graph is built as a whole.");

    private Value VocabularyHead(ModelBuilder m, Value hidden)
    {
        if (_file.Output is not { IsPerSequence: false, Last: { } last } || last.Outputs != Shape.Vocabulary)
        {
            throw new RunException($"{Config.Path}: the imported graph gives no logits of the vocabulary for " +
                $"every token. Import an export of the model with its language head.");
        }

        Value chosen = m.ChosenTokens(hidden);
        m.Place = GraphReplay.PlaceOf(last.Stem);
        return last.Bias is null ? m.Map(last.Name, last.Inputs, last.Outputs, chosen)
            : last.Bias == last.Stem ? m.Linear(last.Name, last.Inputs, last.Outputs, chosen)
            : m.TiedLinear(last.Stem, last.Bias, last.Inputs, last.Outputs, chosen);
    }

    private GraphReplay ReplayOf(ModelBuilder m) => _replays.TryGetValue(m, out GraphReplay? replay)
        ? replay
        : throw new InvalidOperationException("The encoder is built before its head.");

    private string? PrefixOf(int layer)
    {
        string part = FormattableString.Invariant($".{layer}.");
        string? name = _file.Weights.Select(w => w.Name).FirstOrDefault(name =>
            name.Contains(part, StringComparison.Ordinal) && GraphReplay.PlaceOf(name) == ParameterPlace.Layer(layer));
        return name?[..(name.IndexOf(part, StringComparison.Ordinal) + part.Length)];
    }

    private static ModelShape ShapeOf(ImportedFile file, ModelConfig config)
    {
        int layers = file.Weights.Select(w => GraphReplay.PlaceOf(w.Name).LayerIndex ?? -1)
            .DefaultIfEmpty(-1).Max() + 1;
        AttentionSite? attention = file.Attention.Select(site => site.Site).FirstOrDefault();
        int width = (int)file.Output.States.Shape[-1].Size;
        ModelShape shape = new()
        {
            Layers = Math.Max(layers, 1),
            Width = width,
            Heads = attention?.Heads ?? 1,
            Inner = 4 * width,
            Positions = PositionsOf(file, Math.Max(0, config.GetInt("pad_token_id", 0)))
                ?? (config.Has("max_position_embeddings")
                    ? config.Size("max_position_embeddings", SizeRange.Positions)
                    : UsualPositions),
            Vocabulary = TableRows(file, PaddedInputs.InputIds) ?? 1,
            TokenTypes = TableRows(file, PaddedInputs.TokenTypeIds) ?? 0,
        };
        return file.Source.Data.FirstOrDefault(d => d.Name == PaddedInputs.PixelValues)?.Shape is { Rank: 4 } pixels
            ? shape with { Image = new ImageShape((int)pixels[1].Size, (int)pixels[2].Size, (int)pixels[3].Size) }
            : shape;
    }

    /// <summary>The rows of the table that positions pick from: one whose ids are made of sizes, or of counts that
    /// begin behind the padding id, as RoBERTa's.</summary>
    private static int? PositionsOf(ImportedFile file, int paddingId)
    {
        foreach (Node node in file.Source.Graph.Nodes.Where(node => node.Operator.Type == "Gather"))
        {
            if (node.Inputs[0] is { Shape.Rank: 2 } table && file.Source.IsWeight(table)
                && node.Inputs[1] is { Shape.Rank: 2 } ids
                && file.Source.DataOf(ids)?.Name is null or PaddedInputs.PositionIds)
            {
                int rows = (int)table.Shape[0].Size;
                return file.Source.IsMadeBy(ids, "CumSum") ? Math.Max(1, rows - paddingId - 1) : rows;
            }
        }

        return null;
    }

    /// <summary>The rows of the table of embeddings that an input picks from.</summary>
    private static int? TableRows(ImportedFile file, string input) => file.Source.Graph.Nodes
        .Where(node => node.Operator.Type == "Gather" && file.Source.IsWeight(node.Inputs[0])
            && file.Source.DataOf(node.Inputs[1]!)?.Name == input && node.Inputs[0]!.Shape.Rank == 2)
        .Select(node => (int?)node.Inputs[0]!.Shape[0].Size)
        .FirstOrDefault();
}
