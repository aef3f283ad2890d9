using OrtTrainer.Runtime;

namespace OrtTrainer.Studies.Flatness;

/// <summary>
/// Hessian times vector by central differences of gradients, <c>(g(w + h v) - g(w - h v)) / 2h</c>: exact but for
/// h²/6 times a third derivative of the gradient along v, and the gradients' rounding divided by h.
/// </summary>
/// <param name="surface">The loss.</param>
/// <param name="weights">Where the Hessian is taken.</param>
internal sealed class HessianProduct(ILossSurface surface, WeightBuffer weights) : IDisposable
{
    private readonly WeightBuffer _behind = new(weights.Device, weights.Length);

    /// <summary>Where the Hessian is taken.</summary>
    public WeightBuffer Weights { get; } = weights;

    /// <summary>Writes H v.</summary>
    /// <param name="vector">v, [n], of length 1.</param>
    /// <param name="step">h; a power of two keeps h v exact.</param>
    /// <param name="product">Overwritten, [n].</param>
    /// <param name="cancellation">Stops between batches.</param>
    public void Multiply(WeightBuffer vector, double step, WeightBuffer product, CancellationToken cancellation)
    {
        Weights.Device.Arithmetic.Move(Weights, step, vector, surface.Point);
        surface.Differentiate(product, cancellation);
        Weights.Device.Arithmetic.Move(Weights, -step, vector, surface.Point);
        surface.Differentiate(_behind, cancellation);
        product.Device.Arithmetic.Subtract(product, _behind, product);
        product.Device.Arithmetic.Scale(product, (float)(1 / (2 * step)));
    }

    public void Dispose() => _behind.Dispose();
}
