using OrtTrainer.Checkpoints;
using OrtTrainer.Graph;
using OrtTrainer.Models.Building;

namespace OrtTrainer.Models.Backbones;

/// <summary>
/// The embeddings and post-norm transformer layers of BERT (Devlin et al., 2019), which its relatives share with other
/// positions and heads.
/// </summary>
internal abstract class PostNormEncoder : Architecture
{
    private const string LayersName = "num_hidden_layers";
    private const string HiddenDropoutName = "hidden_dropout_prob";
    private const string AttentionDropoutName = "attention_probs_dropout_prob";
    private const string HeadDropoutName = "classifier_dropout";

    private readonly int _firstPosition;
    private readonly int _positionRows;
    private readonly int _tokenTypeRows;
    private readonly float _epsilon;
    private readonly float _hiddenDropout;
    private readonly float _attentionDropout;

    /// <param name="config">The model's configuration.</param>
    /// <param name="firstPosition">The position id of the first token.</param>
    /// <param name="takesTokenTypes">Whether texts are told apart by segment ids.</param>
    protected PostNormEncoder(ModelConfig config, int firstPosition, bool takesTokenTypes)
        : base(config)
    {
        _firstPosition = firstPosition;
        _positionRows = config.Size("max_position_embeddings", SizeRange.Positions);
        _tokenTypeRows = config.Size("type_vocab_size", SizeRange.TokenTypes);
        Shape = new ModelShape
        {
            Layers = config.Size(LayersName, SizeRange.Layers),
            Width = config.Size("hidden_size", SizeRange.Width),
            Heads = config.Size("num_attention_heads", SizeRange.Heads),
            Inner = config.Size("intermediate_size", SizeRange.Inner),
            Positions = _positionRows - firstPosition,
            Vocabulary = config.Size("vocab_size", SizeRange.Vocabulary),
            TokenTypes = takesTokenTypes ? _tokenTypeRows : 0,
        };
        config.RequireDivisor("num_attention_heads", Shape.Heads, "hidden_size", Shape.Width);
        _epsilon = config.Epsilon("layer_norm_eps");
        _hiddenDropout = config.Probability(HiddenDropoutName);
        _attentionDropout = config.Probability(AttentionDropoutName);
        TokenDropout = config.Probability(HeadDropoutName, _hiddenDropout);
    }

    public override ModelShape Shape { get; }

    /// <summary><c>classifier_dropout</c>, or the hidden dropout where it is absent or null.</summary>
    public override float TokenDropout { get; }

    protected override string LayersField => LayersName;

    protected override IReadOnlyList<string> DropoutFields =>
        [HiddenDropoutName, AttentionDropoutName, HeadDropoutName];

    public override string LayerPrefix(int layer) => $"{BasePrefix}encoder.layer.{layer}.";

    protected override Value Embed(ModelBuilder m)
    {
        GraphBuilder g = m.Graph;
        string prefix = BasePrefix + "embeddings.";
        Value words = m.Embedding(prefix + "word_embeddings", Shape.Vocabulary, Shape.Width, m.InputIds);
        Value positions = m.Embedding(
            prefix + "position_embeddings", _positionRows, Shape.Width, m.PositionIds(_firstPosition));
        Value types = m.Embedding(prefix + "token_type_embeddings", _tokenTypeRows, Shape.Width, m.TokenTypeIds);
        Value x = g.Add(g.Add(words, types), positions);
        return m.Dropout(_hiddenDropout, m.LayerNorm(prefix + "LayerNorm", Shape.Width, _epsilon, x));
    }

    protected override Value Layer(ModelBuilder m, string prefix, Value x)
    {
        int width = Shape.Width;
        string self = prefix + "attention.self.";
        Value attended = m.SelfAttention(
            new(self + "query", self + "key", self + "value"), Shape, AttentionMask.Bidirectional, _attentionDropout,
            x);
        attended = m.Linear(prefix + "attention.output.dense", width, width, attended);
        x = m.DropoutAddLayerNorm(
            prefix + "attention.output.LayerNorm", width, _epsilon, _hiddenDropout, attended, x);
        Value fed = m.Linear(prefix + "intermediate.dense", width, Shape.Inner, x);
        fed = m.Activation(Config.GetString("hidden_act", "gelu"), fed);
        fed = m.Linear(prefix + "output.dense", Shape.Inner, width, fed);
        return m.DropoutAddLayerNorm(prefix + "output.LayerNorm", width, _epsilon, _hiddenDropout, fed, x);
    }

    protected override void RequireSupported()
    {
        Config.RequireValue("position_embedding_type", "absolute");
        Config.RequireValue("hidden_act", ModelBuilder.Activations);
        Config.RequireOff("is_decoder", "attention to earlier tokens only");
        Config.RequireOff("add_cross_attention", "attention to another model's states");
        Config.RequireNoPrunedHeads();
    }
}
