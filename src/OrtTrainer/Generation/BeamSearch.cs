using System.Numerics.Tensors;
using OrtTrainer.Tasks.TokenPrediction;

namespace OrtTrainer.Generation;

/// <summary>
/// Follows several texts of one prompt at a time and gives the one with the best score: the sum of its tokens'
/// log-probabilities over their number to a power, as transformers' vectorized search has it. The token that ends a
/// text counts.
/// </summary>
/// <param name="decoder">Reads the texts.</param>
/// <param name="options">What is asked for.</param>
/// <param name="rules">What the model says.</param>
/// <param name="vocabulary">V.</param>
internal sealed class BeamSearch(
    CachedDecoder decoder, GenerationOptions options, GenerationRules rules, int vocabulary)
{
    private sealed record Beam(int[] Ids, double Score);

    /// <summary>The best text behind a prompt: its tokens, and whether one that ends texts came behind them.</summary>
    /// <param name="prompt">Token ids.</param>
    /// <param name="begun">The tokens that the text begins with: the prompt, or what a decoder beside an encoder
    /// begins with.</param>
    /// <param name="padId">Never seen, as rows are of one length.</param>
    /// <param name="most">The most tokens that are written.</param>
    /// <param name="cancellation">Stops between two tokens.</param>
    public (int[] Ids, bool Ended) Run(
        int[] prompt, int[] begun, long padId, int most, CancellationToken cancellation)
    {
        int width = options.Beams;
        List<Beam> running = [new([], 0)];
        List<Beam> ended = [];
        float[] logits = decoder.Start([prompt], padId);
        for (int length = 1; length <= most; length++)
        {
            cancellation.ThrowIfCancellationRequested();
            List<(double Score, int Beam, int Id)> best = Best(begun, running, logits, 2 * width, most);
            List<(double Score, int Beam, int Id)> going = [];
            for (int rank = 0; rank < best.Count; rank++)
            {
                (double score, int beam, int id) = best[rank];
                if (!rules.Ends.Contains(id))
                {
                    going.Add(best[rank]);
                }
                else if (rank < width)
                {
                    ended.Add(new(running[beam].Ids, score / Math.Pow(length, options.LengthPenalty)));
                }
            }

            going = going[..Math.Min(width, going.Count)];
            ended = [.. ended.OrderByDescending(beam => beam.Score).Take(width)];
            List<Beam> next = [.. going.Select(g => new Beam([.. running[g.Beam].Ids, g.Id], g.Score))];
            if (next.Count == 0 || IsOver(next, ended, length))
            {
                running = next;
                break;
            }

            decoder.Reorder([.. going.Select(g => g.Beam)]);
            running = next;
            if (length < most)
            {
                logits = decoder.Next([.. going.Select(g => g.Id)]);
            }
        }

        return ended.Count > 0 ? (ended[0].Ids, true) : (running[0].Ids, false);
    }

    private bool IsOver(List<Beam> next, List<Beam> ended, int length)
    {
        if (ended.Count < options.Beams)
        {
            return false;
        }

        double possible = next[0].Score / Math.Pow(length, options.LengthPenalty);
        return options.StopsEarly || possible <= ended[^1].Score;
    }

    /// <summary>The best continuations, best first.</summary>
    private List<(double Score, int Beam, int Id)> Best(
        int[] begun, List<Beam> running, float[] logits, int count, int most)
    {
        PriorityQueue<(double Score, int Beam, int Id), double> best = new();
        for (int beam = 0; beam < running.Count; beam++)
        {
            Span<float> row = logits.AsSpan(beam * vocabulary, vocabulary);
            int[] ids = running[beam].Ids;
            double sum = PredictedTokenAccumulator.LogSum(row);
            TensorPrimitives.Subtract(row, (float)sum, row);
            LogitFilters.Always(row, [.. begun, .. ids], ids.Length, most, rules, options);
            for (int id = 0; id < vocabulary; id++)
            {
                double score = running[beam].Score + row[id];
                if (double.IsNegativeInfinity(score))
                {
                    continue;
                }

                if (best.Count < count)
                {
                    best.Enqueue((score, beam, id), score);
                }
                else if (best.TryPeek(out _, out double least) && score > least)
                {
                    _ = best.DequeueEnqueue((score, beam, id), score);
                }
            }
        }

        List<(double Score, int Beam, int Id)> sorted = [];
        while (best.TryDequeue(out (double Score, int Beam, int Id) one, out _))
        {
            sorted.Add(one);
        }

        sorted.Reverse();
        return sorted;
    }
}
