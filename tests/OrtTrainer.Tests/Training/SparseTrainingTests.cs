using System.Runtime.InteropServices;
using OrtTrainer.Methods;
using OrtTrainer.Runtime;
using OrtTrainer.Tests.Tasks;
using OrtTrainer.Tests.Runtime.Updates;
using OrtTrainer.Training;
using OrtTrainer.Training.Averaging;

namespace OrtTrainer.Tests.Training;

/// <summary>Training with the updates of unread words put off, against the same with nothing put off.</summary>
public sealed class SparseTrainingTests
{
    private const int Words = 400;
    private const int Steps = 150;

    [TestCase(1, null)]
    [TestCase(1, 4)]
    [TestCase(2, 1)]
    public void Every_bit_is_that_of_dense_passes(int accumulation, int? averageEvery) =>
        Compare(accumulation, averageEvery, (source, _) => source);

    [Test]
    public void With_gradients_from_uphill_too() => Compare(1, 2, (source, tiny) => new SharpnessAwareGradients(
        source, tiny.Updates.CreateAscent(tiny.State.Layout, rho: 0.05, eta: null), tiny.State));

    [Test]
    public void With_mixed_weights_too() => Compare(1, 2, (source, tiny) => new MixedGradients(
        source, tiny.Updates.CreateMix(tiny.State.Layout, tiny.State.Parameters, 0.2, _ => true), tiny.State, seed: 5));

    [Test]
    public void A_step_leaves_words_behind_that_it_does_not_read()
    {
        using TinyTraining tiny = new(words: Words);
        using Trainer trainer = tiny.Trainer(tiny.Options(2), rate: 0.1);
        WeightBuffer raw = tiny.State.Parameters;
        float[] before = raw.ToArray();

        trainer.Step();

        WeightSegment words = tiny.State.Layout.Segments.Single(s => s.IsSparse);
        int stayed = Same(raw, before, words);
        _ = tiny.State.Parameters;
        Assert.That(stayed, Is.GreaterThan(words.Length * 3 / 4));
        Assert.That(Same(raw, before, words), Is.Zero, "weight decay moves every word");
    }

    private static int Same(WeightBuffer weights, float[] before, WeightSegment segment) =>
        weights.Read(segment.Offset, segment.Length)
            .Where((value, i) => before[segment.Offset + i] != 0 && value == before[segment.Offset + i]).Count();

    private static void Compare(
        int accumulation, int? averageEvery, Func<GradientAccumulator, TinyTraining, IGradientSource> wrap)
    {
        foreach (int[] evaluations in new int[][] { [], [1, 60, 61, 140] })
        {
            float[] expected = Train(putsOff: false, accumulation, averageEvery, wrap, evaluations);
            float[] found = Train(putsOff: true, accumulation, averageEvery, wrap, evaluations);
            Assert.That(
                MemoryMarshal.Cast<float, int>(found).SequenceEqual(MemoryMarshal.Cast<float, int>(expected)),
                Is.True, $"{evaluations.Length} evaluations");
        }
    }

    private static float[] Train(
        bool putsOff, int accumulation, int? averageEvery,
        Func<GradientAccumulator, TinyTraining, IGradientSource> wrap, int[] evaluations)
    {
        using TinyTraining tiny = new(dropout: true, new EqualShares(), words: Words, putsOff: putsOff);
        TrainerOptions options = tiny.Options(2, accumulation, clip: 1);
        AveragingPlan? plan = averageEvery is null ? null : new()
        {
            TotalSteps = Steps, StartFraction = 0.2, Interval = averageEvery.Value,
        };
        using Trainer trainer = tiny.Trainer(options, wrap(tiny.Batches(options), tiny), plan, rate: 5e-3);
        using EvaluationSession evaluation = tiny.Evaluation();
        List<float> outputs = [];
        for (int step = 1; step <= Steps; step++)
        {
            outputs.Add(trainer.Step().Loss);
            if (evaluations.Contains(step))
            {
                outputs.AddRange(evaluation.Logits(tiny.State.Parameters, tiny.Examples, TinyTraining.Outputs));
            }
        }

        return
        [
            .. outputs, .. tiny.State.Parameters.ToArray(), .. tiny.State.Average!.Buffer.ToArray(),
            .. tiny.State.Optimizer.States.SelectMany(state => state.Values.ToArray()),
        ];
    }
}
