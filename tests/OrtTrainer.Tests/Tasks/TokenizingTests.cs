using OrtTrainer.Data;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.Classification;
using OrtTrainer.Text;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tests.Tasks;

/// <summary>A data set as tokens.</summary>
public sealed class TokenizingTests
{
    private const int Rows = 5000;

    [TestCase(1)]
    [TestCase(2)]
    public void Rows_keep_their_order_and_are_cut_to_the_length(int threads)
    {
        EncodedDataset encoded = Encode(new Letters(_ => { }), threads, default);

        Assert.That(encoded.Inputs.Select(example => example.InputIds.Length),
            Is.EqualTo(Enumerable.Range(0, Rows).Select(row => Math.Min((row % 7) + 1, 5))));
        Assert.That(encoded.Inputs.Select(example => example.FullLength),
            Is.EqualTo(Enumerable.Range(0, Rows).Select(row => (row % 7) + 1)));
    }

    [TestCase(1)]
    [TestCase(2)]
    public void A_cancellation_ends_it_within_a_row_per_thread(int threads)
    {
        using CancellationTokenSource source = new();
        Letters tokenizer = new(calls =>
        {
            if (calls == 10)
            {
                source.Cancel();
            }
        });

        Assert.That(() => Encode(tokenizer, threads, source.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(tokenizer.Calls, Is.InRange(10, 10 + (2 * threads)));
    }

    [Test]
    public void What_is_cancelled_already_does_not_begin()
    {
        Letters tokenizer = new(_ => { });

        Assert.That(
            () => Encode(tokenizer, 1, new CancellationToken(canceled: true)),
            Throws.InstanceOf<OperationCanceledException>());
        Assert.That(tokenizer.Calls, Is.Zero);
    }

    private static EncodedDataset Encode(Letters tokenizer, int threads, CancellationToken cancellation)
    {
        Example[] examples =
            [.. Enumerable.Range(0, Rows).Select(row => new Example(new string('x', (row % 7) + 1), null, "a", row))];
        Dataset data = ClassificationTask.Instance.Label("f", examples, LabelMap.OfData(["a", "b"]));
        return ClassificationTask.Instance.Encode(data, tokenizer, maxLength: 5, threads, cancellation);
    }

    /// <summary>An id per letter.</summary>
    private sealed class Letters(Action<int> called) : ITextEncoder
    {
        private int _calls;

        public int Calls => _calls;

        public int? VocabularySize => null;

        public TokenIds EncodeIds(string text, string? pair = null, EncodeOptions? options = null)
        {
            called(Interlocked.Increment(ref _calls));
            int[] ids = [.. text.Take(options?.MaxLength ?? int.MaxValue).Select(letter => (int)letter)];
            return new TokenIds(ids, new int[ids.Length]);
        }
    }
}
