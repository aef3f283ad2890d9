using System.Numerics.Tensors;
using OrtTrainer.Randomness;

namespace OrtTrainer.Generation;

/// <summary>Chooses the next token of one text: the most probable, or by a draw that depends on the seed and the
/// text's number alone.</summary>
internal sealed class TokenChoice(GenerationOptions options, int text)
{
    private readonly SeededRandom _random =
        SeededRandom.For((ulong)options.Seed, FormattableString.Invariant($"tokens of text {text}"));

    /// <param name="logits">[V], filtered for what always holds; changed.</param>
    public int Next(Span<float> logits)
    {
        if (!options.Samples)
        {
            return TensorPrimitives.IndexOfMax<float>(logits);
        }

        LogitFilters.ForDraws(logits, options);
        double largest = TensorPrimitives.Max<float>(logits), sum = 0;
        foreach (float value in logits)
        {
            sum += Math.Exp(value - largest);
        }

        double drawn = _random.NextDouble() * sum;
        int last = 0;
        for (int id = 0; id < logits.Length; id++)
        {
            double weight = Math.Exp(logits[id] - largest);
            if (weight > 0)
            {
                last = id;
                drawn -= weight;
                if (drawn < 0)
                {
                    break;
                }
            }
        }

        return last;
    }
}
