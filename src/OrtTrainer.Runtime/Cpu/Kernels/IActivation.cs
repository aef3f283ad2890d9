using System.Runtime.Intrinsics;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// An activation, element by element: a form of the Gaussian error linear unit (D. Hendrycks, K. Gimpel,
/// arXiv:1606.08415) or SiLU.
/// </summary>
internal interface IActivation
{
    static abstract Vector512<float> Value(Vector512<float> x);

    /// <summary>The derivative at x.</summary>
    static abstract Vector512<float> Slope(Vector512<float> x);

    /// <summary>Both, for less than twice the work.</summary>
    static abstract Vector512<float> ValueAndSlope(Vector512<float> x, out Vector512<float> slope);
}
