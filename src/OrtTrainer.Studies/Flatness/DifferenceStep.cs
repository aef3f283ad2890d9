using OrtTrainer.Runtime;

namespace OrtTrainer.Studies.Flatness;

/// <summary>
/// The step of the differences that stand for second derivatives. Too long, and the third derivative shows (error
/// ~ h²); too short, and the gradients' float32 rounding does (error ~ 1/h). Neither constant is known beforehand, so
/// the step is found by measurement: products at falling steps, each a quarter of the one before, agree best where
/// both errors are small.
/// </summary>
/// <param name="Step">h, a power of two.</param>
/// <param name="Disagreement">How far the products at h and h/4 lie apart, relative to their length: about the relative
/// error of a product. 0 where the Hessian vanishes.</param>
internal sealed record DifferenceStep(double Step, double Disagreement)
{
    /// <summary>
    /// The cube root of float32's epsilon, times the length of the weights: the textbook's step, best where rounding
    /// and third derivative are of order 1 (Dennis and Schnabel 1996, section 5.4).
    /// </summary>
    private const double Textbook = 4.92e-3;

    private const double Ratio = 4;

    /// <summary>Rungs of the ladder, at most, each way.</summary>
    private const int Rungs = 8;

    /// <summary>Past the best place errors grow by 4 or more; half of that is no longer chance.</summary>
    private const double Grown = 2;

    /// <summary>Finds the step for a vector.</summary>
    /// <param name="hessian">The products to take.</param>
    /// <param name="vector">v, [n], of length 1.</param>
    /// <param name="first">Where to begin, in units of the textbook's step.</param>
    /// <param name="cancellation">Stops between batches.</param>
    internal static DifferenceStep Find(
        HessianProduct hessian, WeightBuffer vector, double first, CancellationToken cancellation)
    {
        double start = NearTextbook(hessian.Weights.Device.Arithmetic.Norm(hessian.Weights), first);
        DifferenceStep shorter = Walk(hessian, vector, start, 1 / Ratio, cancellation);
        if (shorter.Step < start)
        {
            return shorter;
        }

        DifferenceStep longer = Walk(hessian, vector, start, Ratio, cancellation);
        return longer.Disagreement < shorter.Disagreement ? longer : shorter;
    }

    /// <summary>The power of two nearest a multiple of the textbook's step for weights of a length.</summary>
    internal static double NearTextbook(double length, double multiple) =>
        Math.Pow(2, Math.Round(Math.Log2(multiple * Textbook * (length > 0 ? length : 1))));

    /// <summary>The best pair of neighbours from a step on, up or down, until it gets clearly worse.</summary>
    private static DifferenceStep Walk(
        HessianProduct hessian, WeightBuffer vector, double start, double ratio, CancellationToken cancellation)
    {
        WeightBuffer product = new(vector.Device, vector.Length);
        WeightBuffer before = new(vector.Device, vector.Length);
        try
        {
            hessian.Multiply(vector, start, before, cancellation);
            DifferenceStep best = new(start, double.PositiveInfinity);
            double step = start;
            for (int rung = 1; rung < Rungs; rung++, step *= ratio)
            {
                hessian.Multiply(vector, step * ratio, product, cancellation);
                double apart = Apart(before, product);
                if (apart < best.Disagreement)
                {
                    best = new(Math.Max(step, step * ratio), apart);
                }
                else if (apart > Grown * best.Disagreement || apart == 0)
                {
                    break;
                }

                (before, product) = (product, before);
            }

            return best;
        }
        finally
        {
            product.Dispose();
            before.Dispose();
        }
    }

    /// <summary>|a - b| / |b|, with a overwritten.</summary>
    private static double Apart(WeightBuffer a, WeightBuffer b)
    {
        a.Device.Arithmetic.Subtract(a, b, a);
        double difference = a.Device.Arithmetic.Norm(a);
        return difference == 0 ? 0 : difference / b.Device.Arithmetic.Norm(b);
    }
}
