using OrtTrainer.Models;

namespace OrtTrainer.Tasks.QuestionAnswering;

/// <summary>
/// The best answers that windows of one context give: of all spans of tokens of the context up to the greatest length,
/// those whose first token's start logit and last token's end logit add up to most. The same part of the context in two
/// windows counts once, by its better score.
/// </summary>
/// <param name="most">How many are kept, 1 or more.</param>
internal sealed class SpanSearch(int most)
{
    /// <summary>The most tokens of an answer, as in Hugging Face's example for question answering.</summary>
    public const int LongestAnswer = 30;

    private readonly List<SpanCandidate> _best = new(most + 1);

    /// <summary>The best so far, best first; of equal ones the earlier in the context.</summary>
    public IReadOnlyList<SpanCandidate> Best => _best;

    /// <summary>The logits of [CLS] as first and last token, added: the least of all windows, for each says of its own
    /// part that the answer is not in it. Infinite before any.</summary>
    public double NoAnswer { get; private set; } = double.PositiveInfinity;

    /// <summary>Takes in the logits of a window.</summary>
    /// <param name="window">The window.</param>
    /// <param name="logits">Start and end of every token, [tokens, 2].</param>
    /// <exception cref="ArgumentException">There are not two logits per token.</exception>
    public void Add(ContextWindow window, ReadOnlySpan<float> logits)
    {
        if (logits.Length != 2 * window.InputIds.Length)
        {
            throw new ArgumentException(
                $"There are {logits.Length} logits for {window.InputIds.Length} tokens; expected two per token, "
                + $"{SpanHead.StartLogits} and {SpanHead.EndLogits}.", nameof(logits));
        }

        const int none = 2 * ContextWindow.NoAnswer;
        NoAnswer = Math.Min(NoAnswer, (double)logits[none] + logits[none + 1]);
        for (int start = 0; start < window.Places.Length; start++)
        {
            int last = Math.Min(window.Places.Length, start + LongestAnswer);
            for (int end = start; end < last; end++)
            {
                double score = (double)logits[2 * (window.First + start)] + logits[(2 * (window.First + end)) + 1];
                if (_best.Count < most || score >= _best[^1].Score)
                {
                    Insert(new(new(window.Places[start].Start, window.Places[end].End), score));
                }
            }
        }
    }

    private void Insert(SpanCandidate candidate)
    {
        int same = _best.FindIndex(other => other.Place == candidate.Place);
        if (same >= 0)
        {
            if (_best[same].Score >= candidate.Score)
            {
                return;
            }

            _best.RemoveAt(same);
        }

        int at = _best.FindIndex(other => IsBefore(candidate, other));
        _best.Insert(at < 0 ? _best.Count : at, candidate);
        if (_best.Count > most)
        {
            _best.RemoveAt(most);
        }
    }

    private static bool IsBefore(SpanCandidate one, SpanCandidate other) => one.Score != other.Score
        ? one.Score > other.Score
        : one.Place.Start != other.Place.Start ? one.Place.Start < other.Place.Start : one.Place.End < other.Place.End;
}
