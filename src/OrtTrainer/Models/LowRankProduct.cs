using System.Numerics.Tensors;

namespace OrtTrainer.Models;

/// <summary>The change that a low-rank adapter makes of a matrix (Hu et al. 2021, LoRA).</summary>
internal static class LowRankProduct
{
    /// <summary>W + scale · B·A, in place of W; each row by itself, so that rows of W and B may be some of
    /// all.</summary>
    /// <param name="weights">W, [rows, in].</param>
    /// <param name="down">A, [rank, in].</param>
    /// <param name="up">B, [rows, rank].</param>
    /// <param name="rank">1 or more.</param>
    /// <param name="scale">What the product is multiplied with.</param>
    public static void AddTo(
        Span<float> weights, ReadOnlySpan<float> down, ReadOnlySpan<float> up, int rank, float scale)
    {
        int inputs = down.Length / rank;
        float[] change = new float[inputs];
        for (int row = 0; row * inputs < weights.Length; row++)
        {
            change.AsSpan().Clear();
            for (int k = 0; k < rank; k++)
            {
                TensorPrimitives.MultiplyAdd(down.Slice(k * inputs, inputs), up[(row * rank) + k], change, change);
            }

            Span<float> values = weights.Slice(row * inputs, inputs);
            TensorPrimitives.MultiplyAdd(change, scale, values, values);
        }
    }
}
