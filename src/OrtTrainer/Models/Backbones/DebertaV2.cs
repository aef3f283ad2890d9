using System.Text.Json;
using System.Text.Json.Nodes;
using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Graph;
using OrtTrainer.Models.Building;

namespace OrtTrainer.Models.Backbones;

/// <summary>
/// DeBERTa in its second and third version (He et al., 2021 and 2023): the layers of BERT with attention by content and
/// by distance. Positions are nowhere else; all layers share one table of them.
/// </summary>
internal sealed class DebertaV2 : Architecture
{
    private const string LayersName = "num_hidden_layers";
    private const string HiddenDropoutName = "hidden_dropout_prob";
    private const string AttentionDropoutName = "attention_probs_dropout_prob";
    private const string PoolerDropoutName = "pooler_dropout";
    private const string HeadDropoutName = "cls_dropout";
    private const string ProductsName = "pos_att_type";
    private const string NormName = "norm_rel_ebd";
    private const string LegacyName = "legacy";
    private const string BucketsName = "position_buckets";

    private readonly int _tokenTypes;
    private readonly int _span;
    private readonly float _epsilon;
    private readonly float _hiddenDropout;
    private readonly float _attentionDropout;
    private readonly float _poolerDropout;
    private readonly float _headDropout;
    private readonly RelativeDistances _distances;

    public DebertaV2(ModelConfig config)
        : base(config)
    {
        _tokenTypes = config.Size("type_vocab_size", new SizeRange(0, SizeRange.TokenTypes.Most), 0);
        Shape = new ModelShape
        {
            Layers = config.Size(LayersName, SizeRange.Layers),
            Width = config.Size("hidden_size", SizeRange.Width),
            Heads = config.Size("num_attention_heads", SizeRange.Heads),
            Inner = config.Size("intermediate_size", SizeRange.Inner),
            Positions = config.Size("max_position_embeddings", SizeRange.Positions),
            Vocabulary = config.Size("vocab_size", SizeRange.Vocabulary),
            TokenTypes = _tokenTypes,
        };
        config.RequireDivisor("num_attention_heads", Shape.Heads, "hidden_size", Shape.Width);
        EmbeddingWidth = config.Size("embedding_size", SizeRange.Width, Shape.Width);
        _epsilon = config.Epsilon("layer_norm_eps", 1e-7);
        _hiddenDropout = config.Probability(HiddenDropoutName);
        _attentionDropout = config.Probability(AttentionDropoutName);
        _poolerDropout = config.Probability(PoolerDropoutName, 0);
        _headDropout = config.Probability(HeadDropoutName, _hiddenDropout);

        SizeRange orNone = new(-1, SizeRange.Positions.Most);
        int stated = config.Size("max_relative_positions", orNone, -1), buckets = config.Size(BucketsName, orNone, -1);
        int greatest = stated < 1 ? Shape.Positions : stated;
        if (buckets == 1 || (buckets > 0 && greatest - 1 <= buckets / 2))
        {
            throw new CheckpointException(config.Path, $"field {BucketsName}", $"{buckets}",
                $"2 to {(2 * greatest) - 3}, so that the greatest distance, {greatest - 1}, is beyond half of them",
                "Correct the field, max_relative_positions or max_position_embeddings.");
        }

        _span = buckets > 0 ? buckets : greatest;
        _distances = RelativeDistances.Logarithmic(Shape.Positions, _span, Math.Max(0, buckets), greatest);
    }

    public override ModelShape Shape { get; }

    public override string ClassPrefix => "DebertaV2";

    public override string BasePrefix => "deberta.";

    public override float TokenDropout => _hiddenDropout;

    protected override int EmbeddingWidth { get; }

    protected override string LayersField => LayersName;

    protected override IReadOnlyList<string> DropoutFields =>
        [HiddenDropoutName, AttentionDropoutName, PoolerDropoutName, HeadDropoutName];

    private string InnerActivation => Config.GetString("hidden_act", "gelu");

    private string PoolerActivation => Config.GetString("pooler_hidden_act", "gelu");

    public override string LayerPrefix(int layer) => $"{BasePrefix}encoder.layer.{layer}.";

    public override Value SequenceHead(ModelBuilder m, long outputs, Value hidden)
    {
        int width = Shape.Width;
        Value first = m.Dropout(_poolerDropout, m.FirstToken(hidden));
        Value pooled = m.Activation(PoolerActivation, m.Linear("pooler.dense", width, width, first));
        return m.OutputLayer("classifier", width, outputs, m.Dropout(_headDropout, pooled));
    }

    /// <summary>
    /// Hugging Face's first head, or that of the paper's authors, which config.json asks for by <c>legacy: false</c>:
    /// the same layers under other names, though the latter does not map to narrower embeddings.
    /// </summary>
    public override Value MaskedTokenHead(ModelBuilder m, Value hidden)
    {
        if (Config.GetBool(LegacyName, true))
        {
            return MaskedTokenHead(m, "cls.predictions.transform.dense", "cls.predictions.transform.LayerNorm",
                "cls.predictions", InnerActivation, _epsilon, hidden);
        }

        if (EmbeddingWidth != Shape.Width)
        {
            throw new RunException($"{Config.Path}: {LegacyName} is false and embedding_size is {EmbeddingWidth}, " +
                $"but that head for masked tokens has embeddings as wide as the layers, {Shape.Width}. Leave " +
                $"{LegacyName} out, or take another model.");
        }

        const string Head = "lm_predictions.lm_head";
        return MaskedTokenHead(m, Head + ".dense", Head + ".LayerNorm", Head, InnerActivation, _epsilon, hidden);
    }

