using OrtTrainer.Tasks.QuestionAnswering;
using OrtTrainer.Tests.Runtime;
using OrtTrainer.Text;

namespace OrtTrainer.Tests.Tasks.QuestionAnswering;

public sealed class SpanSearchTests
{
    private const int First = 3;

    [TestCase(1, 40)]
    [TestCase(20, 40)]
    [TestCase(20, 3)]
    [TestCase(20, 0)]
    public void The_best_are_those_of_all_spans_tried_one_by_one(int most, int tokens)
    {
        ContextWindow one = Window(0, tokens), two = Window(tokens / 2, tokens);
        float[] a = Reference.Random(1, 2 * one.InputIds.Length), b = Reference.Random(2, 2 * two.InputIds.Length);
        SpanSearch search = new(most);
        search.Add(one, a);
        search.Add(two, b);

        Dictionary<TextRange, double> all = [];
        foreach ((ContextWindow window, float[] logits) in new[] { (one, a), (two, b) })
        {
            for (int start = 0; start < tokens; start++)
            {
                for (int end = start; end < tokens && end - start < 30; end++)
                {
                    TextRange place = new(window.Places[start].Start, window.Places[end].End);
                    double score = (double)logits[2 * (First + start)] + logits[(2 * (First + end)) + 1];
                    all[place] = Math.Max(score, all.GetValueOrDefault(place, double.NegativeInfinity));
                }
            }
        }

        Assert.That(search.Best.Select(candidate => (candidate.Place, candidate.Score)),
            Is.EqualTo(all.OrderByDescending(span => span.Value).Take(most).Select(span => (span.Key, span.Value))));
        Assert.That(search.NoAnswer, Is.EqualTo(Math.Min((double)a[0] + a[1], (double)b[0] + b[1])));
    }

    [Test]
    public void Question_and_special_tokens_are_no_answer()
    {
        ContextWindow window = Window(0, 2);
        float[] logits = [9, 9, 9, 9, 9, 9, 0, 0, 0, 0, 9, 9];
        SpanSearch search = new(5);
        search.Add(window, logits);

        Assert.That(search.Best.Select(candidate => candidate.Place), Is.EqualTo(new[]
        {
            new TextRange(0, 1), new TextRange(0, 3), new TextRange(2, 3),
        }));
        Assert.That(() => search.Add(window, new float[11]), Throws.ArgumentException.With.Message.StartsWith(
            "There are 11 logits for 6 tokens; expected two per token, start_logits and end_logits."));
    }

    // [CLS] question [SEP] context [SEP], a letter per token of the context.
    private static ContextWindow Window(int firstLetter, int tokens) => new(
        new int[First + tokens + 1], new int[First + tokens + 1], new QuestionExample("", "", null, null, 0), First,
        [.. Enumerable.Range(firstLetter, tokens).Select(letter => new TextRange(2 * letter, (2 * letter) + 1))]);
}
