using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Cpu.Updates;
using OrtTrainer.Runtime.Updates;

namespace OrtTrainer.Tests.Runtime.Updates;

/// <summary>
/// Whole training steps (norm, clipping, AdamW, average) over layouts of odd tensors, against the same written tensor
/// by tensor in float64.
/// </summary>
public class AdamWLayoutTests
{
    private const int Steps = 40;
    private const double MaximumNorm = 3;

    private static readonly AdamWOptions Options =
        new() { Beta1 = 0.85, Beta2 = 0.98, Epsilon = 1e-6, WeightDecay = 0.2 };

    public static IEnumerable<TestCaseData> Layouts()
    {
        (string Name, int[] Lengths)[] layouts =
        [
            ("single elements", [1, 1, 1, 1]),
            ("around a block", [127, 128, 129, 0, 255, 257]),
            ("around a chunk of work", [65_535, 3, 65_537, 130]),
            ("empty first and last", [0, 17, 0]),
        ];
        return layouts.Select(layout => new TestCaseData(layout.Lengths).SetArgDisplayNames(layout.Name));
    }

    [TestCaseSource(nameof(Layouts))]
    public void Every_tensor_is_trained_as_if_it_were_alone_but_for_the_common_norm(int[] lengths)
    {
        var layout = WeightLayout.Pack(
            lengths.Select((length, i) => ($"t{i}", (IReadOnlyList<long>)[length], i % 2 == 0)));
        using var loop = new ChunkedLoop(2);
        using var optimizer = new CpuAdamW(layout, Options, loop);
        var norm = new CpuGradientNorm(layout, loop);
        var weights = FlatValues.Random(layout, 1);
        var average = new float[layout.Length];
        var expected = new Float64AdamW(layout, Options, weights);
        for (var step = 1; step <= Steps; step++)
        {
            var gradients = FlatValues.Random(layout, 100 + step);
            var rate = 1e-2 * step / Steps;
            optimizer.Step(new ArrayStep
            {
                Parameters = weights,
                Gradients = gradients,
                LearningRate = rate,
                GradientScale = GradientClipping.Coefficient(norm.Measure(gradients), MaximumNorm),
                NonZeroGradients = norm.NonZero,
                Average = average,
                AverageWeight = 1.0 / step,
            });
            expected.Step(gradients, rate, MaximumNorm);
        }

        foreach (var segment in layout.Segments)
        {
            for (var i = segment.Offset; i < segment.End; i++)
            {
                Assert.That(weights[i], Is.EqualTo(expected.Weights[i]).Within(3e-6), $"{segment.Name}, element {i}");
                Assert.That(average[i], Is.EqualTo(expected.Sums[i] / Steps).Within(3e-6), $"average of {i}");
            }
        }

        for (var i = 0; i < layout.Length; i++)
        {
            if (layout.Segments.All(s => i < s.Offset || i >= s.End))
            {
                Assert.That((weights[i], average[i]), Is.EqualTo((0f, 0f)), $"padding at {i}");
            }
        }
    }

    [Test]
    public void Clipped_gradients_have_the_maximum_as_their_norm([Values(1e-3, 1, 100)] double scale)
    {
        var layout = WeightLayout.Pack([("w", [1000], true)]);
        using var loop = new ChunkedLoop(1);
        float[] gradients = [.. FlatValues.Random(layout, 1).Select(g => (float)(g * scale))];
        var norm = new CpuGradientNorm(layout, loop).Measure(gradients);

        var clipped = norm * GradientClipping.Coefficient(norm, 1);

        Assert.That(clipped, norm > 1 ? Is.EqualTo(1).Within(1e-5) : Is.EqualTo(norm));
    }

    [Test]
    public void Marked_blocks_are_those_of_the_elements([Range(1, 5)] int seed)
    {
        var layout = WeightLayout.Pack([("w", [50 * WeightLayout.BlockLength], true)]);
        var (random, map, expected) = (new Random(seed), new BlockMap(layout), new bool[50]);
        for (var n = 0; n < 6; n++)
        {
            var (offset, length) = (random.Next(layout.Length - 500), random.Next(500));
            map.Mark(offset, length);
            for (var i = offset; i < offset + length; i++)
            {
                expected[i / WeightLayout.BlockLength] = true;
            }
        }

        Assert.That(Enumerable.Range(0, 50).Select(block => map[block]), Is.EqualTo(expected));
        Assert.That(map.Marked, Is.EqualTo(expected.Count(marked => marked)));
    }

    // Loshchilov and Hutter's algorithm 2 with the moments' corrections, element by element.
    private sealed class Float64AdamW(WeightLayout layout, AdamWOptions options, float[] start)
    {
        private readonly double[] _first = new double[start.Length];
        private readonly double[] _second = new double[start.Length];
        private int _steps;

        public double[] Weights { get; } = Array.ConvertAll(start, w => (double)w);

        public double[] Sums { get; } = new double[start.Length];

        public void Step(float[] gradients, double rate, double maximumNorm)
        {
            _steps++;
            var norm = Math.Sqrt(gradients.Sum(g => (double)g * g));
            var clip = norm > maximumNorm ? maximumNorm / (norm + 1e-6) : 1;
            foreach (var segment in layout.Segments)
            {
                for (var i = segment.Offset; i < segment.End; i++)
                {
                    var gradient = gradients[i] * clip;
                    _first[i] = (options.Beta1 * _first[i]) + ((1 - options.Beta1) * gradient);
                    _second[i] = (options.Beta2 * _second[i]) + ((1 - options.Beta2) * gradient * gradient);
                    var first = _first[i] / (1 - Math.Pow(options.Beta1, _steps));
                    var second = _second[i] / (1 - Math.Pow(options.Beta2, _steps));
                    var decay = segment.HasWeightDecay ? rate * options.WeightDecay * Weights[i] : 0;
                    Weights[i] -= (rate * first / (Math.Sqrt(second) + options.Epsilon)) + decay;
                    Sums[i] += Weights[i];
                }
            }
        }
    }
}