    protected override Value Embed(ModelBuilder m)
    {
        _ = Relative(m);
        string prefix = BasePrefix + "embeddings.";
        List<EmbeddingTable> tables = [new(prefix + "word_embeddings", Shape.Vocabulary, m.InputIds)];
        if (_tokenTypes > 0)
        {
            tables.Add(new(prefix + "token_type_embeddings", _tokenTypes, m.TokenTypeIds));
        }

        if (EmbeddingWidth == Shape.Width)
        {
            return m.NormedEmbeddings(
                prefix + "LayerNorm", Shape.Width, _epsilon, hasBias: true, _hiddenDropout, tables);
        }

        Value x = m.Map(prefix + "embed_proj", EmbeddingWidth, Shape.Width, m.Embeddings(EmbeddingWidth, tables));
        return m.Dropout(_hiddenDropout, m.LayerNorm(prefix + "LayerNorm", Shape.Width, _epsilon, x));
    }

    protected override Value Layer(ModelBuilder m, string prefix, Value x)
    {
        int width = Shape.Width;
        string self = prefix + "attention.self.";
        LinearName query = self + "query_proj", key = self + "key_proj";
        Value attended = m.DisentangledAttention(
            new(query, key, self + "value_proj"),
            SharesAttentionLayers ? (query, key) : (self + "pos_query_proj", self + "pos_key_proj"),
            Shape, _attentionDropout, x, m.Dropout(_hiddenDropout, Relative(m)), _distances);
        attended = m.Linear(prefix + "attention.output.dense", width, width, attended);
        x = m.DropoutAddLayerNorm(
            prefix + "attention.output.LayerNorm", width, _epsilon, _hiddenDropout, attended, x);
        Value fed = m.FeedForward(
            prefix + "intermediate.dense", prefix + "output.dense", width, Shape.Inner, InnerActivation, x);
        return m.DropoutAddLayerNorm(prefix + "output.LayerNorm", width, _epsilon, _hiddenDropout, fed, x);
    }

    protected override void RequireSupported()
    {
        Config.RequireValue("hidden_act", ModelBuilder.Activations);
        Config.RequireValue("pooler_hidden_act", ModelBuilder.Activations);
        Config.RequireValue(NormName, "none", "layer_norm");
        Config.RequireOn("relative_attention", defaultValue: false);
        Config.RequireOff("position_biased_input", "a table of positions beside the relative ones", defaultValue: true);
        RequireBothProducts();
        RequireSame("pooler_hidden_size", Shape.Width);
        RequireSame("attention_head_size", Shape.HeadWidth);
        if (Config.GetInt("conv_kernel_size", 0) > 0)
        {
            throw new RunException($"{Config.Path}: conv_kernel_size is {Config.GetInt("conv_kernel_size")}, but a " +
                "convolution beside the first layer is not supported. Take a model without it; the same weights " +
                "would compute something else.");
        }

        Config.RequireNoPrunedHeads();
    }

    private bool SharesAttentionLayers => Config.GetBool("share_att_key", false);

    /// <summary>The table of relative positions, [2 span, H], which belongs to the embeddings.</summary>
    private Value Relative(ModelBuilder m) => m.Once("relative_positions", () =>
    {
        Value table = m.Table(BasePrefix + "encoder.rel_embeddings", 2L * _span, Shape.Width);
        return Config.GetString(NormName, "none") == "layer_norm"
            ? m.LayerNorm(BasePrefix + "encoder.LayerNorm", Shape.Width, _epsilon, table)
            : table;
    });

    private void RequireSame(string field, int size)
    {
        if (Config.GetInt(field, size) is var stated && stated != size)
        {
            throw new RunException($"{Config.Path}: {field} is {stated}, which is not supported; supported is " +
                $"{size}, as of the layers. Take another model.");
        }
    }

    /// <summary>A list of words, or a text of them between bars.</summary>
    private void RequireBothProducts()
    {
        JsonNode? stated = Config.ToJson()[ProductsName];
        string[] words = stated switch
        {
            JsonArray list => [.. list.Select(word => word is JsonValue ? word.ToString() : "")],
            JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>().Split('|'),
            _ => [],
        };
        if (!words.Select(word => word.Trim().ToLowerInvariant()).Order(StringComparer.Ordinal)
            .SequenceEqual(["c2p", "p2c"]))
        {
            throw new RunException($"{Config.Path}: {ProductsName} is {stated?.ToJsonString() ?? "null"}, which is " +
                "not supported; supported is [\"p2c\", \"c2p\"]. Take another model; the same weights would compute " +
                "something else.");
        }
    }
}
