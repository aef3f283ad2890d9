using OrtTrainer.Randomness;
using OrtTrainer.Runtime;

namespace OrtTrainer.Studies.Flatness;

/// <summary>
/// The top eigenvalue of a Hessian by power iteration with Rayleigh quotients (Golub and Van Loan, "Matrix
/// Computations", section 8.2). The iteration finds the eigenvalue of largest magnitude; where that is negative, it
/// runs again on the Hessian shifted by it, whose largest is the top one.
/// </summary>
/// <param name="iterations">The most products, 1 or more.</param>
/// <param name="tolerance">The relative change of the value at which it ends.</param>
/// <param name="seed">Fixes the random part of the start.</param>
internal sealed class PowerIteration(int iterations, double tolerance, long seed)
{
    /// <summary>The third derivative is large where the second is: a 64th of the textbook's step.</summary>
    private const double FirstStep = 1.0 / 64;

    /// <param name="hessian">The matrix.</param>
    /// <param name="gradient">The gradient at the same place; replaced by the eigenvector's estimate.</param>
    /// <param name="cancellation">Stops between batches.</param>
    public TopEigenvalue Run(HessianProduct hessian, WeightBuffer gradient, CancellationToken cancellation = default)
    {
        WeightBuffer vector = gradient;
        Start(vector);
        using WeightBuffer product = new(vector.Device, vector.Length);
        DifferenceStep difference = StepFor(hessian, vector, product, cancellation);
        TopEigenvalue dominant = Iterate(0);
        if (dominant.Value >= 0)
        {
            return dominant;
        }

        Start(vector);
        TopEigenvalue top = Iterate(-dominant.Value);
        return top with { Iterations = dominant.Iterations + top.Iterations, MostNegative = dominant.Value };

        TopEigenvalue Iterate(double shift)
        {
            double value = double.NaN;
            for (int iteration = 1; ; iteration++)
            {
                hessian.Multiply(vector, difference.Step, product, cancellation);
                double before = value;
                double square = vector.Device.Arithmetic.Dot(vector, vector);
                value = vector.Device.Arithmetic.Dot(vector, product) / square;
                double change = Math.Abs(value - before) / (Math.Abs(value) + shift);
                double residual = product.Device.Arithmetic.Dot(product, product) - (value * value * square);
                product.Device.Arithmetic.Move(product, shift, vector, vector);
                double length = vector.Device.Arithmetic.Normalize(vector);

                // A vector that the matrix takes to zero ends it too: there is nothing left to iterate on.
                bool converged = change <= tolerance || length == 0;
                if (converged || iteration == iterations)
                {
                    return new TopEigenvalue(value, iteration, length == 0 ? 0 : change,
                        value == 0 ? 0 : Math.Sqrt(Math.Max(residual, 0)) / Math.Abs(value), converged, null,
                        difference);
                }
            }
        }
    }

    /// <summary>
    /// The step of the differences, found on H v: flat directions take steps a thousand times as long as the sharp
    /// ones that the iteration ends in, and one product brings those out whatever the start.
    /// </summary>
    private static DifferenceStep StepFor(
        HessianProduct hessian, WeightBuffer vector, WeightBuffer product, CancellationToken cancellation)
    {
        double length = hessian.Weights.Device.Arithmetic.Norm(hessian.Weights);
        hessian.Multiply(vector, DifferenceStep.NearTextbook(length, FirstStep), product, cancellation);
        if (product.Device.Arithmetic.Normalize(product) > 0)
        {
            vector.CopyFrom(product);
        }

        return DifferenceStep.Find(hessian, vector, FirstStep, cancellation);
    }

    /// <summary>
    /// Half the gradient's direction, half a random one. Gradients of trained networks lie mostly along the sharpest
    /// directions (Gur-Ari et al. 2018), which saves iterations; the random half keeps the start from being
    /// orthogonal to the one that is sought.
    /// </summary>
    private void Start(WeightBuffer gradient)
    {
        SeededRandom random = SeededRandom.For((ulong)seed, "power iteration");
        gradient.Device.Arithmetic.Normalize(gradient);
        double scale = 1 / Math.Sqrt(gradient.Length);
        float[] elements = gradient.Read(0, checked((int)gradient.Length));
        foreach (ref float element in elements.AsSpan())
        {
            element += (float)(scale * random.NextGaussian());
        }

        gradient.Write(0, elements);
        gradient.Device.Arithmetic.Normalize(gradient);
    }
}
