using OrtTrainer.Checkpoints;
using OrtTrainer.Graph;
using OrtTrainer.Models.Building;

namespace OrtTrainer.Models.Backbones;

/// <summary>
/// The embeddings and post-norm transformer layers of BERT (Devlin et al., 2019), which its relatives share with other
/// names, positions and heads.
/// </summary>
internal abstract class PostNormEncoder : Architecture
{
    private const string LayersName = "num_hidden_layers";
    private const string ActivationName = "hidden_act";
    private const string HiddenDropoutName = "hidden_dropout_prob";
    private const string AttentionDropoutName = "attention_probs_dropout_prob";

    private readonly PostNormTraits _traits;
    private readonly int _positionRows;
    private readonly int _tokenTypeRows;
    private readonly int _embeddingWidth;
    private readonly float _epsilon;
    private readonly float _hiddenDropout;
    private readonly float _attentionDropout;

    /// <param name="config">The model's configuration.</param>
    /// <param name="traits">In what the family differs from BERT.</param>
    protected PostNormEncoder(ModelConfig config, PostNormTraits traits)
        : base(config)
    {
        _traits = traits;
        _positionRows = config.Size("max_position_embeddings", SizeRange.Positions);
        _tokenTypeRows = traits.HasTokenTypes ? config.Size("type_vocab_size", SizeRange.TokenTypes) : 0;
        Shape = new ModelShape
        {
            Layers = config.Size(LayersName, SizeRange.Layers),
            Width = config.Size("hidden_size", SizeRange.Width),
            Heads = config.Size("num_attention_heads", SizeRange.Heads),
            Inner = config.Size("intermediate_size", SizeRange.Inner),
            Positions = _positionRows - traits.FirstPosition,
            Vocabulary = config.Size("vocab_size", SizeRange.Vocabulary),
            TokenTypes = traits.TakesTokenTypes ? _tokenTypeRows : 0,
        };
        config.RequireDivisor("num_attention_heads", Shape.Heads, "hidden_size", Shape.Width);
        _embeddingWidth = traits.EmbeddingWidthField is { } width
            ? config.Size(width, SizeRange.Width, defaultValue: 128)
            : Shape.Width;
        _epsilon = config.Epsilon("layer_norm_eps");
        _hiddenDropout = config.Probability(HiddenDropoutName);
        _attentionDropout = config.Probability(AttentionDropoutName);
        TokenDropout = traits.HeadDropoutField is { } head
            ? config.Probability(head, _hiddenDropout)
            : _hiddenDropout;
    }

    public override ModelShape Shape { get; }

    /// <summary>The dropout before heads, or the hidden dropout where there is none of their own.</summary>
    public override float TokenDropout { get; }

    protected override int EmbeddingWidth => _embeddingWidth;

    protected override string LayersField => LayersName;

    protected override IReadOnlyList<string> DropoutFields =>
        _traits.HeadDropoutField is { } head
            ? [HiddenDropoutName, AttentionDropoutName, head]
            : [HiddenDropoutName, AttentionDropoutName];

    /// <summary>The activation inside the feed-forward part.</summary>
    protected string InnerActivation => Config.GetString(ActivationName, "gelu");

    public override string LayerPrefix(int layer) => $"{BasePrefix}encoder.layer.{layer}.";

    /// <summary>The position id of the first token, where those up to the padding id are not used.</summary>
    /// <exception cref="CheckpointException">No positions are left.</exception>
    protected static int FirstPositionAfter(int paddingId, ModelConfig config)
    {
        int first = paddingId + 1;
        int rows = config.Size("max_position_embeddings", SizeRange.Positions);
        return rows > first
            ? first
            : throw new CheckpointException(config.Path, "field max_position_embeddings", $"{rows}",
                $"{first + 1} or more: positions begin after the padding id, so the first {first} are not used",
                "Correct the field.");
    }

    /// <summary>The embeddings as the first layer takes them, [T, H].</summary>
    /// <param name="m">The builder.</param>
    /// <param name="width">The width of the embeddings, E.</param>
    /// <param name="x">The embeddings, [T, E].</param>
    protected virtual Value Project(ModelBuilder m, int width, Value x) => x;

    /// <summary>The tables that a family has beside those of words, positions and token types.</summary>
    /// <param name="m">The builder.</param>
    /// <param name="prefix">What the names of embeddings begin with.</param>
    protected virtual IEnumerable<EmbeddingTable> OtherTables(ModelBuilder m, string prefix) => [];

