using OrtTrainer.Checkpoints;
using OrtTrainer.Graph;
using OrtTrainer.Models.Building;

namespace OrtTrainer.Models.Backbones;

/// <summary>
/// What GPT-2 and GPT-Neo have in common: learned positions, pre-norm layers whose tokens see themselves and what is
/// before them, and an output layer that is the word embeddings. What differs is attention, and how files name and hold
/// it.
/// </summary>
internal abstract class GptDecoder : Architecture
{
    private protected const string ActivationName = "activation_function";

    private readonly float _epsilon;
    private readonly float _embeddingDropout;
    private readonly float _residualDropout;

    /// <param name="config">The configuration it is read from.</param>
    /// <param name="dropoutFields">The fields of dropout: of embeddings, attention and what is added to a
    /// layer.</param>
    /// <param name="usualDropout">What they are where they are absent.</param>
    private protected GptDecoder(
        ModelConfig config, (string Embedding, string Attention, string Residual) dropoutFields, double usualDropout)
        : base(config)
    {
        DropoutFields = [dropoutFields.Embedding, dropoutFields.Attention, dropoutFields.Residual];
        _epsilon = config.Epsilon("layer_norm_epsilon", 1e-5);
        _embeddingDropout = config.Probability(dropoutFields.Embedding, usualDropout);
        AttentionDropout = config.Probability(dropoutFields.Attention, usualDropout);
        _residualDropout = config.Probability(dropoutFields.Residual, usualDropout);
    }

    public sealed override string BasePrefix => "transformer.";

    protected sealed override IReadOnlyList<string> DropoutFields { get; }

    /// <summary>The probability of dropout in attention.</summary>
    protected float AttentionDropout { get; }

    /// <summary>The linear layer behind attention, after the prefix of its layer.</summary>
    protected abstract string AttentionOutput { get; }

    private string WordEmbeddings => BasePrefix + "wte";

    public sealed override string LayerPrefix(int layer) => $"{BasePrefix}h.{layer}.";

    public sealed override Value SequenceHead(ModelBuilder m, long outputs, Value hidden) =>
        LastTokenHead(m, outputs, hidden);

    public sealed override Value NextTokenHead(ModelBuilder m, Value hidden)
    {
        Config.RequireTied();
        return m.Map(WordEmbeddings, Shape.Width, Shape.Vocabulary, m.ChosenTokens(hidden));
    }

    protected sealed override Value Embed(ModelBuilder m)
    {
        Value words = m.Embedding(WordEmbeddings, Shape.Vocabulary, Shape.Width, m.InputIds);
        Value positions = m.Embedding(BasePrefix + "wpe", Shape.Positions, Shape.Width, m.PositionIds(0));
        return m.Dropout(_embeddingDropout, m.Graph.Add(words, positions));
    }

    protected sealed override Value Layer(ModelBuilder m, string prefix, Value x)
    {
        int width = Shape.Width;
        Value attended = Attend(m, prefix, m.LayerNorm(prefix + "ln_1", width, _epsilon, x));
        x = m.LinearDropoutAdd(Linear(prefix + AttentionOutput), width, width, _residualDropout, attended, x);
        Value fed = m.FeedForward(
            Linear(prefix + "mlp.c_fc"), Linear(prefix + "mlp.c_proj"), width, Shape.Inner,
            Config.GetString(ActivationName, "gelu_new"), m.LayerNorm(prefix + "ln_2", width, _epsilon, x));
        return m.Graph.Add(x, m.Dropout(_residualDropout, fed));
    }

    protected sealed override Value Finish(ModelBuilder m, Value x) =>
        m.LayerNorm(BasePrefix + "ln_f", Shape.Width, _epsilon, x);

    protected override void RequireSupported() => Config.RequireValue(ActivationName, ModelBuilder.Activations);

    /// <summary>What the tokens see of one another, [T, H].</summary>
    /// <param name="m">The builder.</param>
    /// <param name="prefix">What the names of the layer begin with.</param>
    /// <param name="normed">The normalized states.</param>
    protected abstract Value Attend(ModelBuilder m, string prefix, Value normed);

    /// <summary>A linear layer as the family's files hold it.</summary>
    protected abstract LinearName Linear(string name);
}
