using System.Numerics.Tensors;
using OrtTrainer.Models;

namespace OrtTrainer.Export;

/// <summary>Compares the outputs of an exported model with those expected, a batch after the other.</summary>
internal sealed class ExportDifferences(ExportTolerance tolerance) : IOutputSink
{
    private readonly ExpectedOutputs _expected = new();
    private int _examples;
    private double _absolute;
    private double _relative;
    private int _beyond;
    private int? _first;
    private int _same;

    /// <summary>Takes in what is expected of the next batch.</summary>
    public IOutputSink Expected => _expected;

    /// <summary>The differences of all batches.</summary>
    public ExportComparison Result => new(_examples, _absolute, _relative, _beyond, _first)
    {
        SameLargest = _same,
    };

    /// <summary>Takes in what the exported model gives for the same examples.</summary>
    /// <exception cref="ArgumentException">The rows are not as many as expected.</exception>
    public void Add(OutputBatch batch)
    {
        for (int i = 0; i < batch.Count; i++)
        {
            Compare(batch.Examples[i], batch[i], _expected.Rows[i]);
        }
    }

    private void Compare(int example, ReadOnlySpan<float> logits, float[] expected)
    {
        if (logits.Length != expected.Length)
        {
            throw new ArgumentException(
                $"Example {example} has {logits.Length} logits; expected {expected.Length}.");
        }

        _examples++;
        _same += TensorPrimitives.IndexOfMax(logits) == TensorPrimitives.IndexOfMax(expected) ? 1 : 0;
        double largest = expected.Length == 0 ? 0 : Math.Abs((double)TensorPrimitives.MaxMagnitude(expected));
        for (int i = 0; i < logits.Length; i++)
        {
            double difference = Math.Abs((double)logits[i] - expected[i]);

            // Math.Max keeps NaN, so one logit that is not a number shows in the result.
            _absolute = Math.Max(_absolute, difference);
            _relative = Math.Max(_relative, largest == 0 ? 0 : difference / largest);
            if (!tolerance.Allows(logits[i], expected[i], largest))
            {
                _beyond++;
                _first = Math.Min(_first ?? example, example);
            }
        }
    }

    private sealed class ExpectedOutputs : IOutputSink
    {
        public List<float[]> Rows { get; } = [];

        public void Add(OutputBatch batch)
        {
            Rows.Clear();
            for (int i = 0; i < batch.Count; i++)
            {
                Rows.Add(batch[i].ToArray());
            }
        }
    }
}
