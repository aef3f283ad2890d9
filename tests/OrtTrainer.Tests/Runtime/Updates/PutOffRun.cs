using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Updates;

namespace OrtTrainer.Tests.Runtime.Updates;

/// <summary>An optimizer with weights, an average and all it needs for steps.</summary>
internal sealed class PutOffRun : IDisposable
{
    private readonly WeightLayout _layout;
    private readonly OptimizerOptions _options;
    private readonly WeightUpdates _updates;
    private readonly GradientNorm _norm;
    private readonly WeightBuffer _weights;
    private readonly WeightBuffer _average;

    public PutOffRun(WeightLayout layout, OptimizerOptions options, int threads)
    {
        (_layout, _options) = (layout, options);
        _updates = Device.Default.CreateUpdates(threads);
        _norm = _updates.CreateNorm(layout);
        _weights = ArrayPasses.Buffer(FlatValues.Random(layout, 1));
        _average = new WeightBuffer(Device.Default, layout.Length);
        _average.Write(0, [.. Enumerable.Repeat(float.NaN, layout.Segments[0].Length)]);
        Optimizer = options.Create(_updates, layout);
    }

    public Optimizer Optimizer { get; private set; }

    public void Step(StepDraw draw, double rate, double scale, double? average, bool knowsBlocks)
    {
        using WeightBuffer gradients = ArrayPasses.Buffer(draw.Gradients);
        _norm.Measure(gradients);
        Optimizer.Step(new StepInputs
        {
            Parameters = _weights,
            Gradients = gradients,
            LearningRate = rate,
            GradientScale = scale,
            NonZeroGradients = knowsBlocks ? _norm.NonZero : null,
            Average = average is null ? null : _average,
            AverageWeight = average ?? 0,
        });
    }

    /// <summary>Some rows as they lie in memory.</summary>
    public float[] Weights(WeightSegment table, long[] rows) =>
        [.. rows.SelectMany(row => _weights.Read(table.Offset + (row * table.Columns), table.Columns))];

    public float[] Everything()
    {
        Optimizer.BringUpToDate();
        return
        [
            .. _weights.ToArray(), .. _average.ToArray(),
            .. Optimizer.States.SelectMany(state => state.Values.ToArray()),
        ];
    }

    /// <summary>Goes on with an optimizer made anew and filled from the old one, as from a checkpoint.</summary>
    public void Resume()
    {
        Optimizer next = _options.Create(_updates, _layout);
        foreach ((OptimizerState from, OptimizerState to) in Optimizer.States.Zip(next.States))
        {
            to.Values.CopyFrom(from.Values);
        }

        next.Restore(Optimizer.Steps);
        Optimizer.Dispose();
        Optimizer = next;
    }

    public void Dispose()
    {
        Optimizer.Dispose();
        _weights.Dispose();
        _average.Dispose();
        _updates.Dispose();
    }
}

/// <summary>
/// The rows that a step reads, few of them often and most rarely, and its gradients: some of the rows read have none,
/// and none is left out elsewhere.
/// </summary>
internal sealed class StepDraw
{
    public StepDraw(Random random, WeightLayout layout)
    {
        Gradients = new float[layout.Length];
        foreach (WeightSegment segment in layout.Segments)
        {
            if (!segment.IsSparse)
            {
                Fill(random, segment.Offset, segment.Length);
                continue;
            }

            int count = segment.Length / segment.Columns;
            long[] rows = [.. Enumerable.Range(0, random.Next(12)).Select(_ => Rare(random, count))];
            Rows.Add((segment, rows));
            foreach (long row in rows.Where(_ => random.Next(8) > 0))
            {
                Fill(random, segment.Offset + ((int)row * segment.Columns), segment.Columns);
            }
        }
    }

    public List<(WeightSegment Table, long[] Rows)> Rows { get; } = [];

    public float[] Gradients { get; }

    // Three quarters of the rows never come.
    private static long Rare(Random random, int count) =>
        (long)(count * 0.25 * Math.Pow(random.NextDouble(), 3));

    private void Fill(Random random, int offset, int length)
    {
        foreach (ref float value in Gradients.AsSpan(offset, length))
        {
            value = (float)(random.NextDouble() - 0.5);
        }
    }
}
