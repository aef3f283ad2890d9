using OrtTrainer.Models;
using OrtTrainer.Randomness;
using OrtTrainer.Runtime;
using OrtTrainer.Studies.Flatness;

namespace OrtTrainer.Tests.Studies.Flatness;

public sealed class SurfaceScanTests
{
    private static readonly ParameterSpec Weight = new("w", [3, 5], ParameterInitialization.Normal, true);
    private static readonly ParameterSpec Bias = new("b", [3], ParameterInitialization.Zeros, false);
    private static readonly ParameterSpec Table = new("t", [4, 2], ParameterInitialization.Normal, true);

    private static readonly ParameterLayout Layout =
        new([ParameterView.Of(Weight), ParameterView.Of(Bias), ParameterView.Of(Table)]);

    [Test]
    public void Every_row_of_a_direction_has_the_norm_of_the_weights_row_and_vectors_are_left_out()
    {
        using WeightBuffer weights = RandomWeights();
        weights.Slice(Layout.OffsetOf(Table) + 2, 2).Clear();
        using WeightBuffer direction = new(Device.Default, Layout.Length);
        direction.Span.Fill(7);

        FilterDirection.Fill(Layout, weights, direction, seed: 1, number: 0);

        foreach (ParameterSpec parameter in new[] { Weight, Table })
        {
            int columns = (int)parameter.Shape[1];
            for (int row = 0; row < parameter.Shape[0]; row++)
            {
                long offset = Layout.OffsetOf(parameter) + (row * columns);
                double expected = Norm(weights.Slice(offset, columns));
                Assert.That(Norm(direction.Slice(offset, columns)), Is.EqualTo(expected).Within(1e-6),
                    $"{parameter.Name} {row}");
            }
        }

        Assert.That(direction.Slice(Layout.OffsetOf(Bias), 3).ToArray(), Is.All.Zero);
        Assert.That(direction.Slice(Layout.OffsetOf(Bias) + 3, 100).ToArray(), Is.All.Zero, "padding");
        Assert.That(direction.Slice(Layout.OffsetOf(Table) + 2, 2).ToArray(), Is.All.Zero, "a row of zeros");
    }

    [Test]
    public void Directions_depend_on_seed_and_number_and_scale_with_the_weights()
    {
        using WeightBuffer weights = RandomWeights();
        float[] first = Direction(weights, 1, 0);
        Assert.That(Direction(weights, 1, 0), Is.EqualTo(first));
        Assert.That(Direction(weights, 1, 1), Is.Not.EqualTo(first));
        Assert.That(Direction(weights, 2, 0), Is.Not.EqualTo(first));

        weights.Device.Arithmetic.Move(weights, 1, weights, weights);

        Assert.That(Direction(weights, 1, 0), Is.EqualTo(first.Select(x => 2 * x)).Within(1e-6));
    }

    [Test]
    public void A_scan_of_a_quadratic_is_its_parabola()
    {
        double[] eigenvalues = [.. Enumerable.Range(0, (int)Layout.Length).Select(i => (double)(i % 5))];
        using Quadratic surface = new(eigenvalues);
        using WeightBuffer weights = RandomWeights();
        FlatnessOptions options = new() { Directions = 3, Points = 5, Radius = 0.8, Seed = 4 };

        DirectionScan scan = SurfaceScan.Directions(surface, Layout, weights, options);

        Assert.That(scan.Distances, Is.EqualTo(new[] { -0.8, -0.4, 0, 0.4, 0.8 }).Within(1e-15));
        double[][] expected =
            [.. Enumerable.Range(0, 3).Select(k => Parabola(eigenvalues, weights, k, scan.Distances))];
        Assert.That(scan.Losses, Has.Count.EqualTo(3));
        for (int k = 0; k < 3; k++)
        {
            Assert.That(scan.Losses[k], Is.EqualTo(expected[k]).Within(1e-4), $"direction {k}");
        }

        double mean = expected.Average(e => e[4]);
        double deviation = Math.Sqrt(expected.Sum(e => Math.Pow(e[4] - mean, 2)) / 2);
        Assert.That((scan.MeanLoss[4], scan.LossDeviation![4]),
            Is.EqualTo((mean, deviation)).Using<(double, double)>((a, b) =>
                Math.Abs(a.Item1 - b.Item1) < 1e-4 && Math.Abs(a.Item2 - b.Item2) < 1e-4));
        Assert.That(scan.MeanScore, Is.EqualTo(scan.MeanLoss.Select(l => -l)).Within(1e-12));
        Assert.That(scan.LossDeviation[2], Is.Zero.Within(1e-12), "all directions meet at the weights");
    }

