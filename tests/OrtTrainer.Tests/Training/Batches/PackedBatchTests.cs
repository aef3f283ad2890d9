using OrtTrainer.Data;
using OrtTrainer.Methods;
using OrtTrainer.Training;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Tests.Training.Batches;

public sealed class PackedBatchTests
{
    private static readonly TokenizedExample[] Examples =
    [
        new([5, 6, 7], [0, 0, 1]),
        new([8], [0]),
        new([9, 10], [0, 1]),
    ];

    private static readonly float[] Labels = [1, 0, 0, 1, 0.5f, 0.5f];

    [Test]
    public void Sequences_lie_end_to_end_in_the_order_asked_for()
    {
        PackedBatch batch = new();

        batch.Fill(Examples, [2, 0], Objective());

        Assert.That(batch.InputIds.ToArray(), Is.EqualTo(new long[] { 9, 10, 5, 6, 7 }));
        Assert.That(batch.Offsets.ToArray(), Is.EqualTo(new long[] { 0, 2, 5 }));
        Assert.That(batch.Targets.ToArray(), Is.EqualTo(new[] { 0.5f, 0.5f, 1, 0 }));
        Assert.That((batch.Sequences, batch.Tokens, batch.Outputs), Is.EqualTo((2, 5, 2)));
    }

    [Test]
    public void A_batch_that_grows_and_shrinks_shows_only_its_own_examples()
    {
        PackedBatch batch = new();
        foreach (int[] indices in new int[][] { [1], [0, 1, 2], [1], [2, 2, 2, 2], [0] })
        {
            batch.Fill(Examples, indices, Objective());

            Assert.That(batch.InputIds.ToArray(), Is.EqualTo(indices.SelectMany(i => Examples[i].InputIds)));
            Assert.That(batch.Targets.ToArray(), Is.EqualTo(indices.SelectMany(i => Labels[(2 * i)..(2 * (i + 1))])));
            Assert.That(batch.Offsets.Length, Is.EqualTo(indices.Length + 1));
            Assert.That(batch.Offsets[^1], Is.EqualTo(batch.Tokens));
        }
    }

    [Test]
    public void A_twofold_batch_holds_every_example_twice()
    {
        PackedBatch batch = new();

        batch.Fill(Examples, [1, 0], Objective(new SymmetricDivergence(1)));

        Assert.That(batch.InputIds.ToArray(), Is.EqualTo(new long[] { 8, 5, 6, 7, 8, 5, 6, 7 }));
        Assert.That(batch.Offsets.ToArray(), Is.EqualTo(new long[] { 0, 1, 4, 5, 8 }));
        Assert.That(batch.Targets.ToArray(), Is.EqualTo(new float[] { 0, 1, 1, 0, 0, 1, 1, 0 }));
    }

    [Test]
    public void Tokens_have_rows_of_their_own_and_ignored_ones_no_weight()
    {
        const int ignored = CategoricalTargets.Ignored;
        TokenTargets targets = TokenTargets.Of([[ignored, 1, 0], [0], [1, ignored]], classes: 2);
        TrainingObjective objective = new(OutputDistribution.Categorical, new ExampleTargets(targets));
        PackedBatch batch = new();

        batch.Fill(Examples, [2, 0], objective);

        Assert.That((batch.Sequences, batch.Tokens, batch.Rows), Is.EqualTo((2, 5, 5)));
        Assert.That(batch.Targets.ToArray(), Is.EqualTo(new float[] { 0, 1, 0, 0, 0, 0, 0, 1, 1, 0 }));
        Assert.That(objective.MeanScale([2, 0]), Is.EqualTo(1 / 3f), "three tokens count");
    }

    [Test]
    public void A_batch_whose_rows_are_all_ignored_has_no_loss()
    {
        const int ignored = CategoricalTargets.Ignored;
        TokenTargets targets = TokenTargets.Of([[ignored, ignored], [0]], classes: 2);
        TrainingObjective objective = new(OutputDistribution.Categorical, new ExampleTargets(targets));

        Assert.That(objective.MeanScale([0]), Is.Zero);
        Assert.That(objective.MeanScale([0, 1]), Is.EqualTo(1));
    }

    [Test]
    public void What_a_decoder_takes_is_a_list_of_its_own_all_of_which_have_outputs()
    {
        TokenizedExample[] examples =
        [
            new([5, 6, 7], [0, 0, 0]) { DecoderIds = [1, 2] },
            new([8], [0]) { DecoderIds = [1, 3, 4, 9] },
        ];
        PackedBatch batch = new();

        batch.Fill(examples, [1, 0, 1]);

        Assert.That(batch.InputIds.ToArray(), Is.EqualTo(new long[] { 8, 5, 6, 7, 8 }));
        Assert.That(batch.DecoderIds.ToArray(), Is.EqualTo(new long[] { 1, 3, 4, 9, 1, 2, 1, 3, 4, 9 }));
        Assert.That(batch.DecoderOffsets.ToArray(), Is.EqualTo(new long[] { 0, 4, 6, 10 }));
        Assert.That(batch.OutputOffsets.ToArray(), Is.EqualTo(new[] { 0, 4, 6, 10 }));
    }

    [Test]
    public void Examples_without_targets_have_no_outputs()
    {
        PackedBatch batch = new();

        batch.Fill([new TokenizedExample([1, 2], [0, 0])], [0]);

        Assert.That(batch.Outputs, Is.Zero);
        Assert.That(batch.Targets.Length, Is.Zero);
    }

    private static TrainingObjective Objective(params LossTerm[] terms) =>
        new(
            OutputDistribution.Categorical,
            new ExampleTargets(new ClassTargets([0, 1, 0], 2)) { Labels = Labels },
            terms);
}
