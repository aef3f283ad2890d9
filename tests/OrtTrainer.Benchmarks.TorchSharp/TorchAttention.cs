using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace OrtTrainer.Benchmarks.TorchSharp;

/// <summary>One of PyTorch's ways to attend; the faster counts.</summary>
internal interface ITorchAttention
{
    /// <summary>What the result calls it.</summary>
    string Name { get; }

    /// <summary>Attends.</summary>
    /// <param name="query">[B, heads, S, d], as keys and values.</param>
    /// <param name="key">Keys.</param>
    /// <param name="value">Values.</param>
    /// <param name="mask">What is added to scores, [B, 1, 1, S].</param>
    /// <param name="dropout">The probability that a weight is dropped.</param>
    /// <returns>[B, heads, S, d].</returns>
    Tensor Attend(Tensor query, Tensor key, Tensor value, Tensor mask, double dropout);
}

/// <summary>PyTorch's fused operator.</summary>
internal sealed class FusedTorchAttention : ITorchAttention
{
    public string Name => "scaled_dot_product_attention";

    public Tensor Attend(Tensor query, Tensor key, Tensor value, Tensor mask, double dropout) =>
        functional.scaled_dot_product_attention(query, key, value, mask, dropout);
}

/// <summary>Two products with a softmax between them.</summary>
internal sealed class ExplicitTorchAttention : ITorchAttention
{
    public string Name => "explicit attention";

    public Tensor Attend(Tensor query, Tensor key, Tensor value, Tensor mask, double dropout)
    {
        Tensor scores = query.matmul(key.transpose(-2, -1)) / Math.Sqrt(query.shape[^1]);
        Tensor weights = functional.softmax(scores + mask, -1);
        return functional.dropout(weights, dropout, training: true).matmul(value);
    }
}
