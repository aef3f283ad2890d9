namespace OrtTrainer.Tests.Models.Plain;

/// <summary>
/// MPNet (Song et al., 2020): RoBERTa without segments, whose layers share a bias on their scores by distance in
/// buckets.
/// </summary>
internal sealed class PlainMPNet(PlainShape shape, Func<string, int, int, double[,]> weights)
    : PlainBert(shape, weights)
{
    private const int Buckets = 32;

    public override int PaddingId => 1;

    protected override string Family => "mpnet";

    protected override int FirstPosition => 2;

    protected override string MoreFields => $"\"relative_attention_num_buckets\": {Buckets}, ";

    protected override Tensor Embed(int[] ids, int[] types)
    {
        const string Prefix = "mpnet.embeddings.";
        int[] positions = [.. Enumerable.Range(FirstPosition, ids.Length)];
        return LayerNorm(Prefix + "LayerNorm", Tape.Add(
            Embedding(Prefix + "word_embeddings", Shape.Vocabulary, ids),
            Embedding(Prefix + "position_embeddings", FirstPosition + Shape.Positions, positions)));
    }

    protected override Tensor Layer(int layer, Tensor x)
    {
        string prefix = $"mpnet.encoder.layer.{layer}.";
        string self = prefix + "attention.attn.";
        Tensor attended = Linear(self + "o", Shape.Width, Shape.Width,
            Attention(self + "q", self + "k", self + "v", x, Bias));
        x = LayerNorm(prefix + "attention.LayerNorm", Tape.Add(attended, x));
        Tensor inner = Activation(Linear(prefix + "intermediate.dense", Shape.Width, Shape.Inner, x));
        Tensor fed = Linear(prefix + "output.dense", Shape.Inner, Shape.Width, inner);
        return LayerNorm(prefix + "output.LayerNorm", Tape.Add(fed, x));
    }

    protected override Tensor MaskedHead(Tensor state) =>
        MaskedHead(Family, "lm_head.dense", "lm_head.layer_norm", "lm_head", state, Gelu);

    protected override Tensor Head(Tensor first)
    {
        Tensor x = Tanh(Linear("classifier.dense", Shape.Width, Shape.Width, first));
        return Linear("classifier.out_proj", Shape.Width, Shape.Outputs, x);
    }

    /// <summary>Adds the bias of a head to its scores.</summary>
    private Tensor Bias(int head, Tensor scores)
    {
        Tensor table = Table("mpnet.encoder.relative_attention_bias", Buckets, Shape.Heads);
        return Tape.AddPicked(scores, table, (query, key) => (Bucket(key - query), head));
    }

    /// <summary>
    /// Distances up to 7 have a bucket each; from 8 on, one goes until the distance has grown by √2, and the last, from
    /// 91 on, without end. Keys after the query have buckets of their own.
    /// </summary>
    public static int Bucket(int distance)
    {
        int away = Math.Abs(distance), bucket = away;
        if (away >= 8)
        {
            // 8 √2^k for k from 1 to 7, in whole tokens.
            int[] starts = [12, 16, 23, 32, 46, 64, 91];
            bucket = 8 + starts.Count(start => away >= start);
        }

        return bucket + (distance > 0 ? 16 : 0);
    }
}
