using System.Numerics.Tensors;
using OrtTrainer.Runtime;

namespace OrtTrainer.Studies.Flatness;

/// <summary>
/// Hessian times vector by central differences of gradients, <c>(g(w + h v) - g(w - h v)) / 2h</c>: exact but for
/// h²/6 times a third derivative of the gradient along v, and the gradients' rounding divided by h.
/// </summary>
/// <param name="surface">The loss.</param>
/// <param name="weights">Where the Hessian is taken.</param>
internal sealed class HessianProduct(ILossSurface surface, NativeBuffer weights) : IDisposable
{
    private readonly NativeBuffer _behind = new(weights.Length);

    /// <summary>Where the Hessian is taken.</summary>
    public NativeBuffer Weights { get; } = weights;

    /// <summary>Writes H v.</summary>
    /// <param name="vector">v, [n], of length 1.</param>
    /// <param name="step">h; a power of two keeps h v exact.</param>
    /// <param name="product">Overwritten, [n].</param>
    /// <param name="cancellation">Stops between batches.</param>
    public void Multiply(NativeBuffer vector, double step, NativeBuffer product, CancellationToken cancellation)
    {
        FlatVectors.Move(Weights.Span, step, vector.Span, surface.Point.Span);
        surface.Differentiate(product, cancellation);
        FlatVectors.Move(Weights.Span, -step, vector.Span, surface.Point.Span);
        surface.Differentiate(_behind, cancellation);
        TensorPrimitives.Subtract(product.Span, _behind.Span, product.Span);
        TensorPrimitives.Multiply(product.Span, (float)(1 / (2 * step)), product.Span);
    }

    public void Dispose() => _behind.Dispose();
}
