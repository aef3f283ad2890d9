using OrtTrainer.Runtime;
using OrtTrainer.Studies.Flatness;

namespace OrtTrainer.Tests.Studies.Flatness;

/// <summary>
/// The loss ½ (w - c)ᵀ A (w - c), A = Q diag(eigenvalues) Q with the reflection Q = 1 - 2 u uᵀ: what its curvature is,
/// is known. Its score is the loss with the sign turned.
/// </summary>
internal sealed class Quadratic : ILossSurface, IDisposable
{
    private readonly double[] _eigenvalues;
    private readonly double[] _centre;
    private readonly double[] _normal;

    public Quadratic(double[] eigenvalues, double[]? centre = null, double[]? normal = null)
    {
        _eigenvalues = eigenvalues;
        _centre = centre ?? new double[eigenvalues.Length];
        double length = normal is null ? 1 : Math.Sqrt(normal.Sum(x => x * x));
        _normal = normal?.Select(x => x / length).ToArray() ?? new double[eigenvalues.Length];
        Point = new WeightBuffer(Device.Default, eigenvalues.Length);
    }

    public WeightBuffer Point { get; }

    /// <summary>How often a gradient was asked for.</summary>
    public int Gradients { get; private set; }

    public SurfaceValue Measure(CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        double[] offset = Offset();
        double[] slope = Times(offset);
        double loss = 0.5 * offset.Zip(slope, (x, y) => x * y).Sum();
        return new SurfaceValue(loss, -loss);
    }

    public void Differentiate(WeightBuffer gradient, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        Gradients++;
        double[] slope = Times(Offset());
        for (int i = 0; i < slope.Length; i++)
        {
            gradient.Span[i] = (float)slope[i];
        }
    }

    /// <summary>A x.</summary>
    public double[] Times(double[] x)
    {
        double[] reflected = Reflect(x);
        return Reflect([.. reflected.Select((value, i) => value * _eigenvalues[i])]);
    }

    /// <summary>A buffer of the caller's with these values.</summary>
    public static WeightBuffer Buffer(params double[] values)
    {
        WeightBuffer buffer = new(Device.Default, values.Length);
        for (int i = 0; i < values.Length; i++)
        {
            buffer.Span[i] = (float)values[i];
        }

        return buffer;
    }

    public void Dispose() => Point.Dispose();

    private double[] Offset() => [.. _centre.Select((c, i) => Point.Span[i] - c)];

    private double[] Reflect(double[] x)
    {
        double along = 2 * x.Zip(_normal, (a, b) => a * b).Sum();
        return [.. x.Select((value, i) => value - (along * _normal[i]))];
    }
}
