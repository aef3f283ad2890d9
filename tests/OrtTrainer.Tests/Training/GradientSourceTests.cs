using OrtTrainer.Methods;
using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Updates;
using OrtTrainer.Tests.Runtime.Updates;
using OrtTrainer.Training;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Tests.Training;

/// <summary>Gradients of SAM, ASAM and mixout against the same taken by hand from gradients at given weights.</summary>
public sealed class GradientSourceTests
{
    private static readonly int[] Indices = [0, 1, 2, 3, 4, 5, 6];

    [TestCase(null, 8, 1)]
    [TestCase(null, 4, 2)]
    [TestCase(0.01, 8, 1)]
    public void Sharpness_aware_gradients_are_those_uphill(double? eta, int batchSize, int accumulation)
    {
        const double Rho = 0.2;
        using TinyTraining tiny = new(dropout: true);
        TrainerOptions options = tiny.Options(batchSize, accumulation);
        using GradientAccumulator plain = tiny.Batches(options);
        Span<float> weights = tiny.State.Parameters.Span;
        float[] before = weights.ToArray();
        (LossParts loss, _) = plain.Run(tiny.Examples, Indices, step: 3);
        double[] way = [.. plain.Values.ToArray().Select((g, i) => Size(i) * Size(i) * g)];
        double norm = Math.Sqrt(plain.Values.ToArray().Select((g, i) => Math.Pow(Size(i) * g, 2)).Sum());
        for (int i = 0; i < way.Length; i++)
        {
            weights[i] = (float)(before[i] + (Rho * way[i] / norm));
        }

        plain.Run(tiny.Examples, Indices, step: 3);
        float[] expected = plain.Values.Span.ToArray();
        before.CopyTo(weights);
        using SharpnessAwareGradients source = new(
            tiny.Batches(options), tiny.Updates.CreateAscent(tiny.State.Layout, Rho, eta), tiny.State);

        (LossParts reported, _) = source.Run(tiny.Examples, Indices, step: 3);

        Assert.That(reported, Is.EqualTo(loss), "the loss at the weights");
        Assert.That(tiny.State.Parameters.Span.ToArray(), Is.EqualTo(before));
        Assert.That(source.Values.Span.ToArray(), Is.EqualTo(expected).Within(1e-5 * expected.Max(Math.Abs)));

        double Size(int i) => eta is { } e ? Math.Abs(before[i]) + e : 1;
    }

    [Test]
    public void Mixed_gradients_are_those_at_the_mixed_weights_through_the_mask()
    {
        using TinyTraining tiny = new(dropout: true);
        TrainerOptions options = tiny.Options(8);
        float[] first = tiny.State.Parameters.Span.ToArray();
        foreach (WeightSegment segment in tiny.State.Layout.Segments)
        {
            foreach (ref float weight in tiny.State.Parameters.Slice(segment.Offset, segment.Length))
            {
                weight += 0.5f;
            }
        }

        float[] before = tiny.State.Parameters.Span.ToArray();
        float[] mixed = [];
        using Recording inner = new(tiny.Batches(options), () => mixed = tiny.State.Parameters.Span.ToArray());
        using WeightBuffer firstValues = ArrayPasses.Buffer(first);
        WeightMix mix = tiny.Updates.CreateMix(
            tiny.State.Layout, firstValues, 0.4, s => s.Name.Contains("intermediate", StringComparison.Ordinal));
        using MixedGradients source = new(inner, mix, tiny.State, seed: 5);

        source.Run(tiny.Examples, Indices, step: 2);
        float[] gradients = source.Values.Span.ToArray();

        Assert.That(tiny.State.Parameters.Span.ToArray(), Is.EqualTo(before));
        using GradientAccumulator plain = tiny.Batches(options);
        mixed.CopyTo(tiny.State.Parameters.Span);
        plain.Run(tiny.Examples, Indices, step: 2);
        int firsts = 0;
        foreach (WeightSegment segment in tiny.State.Layout.Segments)
        {
            for (int i = segment.Offset; i < segment.End; i++)
            {
                bool isMixed = segment.Name.Contains("intermediate", StringComparison.Ordinal);
                double factor = !isMixed ? 1 : mixed[i] == first[i] ? 0 : 1 / 0.6;
                firsts += factor == 0 ? 1 : 0;
                Assert.That(gradients[i], Is.EqualTo(factor * plain.Values.Span[i]).Within(1e-6), segment.Name);
            }
        }

        Assert.That(firsts, Is.GreaterThan(100));
    }

    [Test]
    public void Every_step_has_a_mask_of_its_own_and_the_same_step_the_same()
    {
        using TinyTraining tiny = new();
        using WeightBuffer zeros = new(Device.Default, tiny.State.Layout.Length);
        List<float[]> seen = [];
        Recording inner = new(
            tiny.Batches(tiny.Options(8)), () => seen.Add(tiny.State.Parameters.Span.ToArray()));
        using MixedGradients source = new(
            inner, tiny.Updates.CreateMix(tiny.State.Layout, zeros, 0.1, _ => true), tiny.State, seed: 5);

        foreach (long step in new[] { 7, 8, 7 })
        {
            source.Run(tiny.Examples, Indices, step);
        }

        Assert.That(seen[1], Is.Not.EqualTo(seen[0]));
        Assert.That(seen[2], Is.EqualTo(seen[0]));
    }

    [Test]
    public void Both_passes_of_SAM_have_the_same_mixout_mask()
    {
        using TinyTraining tiny = new();
        using WeightBuffer zeros = new(Device.Default, tiny.State.Layout.Length);
        List<float[]> seen = [];
        Recording inner = new(
            tiny.Batches(tiny.Options(8)), () => seen.Add(tiny.State.Parameters.Span.ToArray()));
        MixedGradients mixed = new(
            inner, tiny.Updates.CreateMix(tiny.State.Layout, zeros, 0.1, _ => true), tiny.State, seed: 5);
        using SharpnessAwareGradients source = new(
            mixed, tiny.Updates.CreateAscent(tiny.State.Layout, 1e-3, null), tiny.State);

        source.Run(tiny.Examples, Indices, step: 0);

        bool[] Mask(float[] weights) => [.. weights.Select(w => w == 0)];
        Assert.That(seen, Has.Count.EqualTo(2));
        Assert.That(seen[1], Is.Not.EqualTo(seen[0]));
        int[] nonZero = [.. Enumerable.Range(0, (int)zeros.Length).Where(i => tiny.State.Parameters.Span[i] != 0)];
        Assert.That(nonZero.Select(i => Mask(seen[1])[i]), Is.EqualTo(nonZero.Select(i => Mask(seen[0])[i])));
    }

    /// <summary>Tells when the inner source runs.</summary>
    private sealed class Recording(IGradientSource inner, Action onRun) : IGradientSource
    {
        public WeightBuffer Values => inner.Values;

        public BlockMap Written => inner.Written;

        public (LossParts Loss, int Tokens) Run(
            IReadOnlyList<TokenizedExample> examples, ReadOnlySpan<int> indices, long step)
        {
            onRun();
            return inner.Run(examples, indices, step);
        }

        public void Dispose() => inner.Dispose();
    }
}
