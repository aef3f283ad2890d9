using OrtTrainer.Models;
using OrtTrainer.Runtime;

namespace OrtTrainer.Studies.Flatness;

/// <summary>Measures a surface along straight lines.</summary>
internal static class SurfaceScan
{
    /// <summary>So many points from low to high, both included and equally far apart; 2 or more.</summary>
    public static double[] Points(double low, double high, int count) =>
        [.. Enumerable.Range(0, count).Select(i => ((low * (count - 1 - i)) + (high * i)) / (count - 1))];

    /// <summary>Along random directions scaled to the weights' filters; see <see cref="FilterDirection"/>.</summary>
    public static DirectionScan Directions(
        ILossSurface surface, ParameterLayout layout, WeightBuffer weights, FlatnessOptions options,
        CancellationToken cancellation = default)
    {
        double[] distances = Points(-options.Radius, options.Radius, options.Points);
        using WeightBuffer direction = new(weights.Device, weights.Length);
        List<SurfaceValue[]> values = [];
        for (int number = 0; number < options.Directions; number++)
        {
            FilterDirection.Fill(layout, weights, direction, options.Seed, number);
            values.Add(Along(surface, weights, direction, distances, cancellation));
        }

        return DirectionScan.Of(distances, values);
    }

    /// <summary>Through two sets of weights and as far beyond each as half their distance.</summary>
    public static LossLine Line(
        ILossSurface surface, (string Name, WeightBuffer Weights, double Loss) from,
        (string Name, WeightBuffer Weights, double Loss) to, int points, CancellationToken cancellation = default)
    {
        double[] positions = Points(-0.5, 1.5, points);
        using WeightBuffer direction = new(from.Weights.Device, from.Weights.Length);
        to.Weights.Device.Arithmetic.Move(to.Weights, -1, from.Weights, direction);
        SurfaceValue[] values = Along(surface, from.Weights, direction, positions, cancellation);
        return LossLine.Of(
            from.Name, to.Name, direction.Device.Arithmetic.Norm(direction), positions, values, from.Loss, to.Loss);
    }

    private static SurfaceValue[] Along(
        ILossSurface surface, WeightBuffer start, WeightBuffer direction, double[] distances,
        CancellationToken cancellation)
    {
        SurfaceValue[] values = new SurfaceValue[distances.Length];
        for (int i = 0; i < distances.Length; i++)
        {
            start.Device.Arithmetic.Move(start, distances[i], direction, surface.Point);
            values[i] = surface.Measure(cancellation);
        }

        return values;
    }
}
