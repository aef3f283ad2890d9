using OrtTrainer.Checkpoints;
using OrtTrainer.Graph;
using OrtTrainer.Models.Building;

namespace OrtTrainer.Models.Backbones;

/// <summary>
/// GPT-2 (Radford et al., 2019), and DistilGPT-2, which is the same with fewer layers: pre-norm layers whose tokens see
/// themselves and what is before them. Linear layers lie as [in, out] in its files, those of attention side by side.
/// </summary>
internal sealed class Gpt2 : GptDecoder
{
    private const string LayersName = "n_layer";
    private const string InnerName = "n_inner";

    public Gpt2(ModelConfig config)
        : base(config, ("embd_pdrop", "attn_pdrop", "resid_pdrop"), usualDropout: 0.1)
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
        TokenDropout = config.Probability("classifier_dropout", config.Probability("hidden_dropout", 0.1));
    }

    public override ModelShape Shape { get; }

    public override string ClassPrefix => "GPT2";

    /// <summary>Any decoder: what it calls gpt2 has keys and values in one tensor.</summary>
    public override string? GenAiType => "decoder";

    public override float TokenDropout { get; }

    protected override string LayersField => LayersName;

    protected override string AttentionOutput => "attn.c_proj";

    public override string ClassOf(ModelHead head) =>
        head is NextTokenHead ? ClassPrefix + "LMHeadModel" : base.ClassOf(head);

    protected override void RequireSupported()
    {
        base.RequireSupported();
        Config.RequireOn("scale_attn_weights", true);
        Config.RequireOff("scale_attn_by_inverse_layer_idx", "a scale of scores by layer");
        Config.RequireOff("reorder_and_upcast_attn", "attention in another order");
        Config.RequireOff("add_cross_attention", "attention to another text");
        Config.RequireNoPrunedHeads();
    }

    protected override Value Attend(ModelBuilder m, string prefix, Value normed) => m.SelfAttention(
        new(Part(prefix, "query", 0), Part(prefix, "key", 1), Part(prefix, "value", 2)), Shape, AttentionMask.Causal,
        AttentionDropout, normed);

    /// <summary>As [in, out]: a Conv1D of its authors.</summary>
    protected override LinearName Linear(string name) => new(name) { InputsFirst = true };

    private LinearName Part(string prefix, string name, int part) =>
        Linear($"{prefix}attn.{name}").PartOf(prefix + "attn.c_attn", part, parts: 3, Shape.Width);
}
