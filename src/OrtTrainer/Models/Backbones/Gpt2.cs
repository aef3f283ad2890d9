using OrtTrainer.Checkpoints;
using OrtTrainer.Graph;
using OrtTrainer.Models.Building;

namespace OrtTrainer.Models.Backbones;

/// <summary>
/// GPT-2 (Radford et al., 2019), and DistilGPT-2, which is the same with fewer layers: pre-norm layers whose tokens see
/// themselves and what is before them. Linear layers lie as [in, out] in its files, those of attention side by side.
/// </summary>
internal sealed class Gpt2 : Architecture
{
    private const string LayersName = "n_layer";
    private const string InnerName = "n_inner";
    private const string EmbeddingDropoutName = "embd_pdrop";
    private const string AttentionDropoutName = "attn_pdrop";
    private const string ResidualDropoutName = "resid_pdrop";

    private readonly float _epsilon;
    private readonly float _embeddingDropout;
    private readonly float _attentionDropout;
    private readonly float _residualDropout;

    public Gpt2(ModelConfig config)
        : base(config)
    {
        int width = config.Size("n_embd", SizeRange.Width);
        Shape = new ModelShape
        {
            Layers = config.Size(LayersName, SizeRange.Layers),
            Width = width,
            Heads = config.Size("n_head", SizeRange.Heads),
            Inner = config.Has(InnerName) ? config.Size(InnerName, SizeRange.Inner) : 4 * width,
            Positions = config.Size("n_positions", SizeRange.Positions),
            Vocabulary = config.Size("vocab_size", SizeRange.Vocabulary),
        };
        config.RequireDivisor("n_head", Shape.Heads, "n_embd", width);
        _epsilon = config.Epsilon("layer_norm_epsilon", 1e-5);
        _embeddingDropout = config.Probability(EmbeddingDropoutName, 0.1);
        _attentionDropout = config.Probability(AttentionDropoutName, 0.1);
        _residualDropout = config.Probability(ResidualDropoutName, 0.1);
        TokenDropout = config.Probability("classifier_dropout", config.Probability("hidden_dropout", 0.1));
    }

    public override ModelShape Shape { get; }

    public override string ClassPrefix => "GPT2";

    public override string BasePrefix => "transformer.";

    /// <summary>Any decoder: what it calls gpt2 has keys and values in one tensor.</summary>
    public override string? GenAiType => "decoder";

    public override float TokenDropout { get; }

    protected override string LayersField => LayersName;

    protected override IReadOnlyList<string> DropoutFields =>
        [EmbeddingDropoutName, AttentionDropoutName, ResidualDropoutName];

    private string WordEmbeddings => BasePrefix + "wte";

    public override string LayerPrefix(int layer) => $"{BasePrefix}h.{layer}.";

    public override string ClassOf(ModelHead head) =>
        head is NextTokenHead ? ClassPrefix + "LMHeadModel" : base.ClassOf(head);

    public override Value SequenceHead(ModelBuilder m, long outputs, Value hidden) =>
        LastTokenHead(m, outputs, hidden);

    public override Value NextTokenHead(ModelBuilder m, Value hidden)
    {
        Config.RequireTied();
        return m.Map(WordEmbeddings, Shape.Width, Shape.Vocabulary, m.ChosenTokens(hidden));
    }

    protected override Value Embed(ModelBuilder m)
    {
        Value words = m.Embedding(WordEmbeddings, Shape.Vocabulary, Shape.Width, m.InputIds);
        Value positions = m.Embedding(BasePrefix + "wpe", Shape.Positions, Shape.Width, m.PositionIds(0));
        return m.Dropout(_embeddingDropout, m.Graph.Add(words, positions));
    }

    protected override Value Layer(ModelBuilder m, string prefix, Value x)
    {
        int width = Shape.Width;
        Value normed = m.LayerNorm(prefix + "ln_1", width, _epsilon, x);
        Value attended = m.SelfAttention(
            new(Part(prefix, "query", 0), Part(prefix, "key", 1), Part(prefix, "value", 2)), Shape,
            AttentionMask.Causal, _attentionDropout, normed);
        x = m.LinearDropoutAdd(Conv1D(prefix + "attn.c_proj"), width, width, _residualDropout, attended, x);
        Value fed = m.FeedForward(
            Conv1D(prefix + "mlp.c_fc"), Conv1D(prefix + "mlp.c_proj"), width, Shape.Inner, Activation,
            m.LayerNorm(prefix + "ln_2", width, _epsilon, x));
        return m.Graph.Add(x, m.Dropout(_residualDropout, fed));
    }

    protected override Value Finish(ModelBuilder m, Value x) =>
        m.LayerNorm(BasePrefix + "ln_f", Shape.Width, _epsilon, x);

    protected override void RequireSupported()
    {
        Config.RequireValue("activation_function", ModelBuilder.Activations);
        Config.RequireOn("scale_attn_weights", true);
        Config.RequireOff("scale_attn_by_inverse_layer_idx", "a scale of scores by layer");
        Config.RequireOff("reorder_and_upcast_attn", "attention in another order");
        Config.RequireOff("add_cross_attention", "attention to another text");
        Config.RequireNoPrunedHeads();
    }

    private string Activation => Config.GetString("activation_function", "gelu_new");

    private static LinearName Conv1D(string name) => new(name) { InputsFirst = true };

    private LinearName Part(string prefix, string name, int part) =>
        Conv1D($"{prefix}attn.{name}").PartOf(prefix + "attn.c_attn", part, parts: 3, Shape.Width);
}