    [Test]
    public void One_direction_has_no_spread()
    {
        using Quadratic surface = new(new double[Layout.Length]);
        using WeightBuffer weights = RandomWeights();

        DirectionScan scan = SurfaceScan.Directions(surface, Layout, weights, new() { Directions = 1, Points = 2 });

        Assert.That((scan.LossDeviation, scan.ScoreDeviation), Is.EqualTo(((object?)null, (object?)null)));
    }

    [Test]
    public void A_line_goes_through_both_weights_and_beyond_them()
    {
        using Quadratic surface = new([2, 6]);
        using WeightBuffer from = Quadratic.Buffer(3, 0);
        using WeightBuffer to = Quadratic.Buffer(0, 4);

        LossLine line = SurfaceScan.Line(surface, ("live", from, 9), ("averaged", to, 48), 5);

        Assert.That(line.Positions, Is.EqualTo(new[] { -0.5, 0, 0.5, 1, 1.5 }).Within(1e-15));
        Assert.That(line.Losses, Is.EqualTo(new[] { 32.25, 9, 14.25, 48, 110.25 }).Within(1e-5));
        Assert.That((line.From, line.To, line.Distance), Is.EqualTo(("live", "averaged", 5.0)));
        Assert.That(line.Barrier, Is.Zero, "a convex loss lies below its chord");
    }

    [Test]
    public void A_barrier_is_the_highest_rise_above_the_chord_between_the_two()
    {
        using Quadratic surface = new([-8, 0]);
        using WeightBuffer from = Quadratic.Buffer(-1, 0);
        using WeightBuffer to = Quadratic.Buffer(1, 0);

        // -4 x²: at both ends -4, in the middle 0; far outside the ends it does not count.
        LossLine line = SurfaceScan.Line(surface, ("a", from, -4), ("b", to, -4), 5);

        Assert.That(line.Barrier, Is.EqualTo(4).Within(1e-6));
    }

    private static double[] Parabola(
        double[] eigenvalues, WeightBuffer weights, int number, IReadOnlyList<double> distances)
    {
        float[] w = weights.Span.ToArray();
        float[] d = Direction(weights, 4, number);
        return [.. distances.Select(t => 0.5 * w.Select((x, i) => eigenvalues[i] * Math.Pow(x + (t * d[i]), 2)).Sum())];
    }

    private static double Norm(ReadOnlySpan<float> row)
    {
        double squares = 0;
        foreach (float element in row)
        {
            squares += (double)element * element;
        }

        return Math.Sqrt(squares);
    }

    private static float[] Direction(WeightBuffer weights, long seed, int number)
    {
        using WeightBuffer direction = new(Device.Default, Layout.Length);
        FilterDirection.Fill(Layout, weights, direction, seed, number);
        return direction.Span.ToArray();
    }

    private static WeightBuffer RandomWeights()
    {
        WeightBuffer weights = new(Device.Default, Layout.Length);
        SeededRandom random = new(5);
        foreach (ParameterSpec parameter in Layout.Parameters)
        {
            foreach (ref float value in weights.Slice(Layout.OffsetOf(parameter), (int)parameter.Length))
            {
                value = (float)random.NextGaussian();
            }
        }

        return weights;
    }
}
