using OrtTrainer.Checkpoints;
using OrtTrainer.Graph;
using OrtTrainer.Models.Building;

namespace OrtTrainer.Models.Backbones;

/// <summary>
/// DistilBERT (Sanh et al., 2019): BERT without segment ids and pooler, and without dropout between attention and its
/// norm; the head takes the first token through a layer of its own.
/// </summary>
internal sealed class DistilBert : Architecture
{
    private const string LayersName = "n_layers";
    private const string DropoutName = "dropout";
    private const string AttentionDropoutName = "attention_dropout";
    private const string HeadDropoutName = "seq_classif_dropout";
    private const string SpanDropoutName = "qa_dropout";

    // Not in config.json: Hugging Face's implementation fixes it.
    private const float Epsilon = 1e-12f;

    private readonly float _attentionDropout;
    private readonly float _headDropout;

    public DistilBert(ModelConfig config)
        : base(config)
    {
        Shape = new ModelShape
        {
            Layers = config.Size(LayersName, SizeRange.Layers),
            Width = config.Size("dim", SizeRange.Width),
            Heads = config.Size("n_heads", SizeRange.Heads),
            Inner = config.Size("hidden_dim", SizeRange.Inner),
            Positions = config.Size("max_position_embeddings", SizeRange.Positions),
            Vocabulary = config.Size("vocab_size", SizeRange.Vocabulary),
        };
        config.RequireDivisor("n_heads", Shape.Heads, "dim", Shape.Width);
        TokenDropout = config.Probability(DropoutName);
        _attentionDropout = config.Probability(AttentionDropoutName);
        _headDropout = config.Probability(HeadDropoutName, 0.2);
        SpanDropout = config.Probability(SpanDropoutName, 0.1);
    }

    public override ModelShape Shape { get; }

    public override string ClassPrefix => "DistilBert";

    public override string BasePrefix => "distilbert.";

    public override float TokenDropout { get; }

    public override float SpanDropout { get; }

    protected override string LayersField => LayersName;

    protected override IReadOnlyList<string> DropoutFields => 
        [DropoutName, AttentionDropoutName, HeadDropoutName, SpanDropoutName];

    public override string LayerPrefix(int layer) => $"{BasePrefix}transformer.layer.{layer}.";

    public override Value SequenceHead(ModelBuilder m, long outputs, Value hidden)
    {
        Value x = m.Linear("pre_classifier", Shape.Width, Shape.Width, m.FirstToken(hidden));
        x = m.Dropout(_headDropout, m.Activation("relu", x));
        return m.OutputLayer("classifier", Shape.Width, outputs, x);
    }

    public override Value MaskedTokenHead(ModelBuilder m, Value hidden) => MaskedTokenHead(
        m, "vocab_transform", "vocab_layer_norm", "vocab_projector", Config.GetString("activation", "gelu"), Epsilon,
        hidden);

    protected override Value Embed(ModelBuilder m)
    {
        string prefix = BasePrefix + "embeddings.";
        return m.NormedEmbeddings(
            prefix + "LayerNorm", Shape.Width, Epsilon, hasBias: true, TokenDropout,
            new(prefix + "word_embeddings", Shape.Vocabulary, m.InputIds),
            new(prefix + "position_embeddings", Shape.Positions, m.PositionIds(0)));
    }

    protected override Value Layer(ModelBuilder m, string prefix, Value x)
    {
        int width = Shape.Width;
        string self = prefix + "attention.";
        Value attended = m.SelfAttention(
            new(self + "q_lin", self + "k_lin", self + "v_lin"), Shape, AttentionMask.Bidirectional,
            _attentionDropout, x);
        attended = m.Linear(self + "out_lin", width, width, attended);
        x = m.DropoutAddLayerNorm(
            prefix + "sa_layer_norm", width, Epsilon, 0, attended, m.Residual(x, attended));
        Value fed = m.FeedForward(
            prefix + "ffn.lin1", prefix + "ffn.lin2", width, Shape.Inner, Config.GetString("activation", "gelu"), x);
        return m.DropoutAddLayerNorm(prefix + "output_layer_norm", width, Epsilon, TokenDropout, fed, x);
    }

    protected override void RequireSupported()
    {
        Config.RequireValue("activation", ModelBuilder.Activations);
        Config.RequireNoPrunedHeads();
    }
}
