using System.Text.Json.Nodes;
using OrtTrainer.Checkpoints;
using OrtTrainer.Graph;
using OrtTrainer.Models;
using OrtTrainer.Models.Building;
using OrtTrainer.Tests.Checkpoints;

namespace OrtTrainer.Tests.Models.Building;

/// <summary>
/// A decoder in miniature, to try what no encoder needs: causal attention, linear layers that lie as [in, out], one
/// tensor for queries, keys and values, and outputs tied to the embeddings.
/// </summary>
internal sealed class TinyDecoder(ModelConfig config) : Architecture(config)
{
    public const int Width = 8;
    public const int Vocabulary = 11;

    public override ModelShape Shape { get; } = new()
    {
        Layers = 2,
        Width = Width,
        Heads = 2,
        Inner = 12,
        Positions = 40,
        Vocabulary = Vocabulary,
    };

    public override string ClassPrefix => "Tiny";

    public override string BasePrefix => "tiny.";

    public override float TokenDropout => 0;

    protected override string LayersField => "n_layer";

    protected override IReadOnlyList<string> DropoutFields => [];

    public static TinyDecoder Make()
    {
        using TemporaryFolder folder = new();
        return new(ModelConfig.LoadFile(
            folder.Write("config.json", new JsonObject { ["model_type"] = "tiny" }.ToJsonString())));
    }

    public override string LayerPrefix(int layer) => $"tiny.h.{layer}.";

    public override Value SequenceHead(ModelBuilder m, long outputs, Value hidden) =>
        m.Linear("score", Width, outputs, m.FirstToken(hidden));

    protected override Value Embed(ModelBuilder m) => m.Graph.Add(
        m.Embedding("tiny.wte", Vocabulary, Width, m.InputIds),
        m.Embedding("tiny.wpe", Shape.Positions, Width, m.PositionIds(0)));

    protected override Value Layer(ModelBuilder m, string prefix, Value x)
    {
        Value normed = m.LayerNorm(prefix + "ln_1", Width, 1e-5f, x);
        Value attended = m.SelfAttention(
            new(Part(prefix, "q", 0), Part(prefix, "k", 1), Part(prefix, "v", 2)), Shape, AttentionMask.Causal, 0,
            normed);
        x = m.Graph.Add(x, m.Linear(InputsFirst(prefix + "c_proj"), Width, Width, attended));
        Value fed = m.Activation("gelu", m.Linear(InputsFirst(prefix + "c_fc"), Width, Shape.Inner, x));
        return m.Graph.Add(x, m.Linear(InputsFirst(prefix + "c_out"), Shape.Inner, Width, fed));
    }

    protected override void RequireSupported()
    {
    }

    private static LinearName InputsFirst(string name) => new(name) { InputsFirst = true };

    private static LinearName Part(string prefix, string name, int part) => new(prefix + name)
    {
        InputsFirst = true,
        Stack = prefix + "c_attn",
        FirstRow = part * Width,
        StackRows = 3 * Width,
    };

    /// <summary>A row of scores over the vocabulary per token, by the embeddings themselves.</summary>
    public sealed class TiedHead() : ModelHead(Vocabulary)
    {
        public override OutputRows Rows => OutputRows.PerToken;

        public override string ClassSuffix => "ForCausalLM";

        public override Value Build(ModelBuilder m, Architecture architecture, Value hidden) =>
            m.Map("tiny.wte", Width, Vocabulary, hidden);
    }
}
