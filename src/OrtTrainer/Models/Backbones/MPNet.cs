using System.Globalization;
using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Graph;
using OrtTrainer.Models.Building;

namespace OrtTrainer.Models.Backbones;

/// <summary>
/// MPNet (Song et al., 2020): RoBERTa without embeddings of segments, and with a bias on the scores by the distance of
/// tokens, one for all layers.
/// </summary>
internal sealed class MPNet(ModelConfig config)
    : PostNormEncoder(config, new()
    {
        FirstPosition = FirstPositionAfter(PaddingId, config),
        HasTokenTypes = false,
        TakesTokenTypes = false,
        HeadDropoutField = null,
        Bias = new("mpnet.encoder.relative_attention_bias", Buckets, Furthest: 128),
        Names = new()
        {
            Query = "attention.attn.q",
            Key = "attention.attn.k",
            Value = "attention.attn.v",
            Attended = "attention.attn.o",
            AttentionNorm = "attention.LayerNorm",
        },
    })
{
    private const string BucketsName = "relative_attention_num_buckets";

    // Hugging Face's implementation fixes both, whatever config.json says.
    private const int Buckets = 32;
    private const int PaddingId = 1;

    public override string ClassPrefix => "MPNet";

    public override string BasePrefix => "mpnet.";

    public override Value SequenceHead(ModelBuilder m, long outputs, Value hidden) =>
        DenseHead(m, outputs, hidden, "tanh");

    public override Value MaskedTokenHead(ModelBuilder m, Value hidden) => RobertaMaskedTokenHead(m, hidden);

    protected override void RequireSupported()
    {
        base.RequireSupported();
        int buckets = Config.GetInt(BucketsName, Buckets);
        if (buckets != Buckets)
        {
            throw new RunException(string.Create(CultureInfo.InvariantCulture,
                $"{Config.Path}: {BucketsName} is {buckets}, which is not supported; supported is {Buckets}. ") +
                "Take another model; the same weights would compute something else.");
        }
    }
}
