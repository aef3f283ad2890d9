using OrtTrainer.Server.Batching;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tests.Server;

public sealed class BatchFormerTests
{
    [Test]
    public void Without_padding_texts_run_in_their_turn_as_long_as_they_fit() =>
        Assert.That(new BatchFormer(20, IsPadded: false).Choose(Texts(8, 3, 7, 5, 1)), Is.EqualTo(new[] { 0, 1, 2 }));

    [Test]
    public void With_padding_those_of_the_length_of_the_first_run_with_it() =>
        Assert.That(new BatchFormer(32, IsPadded: true).Choose(Texts(8, 50, 7, 2, 8, 50)),
            Is.EqualTo(new[] { 0, 4, 2, 3 }));

    [Test]
    public void Padding_counts() =>
        Assert.That(new BatchFormer(31, IsPadded: true).Choose(Texts(8, 1, 1, 1)), Is.EqualTo(new[] { 0, 1, 2 }));

    [TestCase(true)]
    [TestCase(false)]
    public void A_text_of_more_tokens_than_run_at_once_runs_alone(bool padded) =>
        Assert.That(new BatchFormer(4, padded).Choose(Texts(9, 1)), Is.EqualTo(new[] { 0 }));

    internal static PendingText[] Texts(params int[] lengths) =>
        [.. lengths.SelectMany(length => Request(length).Texts)];

    internal static PendingRequest Request(params int[] lengths) =>
        new([.. lengths.Select(IReadOnlyList<TokenizedExample> (length) =>
            [new TokenizedExample(new int[length], new int[length])])]);
}
