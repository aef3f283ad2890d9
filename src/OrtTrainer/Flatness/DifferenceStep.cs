using System.Numerics.Tensors;
using OrtTrainer.Runtime;

namespace OrtTrainer.Flatness;

/// <summary>
/// The step of the differences that stand for second derivatives. Too long, and the third derivative shows (error
/// ~ h²); too short, and the gradients' float32 rounding does (error ~ 1/h). Neither constant is known beforehand, so
/// the step is found by measurement: products at falling steps, each a quarter of the one before, agree best where
/// both errors are small.
/// </summary>
/// <param name="Step">h, a power of two.</param>
/// <param name="Disagreement">How far the products at h and h/4 lie apart, relative to the latter's length: about the
/// relative error of a product. 0 where the Hessian vanishes.</param>
public sealed record DifferenceStep(double Step, double Disagreement)
{
    /// <summary>
    /// The cube root of float32's epsilon: the best relative step where rounding and third derivative are of order 1
    /// (Dennis and Schnabel 1996, section 5.4).
    /// </summary>
    private const double Rule = 4.92e-3;

    /// <summary>Steps tried, from 4 times the textbook's down to a 1024th of it.</summary>
    private const int Ladder = 7;

    /// <summary>Past the best place errors grow by 4; from so much on it is no longer chance.</summary>
    private const double Grown = 3;

    /// <summary>Finds the step for a vector.</summary>
    /// <param name="hessian">The products to take.</param>
    /// <param name="vector">v, [n], of length 1.</param>
    /// <param name="cancellation">Stops between batches.</param>
    internal static DifferenceStep Find(HessianProduct hessian, NativeBuffer vector, CancellationToken cancellation)
    {
        NativeBuffer product = new(vector.Length);
        NativeBuffer longer = new(vector.Length);
        try
        {
            double norm = FlatVectors.Norm(hessian.Weights.Span);
            double step = Math.Pow(2, Math.Round(Math.Log2(4 * Rule * (norm > 0 ? norm : 1))));
            DifferenceStep best = new(step, double.PositiveInfinity);
            hessian.Multiply(vector, step, longer, cancellation);
            for (int rung = 1; rung < Ladder; rung++)
            {
                hessian.Multiply(vector, step / 4, product, cancellation);
                double apart = Apart(longer.Span, product.Span);
                if (apart < best.Disagreement)
                {
                    best = new(step, apart);
                }
                else if (apart > Grown * best.Disagreement)
                {
                    break;
                }

                (longer, product) = (product, longer);
                step /= 4;
            }

            return best;
        }
        finally
        {
            product.Dispose();
            longer.Dispose();
        }
    }

    /// <summary>|a - b| / |b|, with a overwritten.</summary>
    private static double Apart(Span<float> a, ReadOnlySpan<float> b)
    {
        TensorPrimitives.Subtract(a, b, a);
        double difference = FlatVectors.Norm(a);
        return difference == 0 ? 0 : difference / FlatVectors.Norm(b);
    }
}
