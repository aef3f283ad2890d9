using System.Runtime.InteropServices;
using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Updates;

namespace OrtTrainer.Tests.Runtime.Updates;

/// <summary>
/// Updates of rows that are put off must never show in the bits: the passes that leave nothing out are the oracle, at
/// every step for what the step reads, and for everything whenever everything is asked for.
/// </summary>
public class PutOffStepsTests
{
    private const int Steps = 300;

    private static readonly WeightLayout Dense = new(
    [
        .. WeightLayout.Pack(
        [
            ("words", [200, 384], true), ("pieces", [90, 48], false), ("matrix", [40, 128], true),
            ("bias", [40], false),
        ]).Segments.Select(s => s with { RateScale = s.Name is "pieces" or "bias" ? 0.5 : 1 }),
    ]);

    private static readonly WeightLayout Sparse = new(
        [.. Dense.Segments.Select(s => s with { IsSparse = s.Name is "words" or "pieces" })]);

    public static IEnumerable<TestCaseData> Optimizers()
    {
        static TestCaseData Case(string name, OptimizerOptions options) =>
            new TestCaseData(options).SetArgDisplayNames(name);
        AdamWOptions adam = new() { WeightDecay = 0.1 };
        yield return Case("AdamW", adam);
        yield return Case("Adam", adam with { WeightDecay = 0 });
        yield return Case("Adam with L2", adam with { DecoupledDecay = false });
        yield return Case("quick AdamW", adam with { Beta1 = 0.5, Beta2 = 0.8, Epsilon = 1e-3 });
        yield return Case("SGD", new SgdOptions { WeightDecay = 0.1 });
        yield return Case("momentum", new SgdOptions { Momentum = 0.9, Nesterov = true });
        yield return Case("Adafactor", new AdafactorOptions());
    }

    [TestCaseSource(nameof(Optimizers))]
    public void Weights_state_and_average_have_the_bits_of_dense_passes(OptimizerOptions options)
    {
        for (int threads = 1; threads <= 3; threads++)
        {
            Compare(options, threads, seed: threads, averageEvery: threads, interruptions: 0.03);
        }
    }

    [Test]
    public void Without_interruption_the_kept_steps_run_full_and_are_done_in_time() =>
        Compare(new AdamWOptions(), threads: 2, seed: 9, averageEvery: 1, interruptions: 0);

    [Test]
    public void Without_an_average_too() =>
        Compare(new AdamWOptions { WeightDecay = 0.01 }, threads: 2, seed: 10, averageEvery: null, interruptions: 0.01);

    [Test]
    public void Rows_that_are_not_read_stay_behind_until_they_are_asked_for()
    {
        using WeightUpdates updates = Device.Default.CreateUpdates(1);
        using Optimizer optimizer = updates.CreateAdamW(Sparse, new AdamWOptions { WeightDecay = 0.5 });
        using WeightBuffer weights = ArrayPasses.Buffer([.. Enumerable.Repeat(64f, Sparse.Length)]);
        using WeightBuffer gradients = new(Device.Default, Sparse.Length);
        optimizer.Step(new StepInputs
        {
            Parameters = weights, Gradients = gradients, NonZeroGradients = new(Sparse), LearningRate = 0.25,
        });
        Assert.That(weights.Read(0, Sparse.Segments[0].Length), Is.All.EqualTo(64f));
        Assert.That(weights.Read(Sparse.Segments[2].Offset, 40 * 128), Is.All.EqualTo(56f));

        optimizer.BringUpToDate(Sparse.Segments[0], [3, 1, 3]);

        Assert.That(weights.Read(0, 200 * 384).Chunk(384).Select((row, i) => (Row: i, Value: row.Distinct().Single()))
            .Where(row => row.Value == 56f).Select(row => row.Row), Is.EqualTo(new[] { 1, 3 }));

        optimizer.BringUpToDate();

        Assert.That(weights.Read(0, Sparse.Segments[0].Length), Is.All.EqualTo(56f));
    }

    [TestCase(-1)]
    [TestCase(200)]
    public void A_row_outside_the_table_is_refused(long row)
    {
        using PutOffRun run = new(Sparse, new AdamWOptions(), threads: 1);
        run.Step(new StepDraw(new Random(1), Sparse), rate: 0.1, scale: 1, average: null, knowsBlocks: true);

        Assert.That(
            () => run.Optimizer.BringUpToDate(Sparse.Segments[0], [row]),
            Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    private static void Compare(
        OptimizerOptions options, int threads, int seed, int? averageEvery, double interruptions)
    {
        using PutOffRun dense = new(Dense, options, threads: 1);
        using PutOffRun sparse = new(Sparse, options, threads);
        Random random = new(seed);
        int averaged = 0;
        for (int step = 1; step <= Steps; step++)
        {
            StepDraw draw = new(random, Sparse);
            double rate = 0.01 * (1 + Math.Cos(step * Math.PI / Steps));
            double scale = random.Next(3) == 0 ? random.NextDouble() : 1;
            double? average = step > 40 && averageEvery is { } every && step % every == 0 ? 1.0 / ++averaged : null;
            foreach ((WeightSegment table, long[] rows) in draw.Rows)
            {
                sparse.Optimizer.BringUpToDate(table, rows);
                Expect(sparse.Weights(table, rows), dense.Weights(table, rows), $"what step {step} reads");
            }

            dense.Step(draw, rate, scale, average, knowsBlocks: true);
            sparse.Step(draw, rate, scale, average, knowsBlocks: random.Next(60) > 0 || interruptions == 0);
            if (random.NextDouble() < interruptions)
            {
                Expect(sparse.Everything(), dense.Everything(), $"everything after step {step}");
                if (random.Next(2) == 0)
                {
                    sparse.Resume();
                }
            }
        }

        Expect(sparse.Everything(), dense.Everything(), "everything at the end");
    }

    private static void Expect(float[] found, float[] expected, string what) => Assert.That(
        MemoryMarshal.Cast<float, int>(found).SequenceEqual(MemoryMarshal.Cast<float, int>(expected)), Is.True, what);
}
