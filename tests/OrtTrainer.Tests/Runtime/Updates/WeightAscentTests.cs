using System.Text.Json;
using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Cpu.Updates;
using OrtTrainer.Runtime.Updates;

namespace OrtTrainer.Tests.Runtime.Updates;

public sealed class WeightAscentTests
{
    [Test]
    public void SAM_around_plain_descent_follows_the_reference()
    {
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(SharedFiles.Golden("methods", "sam.json")));
        JsonElement root = golden.RootElement;
        double[] start = root.GetProperty("start").Deserialize<double[]>()!;
        double[] curvature = root.GetProperty("quadratic_diag").Deserialize<double[]>()!;
        double[][] expected = root.GetProperty("weights").Deserialize<double[][]>()!;
        WeightLayout layout = WeightLayout.Pack([("x", [start.Length], false)]);
        using ChunkedLoop loop = new(2);
        using CpuSgd optimizer = new(layout, new SgdOptions(), loop);
        using CpuWeightAscent ascent = new(layout, root.GetProperty("rho").GetDouble(), eta: null, loop);
        float[] weights = new float[layout.Length];
        float[] gradients = new float[layout.Length];
        for (int i = 0; i < start.Length; i++)
        {
            weights[i] = (float)start[i];
        }

        foreach (double[] row in expected)
        {
            Differentiate();
            ascent.Climb(weights, gradients);
            Differentiate();
            ascent.Return(weights);
            optimizer.Step(new ArrayStep
            {
                Parameters = weights, Gradients = gradients, LearningRate = root.GetProperty("lr").GetDouble(),
            });
            Assert.That(weights[..row.Length].Select(w => (double)w), Is.EqualTo(row).Within(1e-6 * row.Max(Math.Abs)));
        }

        void Differentiate()
        {
            for (int i = 0; i < start.Length; i++)
            {
                gradients[i] = (float)curvature[i] * weights[i];
            }
        }
    }

    [Test]
    public void Every_length_moves_as_the_scalar_formula_and_comes_back_to_the_bit(
        [Values(0, 1, 15, 16, 17, 1023)] int length, [Values(null, 0.0, 0.01)] double? eta)
    {
        WeightLayout layout = WeightLayout.Pack([("a", [length], true), ("b", [5], false)]);
        using ChunkedLoop loop = new(2);
        using CpuWeightAscent ascent = new(layout, rho: 0.3, eta, loop);
        float[] weights = FlatValues.Random(layout, 1);
        float[] before = [.. weights];
        float[] gradients = FlatValues.Random(layout, 2);
        double[] sizes = [.. weights.Select(w => eta is { } e ? Math.Abs(w) + e : 1)];
        double norm = Math.Sqrt(sizes.Zip(gradients, (t, g) => t * g * t * g).Sum());

        ascent.Climb(weights, gradients);

        double[] expected = [.. before.Select((w, i) => w + (0.3 * sizes[i] * sizes[i] * gradients[i] / norm))];
        Assert.That(weights.Select(w => (double)w), Is.EqualTo(expected).Within(1e-6));
        ascent.Return(weights);
        Assert.That(weights, Is.EqualTo(before));
    }

    [Test]
    public void Without_a_gradient_there_is_no_way_up()
    {
        WeightLayout layout = WeightLayout.Pack([("a", [3], true)]);
        using ChunkedLoop loop = new(1);
        using CpuWeightAscent ascent = new(layout, rho: 1, eta: null, loop);
        float[] weights = FlatValues.Random(layout, 1);
        float[] before = [.. weights];

        ascent.Climb(weights, new float[layout.Length]);

        Assert.That(weights, Is.EqualTo(before));
    }

    [Test]
    public void Threads_do_not_change_the_bits()
    {
        WeightLayout layout = WeightLayout.Pack([("a", [200_000], true)]);
        float[] one = Climbed(1);

        Assert.That(Climbed(3), Is.EqualTo(one));

        float[] Climbed(int threads)
        {
            using ChunkedLoop loop = new(threads);
            using CpuWeightAscent ascent = new(layout, rho: 0.5, eta: 0.01, loop);
            float[] weights = FlatValues.Random(layout, 1);
            ascent.Climb(weights, FlatValues.Random(layout, 2));
            return weights;
        }
    }

    [Test]
    public void Settings_out_of_range_and_other_lengths_are_refused()
    {
        WeightLayout layout = WeightLayout.Pack([("a", [3], true)]);
        using ChunkedLoop loop = new(1);
        using CpuWeightAscent ascent = new(layout, rho: 1, eta: null, loop);

        Assert.That(() => new CpuWeightAscent(layout, 0, null, loop), Throws.InstanceOf<ArgumentOutOfRangeException>()
            .With.Message.StartsWith("rho is 0; expected above 0."));
        Assert.That(() => new CpuWeightAscent(layout, 1, -1, loop), Throws.InstanceOf<ArgumentOutOfRangeException>()
            .With.Message.StartsWith("eta is -1; expected 0 or more."));
        Assert.That(() => ascent.Climb(new float[3], new float[layout.Length]), Throws.ArgumentException
            .With.Message.Contains("3 weights and 128 gradients"));
    }
}
