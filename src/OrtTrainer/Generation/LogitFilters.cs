using System.Numerics.Tensors;

namespace OrtTrainer.Generation;

/// <summary>
/// What is done with the logits of the next token before one is chosen, in the order of Hugging Face's transformers:
/// repetition, the fewest tokens, tokens that are forced, temperature, and the three ways to leave improbable tokens
/// out.
/// </summary>
internal static class LogitFilters
{
    /// <summary>What holds for search and draws alike.</summary>
    /// <param name="logits">[V], changed; a search gives the logarithms of probabilities.</param>
    /// <param name="written">The tokens so far, those that the text began with too.</param>
    /// <param name="newTokens">How many of them were written.</param>
    /// <param name="most">How many are written at most.</param>
    /// <param name="rules">What the model says.</param>
    /// <param name="options">What is asked for.</param>
    public static void Always(
        Span<float> logits, IReadOnlyList<int> written, int newTokens, int most, GenerationRules rules,
        GenerationOptions options)
    {
        if (options.RepetitionPenalty != 1)
        {
            float penalty = (float)options.RepetitionPenalty;
            foreach (int id in written.Distinct())
            {
                logits[id] = logits[id] < 0 ? logits[id] * penalty : logits[id] / penalty;
            }
        }

        RuleOutRepeatedRuns(logits, written, rules.RunLength);
        if (newTokens < options.MinNewTokens || written.Count < rules.MinLength)
        {
            foreach (int end in rules.Ends)
            {
                logits[end] = float.NegativeInfinity;
            }
        }

        if ((written.Count == 1 ? rules.First : newTokens == most - 1 ? rules.Last : null) is { } forced)
        {
            logits.Fill(float.NegativeInfinity);
            logits[forced] = 0;
        }
    }

    /// <summary>What holds for draws.</summary>
    /// <param name="logits">[V], changed.</param>
    /// <param name="options">What is asked for.</param>
    public static void ForDraws(Span<float> logits, GenerationOptions options)
    {
        if (options.Temperature != 1)
        {
            TensorPrimitives.Divide(logits, (float)options.Temperature, logits);
        }

        if (options.TopK > 0 && options.TopK < logits.Length)
        {
            float[] sorted = logits.ToArray();
            Array.Sort(sorted);
            KeepFrom(logits, sorted[^options.TopK]);
        }

        if (options.TopP < 1)
        {
            KeepTopP(logits, options.TopP);
        }

        if (options.MinP > 0)
        {
            KeepFrom(logits, TensorPrimitives.Max(logits) + (float)Math.Log(options.MinP));
        }
    }

    // Tokens that stood behind the last length - 1 before.
    private static void RuleOutRepeatedRuns(Span<float> logits, IReadOnlyList<int> written, int length)
    {
        int last = written.Count - length + 1;
        for (int start = 0; length > 0 && start < last; start++)
        {
            int same = 0;
            while (same < length - 1 && written[start + same] == written[last + same])
            {
                same++;
            }

            if (same == length - 1)
            {
                logits[written[start + same]] = float.NegativeInfinity;
            }
        }
    }

    // The fewest tokens, from the most probable down, whose probabilities reach the share.
    private static void KeepTopP(Span<float> logits, double share)
    {
        int[] order = new int[logits.Length];
        float[] sorted = logits.ToArray();
        for (int i = 0; i < order.Length; i++)
        {
            order[i] = i;
            sorted[i] = -sorted[i];
        }

        Array.Sort(sorted, order);
        double largest = -sorted[0], sum = 0, reached = 0;
        foreach (float value in sorted)
        {
            sum += Math.Exp(-value - largest);
        }

        int kept = 0;
        while (kept < order.Length && (kept == 0 || reached < share * sum))
        {
            reached += Math.Exp(-sorted[kept++] - largest);
        }

        for (int i = kept; i < order.Length; i++)
        {
            logits[order[i]] = float.NegativeInfinity;
        }
    }

    private static void KeepFrom(Span<float> logits, float least)
    {
        for (int i = 0; i < logits.Length; i++)
        {
            if (logits[i] < least)
            {
                logits[i] = float.NegativeInfinity;
            }
        }
    }
}
