namespace OrtTrainer.Tasks;

/// <summary>From logits to probabilities.</summary>
internal static class Probabilities
{
    /// <summary>
    /// exp(x - max) / sum, in double precision: large logits neither overflow nor lose the small ones.
    /// </summary>
    public static float[] Softmax(ReadOnlySpan<float> logits)
    {
        double max = double.NegativeInfinity;
        foreach (float logit in logits)
        {
            max = Math.Max(max, logit);
        }

        double sum = 0;
        foreach (float logit in logits)
        {
            sum += Math.Exp(logit - max);
        }

        return Array.ConvertAll(logits.ToArray(), logit => (float)(Math.Exp(logit - max) / sum));
    }

    /// <summary>1 / (1 + exp(-x)) of each.</summary>
    public static float[] Sigmoid(ReadOnlySpan<float> logits) =>
        Array.ConvertAll(logits.ToArray(), logit => (float)(1 / (1 + Math.Exp(-logit))));
}
