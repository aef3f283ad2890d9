using OrtTrainer.Runtime;

namespace OrtTrainer.Studies.Flatness;

/// <summary>
/// The mean loss over a fixed set of examples as a function of the weights, nothing random in it. Callers fill
/// <see cref="Point"/> and then ask: every probe looks at places beside the weights it is about, so one buffer to
/// place them in saves the copies.
/// </summary>
internal interface ILossSurface
{
    /// <summary>Where the surface is measured, [n]; filled by the caller, changed by nobody else.</summary>
    WeightBuffer Point { get; }

    /// <summary>The loss and the score at <see cref="Point"/>.</summary>
    SurfaceValue Measure(CancellationToken cancellation = default);

    /// <summary>Writes the gradient of the loss at <see cref="Point"/>.</summary>
    /// <param name="gradient">Overwritten, [n].</param>
    /// <param name="cancellation">Stops between batches.</param>
    void Differentiate(WeightBuffer gradient, CancellationToken cancellation = default);
}
