using ILGPU.Runtime.Cuda;

namespace OrtTrainer.Runtime.Cuda.Launching;

/// <summary>
/// A generation of devices that PTX is made for; drivers compile it for this one and all that follow. Hopper (9.0) and
/// Blackwell (10.0, 12.0) run what is made for Ampere: ILGPU writes <c>.target sm_80</c> for them, too, and a newer
/// version of PTX would only shut out older drivers.
/// </summary>
/// <param name="Architecture">The generation.</param>
/// <param name="Instructions">The oldest version of PTX that knows it, which the most drivers take.</param>
internal readonly record struct PtxTarget(CudaArchitecture Architecture, CudaInstructionSet Instructions)
{
    /// <summary>All targets, the oldest first: Turing, Ampere.</summary>
    public static IReadOnlyList<PtxTarget> All { get; } =
    [
        new(CudaArchitecture.SM_75, CudaInstructionSet.ISA_63), new(CudaArchitecture.SM_80, CudaInstructionSet.ISA_70),
    ];

    /// <summary>The newest target that a device runs.</summary>
    /// <param name="major">Of the compute capability: 8 of 8.6.</param>
    /// <param name="minor">6 of 8.6.</param>
    /// <exception cref="NotSupportedException">The device is older than all targets.</exception>
    public static PtxTarget Of(int major, int minor)
    {
        for (int i = All.Count - 1; i >= 0; i--)
        {
            CudaArchitecture architecture = All[i].Architecture;
            if ((architecture.Major, architecture.Minor).CompareTo((major, minor)) <= 0)
            {
                return All[i];
            }
        }

        throw new NotSupportedException(
            $"The CUDA device has compute capability {major}.{minor}; expected 7.5 or more. Take another device.");
    }
}