    /// <summary>BERT's head: a layer for the outputs on the pooled first token, [B, outputs].</summary>
    /// <param name="m">The builder.</param>
    /// <param name="outputs">Values per sequence.</param>
    /// <param name="hidden">States of the last layer.</param>
    /// <param name="pooler">The pooler's linear layer, after the encoder's prefix.</param>
    protected Value PooledHead(ModelBuilder m, long outputs, Value hidden, string pooler)
    {
        int width = Shape.Width;
        Value pooled = m.Graph.Tanh(m.Linear(BasePrefix + pooler, width, width, m.FirstToken(hidden)));
        return m.OutputLayer("classifier", width, outputs, m.Dropout(TokenDropout, pooled));
    }

    /// <summary>The head of several families: a dense layer and one for the outputs on the first token, [B,
    /// outputs].</summary>
    /// <param name="m">The builder.</param>
    /// <param name="outputs">Values per sequence.</param>
    /// <param name="hidden">States of the last layer.</param>
    /// <param name="activation">That of the dense layer.</param>
    protected Value DenseHead(ModelBuilder m, long outputs, Value hidden, string activation)
    {
        int width = Shape.Width;
        Value x = m.Dropout(TokenDropout, m.FirstToken(hidden));
        x = m.Activation(activation, m.Linear("classifier.dense", width, width, x));
        return m.OutputLayer("classifier.out_proj", width, outputs, m.Dropout(TokenDropout, x));
    }

    protected override Value Embed(ModelBuilder m)
    {
        string prefix = BasePrefix + "embeddings.";
        int width = _embeddingWidth;
        List<EmbeddingTable> tables = [new(prefix + "word_embeddings", Shape.Vocabulary, m.InputIds)];
        if (_traits.HasTokenTypes)
        {
            tables.Add(new(prefix + "token_type_embeddings", _tokenTypeRows, m.TokenTypeIds));
        }

        tables.Add(new(prefix + "position_embeddings", _positionRows, m.PositionIds(_traits.FirstPosition)));
        return Project(m, width, m.NormedEmbeddings(
            prefix + "LayerNorm", width, _epsilon, hasBias: true, _hiddenDropout,
            [.. tables, .. OtherTables(m, prefix)]));
    }

    /// <summary>BERT's head for masked tokens, which others have under the same names.</summary>
    protected Value BertMaskedTokenHead(ModelBuilder m, Value hidden) => MaskedTokenHead(
        m, "cls.predictions.transform.dense", "cls.predictions.transform.LayerNorm", "cls.predictions",
        InnerActivation, hidden);

    /// <summary>RoBERTa's head for masked tokens, which has GELU whatever hidden_act says.</summary>
    protected Value RobertaMaskedTokenHead(ModelBuilder m, Value hidden) => MaskedTokenHead(
        m, "lm_head.dense", "lm_head.layer_norm", "lm_head", "gelu", hidden);

    /// <summary>As the other, with the norm's epsilon of the layers.</summary>
    protected Value MaskedTokenHead(
        ModelBuilder m, string dense, string norm, string output, string activation, Value hidden) =>
        MaskedTokenHead(m, dense, norm, output, activation, _epsilon, hidden);

    protected override Value Layer(ModelBuilder m, string prefix, Value x)
    {
        int width = Shape.Width;
        PostNormNames names = _traits.Names;
        Value attended = m.SelfAttention(
            new(prefix + names.Query, prefix + names.Key, prefix + names.Value), Shape, AttentionMask.Bidirectional,
            _attentionDropout, x, new() { Bias = _traits.Bias });
        attended = m.Linear(prefix + names.Attended, width, width, attended);
        x = m.DropoutAddLayerNorm(
            prefix + names.AttentionNorm, width, _epsilon, _hiddenDropout, attended, m.Residual(x, attended));
        Value fed = m.FeedForward(
            prefix + names.Inner, prefix + names.Output, width, Shape.Inner, InnerActivation, x);
        float dropout = _traits.DropsFeedForward ? _hiddenDropout : 0;
        return m.DropoutAddLayerNorm(prefix + names.OutputNorm, width, _epsilon, dropout, fed, x);
    }

    protected override void RequireSupported()
    {
        Config.RequireValue("position_embedding_type", "absolute");
        Config.RequireValue(ActivationName, ModelBuilder.Activations);
        Config.RequireOff("is_decoder", "attention to earlier tokens only");
        Config.RequireOff("add_cross_attention", "attention to another model's states");
        Config.RequireNoPrunedHeads();
    }
}
