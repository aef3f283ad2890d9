using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using OrtTrainer.Graph;
using OrtTrainer.Runtime;

namespace OrtTrainer.Cli.Commands;

/// <summary>What <c>--version</c> tells: this program and what it runs on.</summary>
/// <param name="Version">The program's.</param>
/// <param name="OnnxRuntime">ONNX Runtime's; null where its library is missing.</param>
/// <param name="DotNet">.NET's.</param>
/// <param name="Platform">System and processor, such as linux-x64.</param>
/// <param name="InstructionSets">Those of this processor that kernels use.</param>
/// <param name="Kernels">How many kernels of this program's own run here; 0 where the processor is too old.</param>
/// <param name="HasBFloat16">Whether it computes in bf16 here.</param>
/// <param name="HasCuda">Whether ONNX Runtime's CUDA provider lies beside the program.</param>
internal sealed record VersionReport(
    string Version, string? OnnxRuntime, string DotNet, string Platform, IReadOnlyList<string> InstructionSets,
    int Kernels, bool HasBFloat16, bool HasCuda)
{
    private static bool HasBFloat16Products =>
        Device.Default.Survey().Devices.Any(processor => processor.Precisions.Contains(Precision.Bf16));

    // Beside a published program, or where a build keeps libraries of all platforms.
    private static bool HasCudaProvider =>
        Contains(AppContext.BaseDirectory, SearchOption.TopDirectoryOnly)
        || Contains(Path.Combine(AppContext.BaseDirectory, "runtimes"), SearchOption.AllDirectories);

    /// <summary>That of this process.</summary>
    public static VersionReport OfProcess()
    {
        string? runtime = Known(() => GraphSession.RuntimeVersion);
        return new(
            CommandProgram.Version, runtime, Environment.Version.ToString(), RuntimeInformation.RuntimeIdentifier,
            Sets(), Known(() => Device.Default.KernelNames)?.Count ?? 0, HasBFloat16Products,
            Device.All.Count > 1 && HasCudaProvider);
    }

    /// <summary>In lines for people, the first of which names the program and its version alone.</summary>
    public IEnumerable<string> Lines(string program)
    {
        yield return $"{program} {Version}";
        yield return $"ONNX Runtime {OnnxRuntime ?? "is missing: reinstall the program"}; .NET {DotNet}; {Platform}";
        yield return $"instruction sets: {(InstructionSets.Count > 0 ? string.Join(", ", InstructionSets) : "none")}; "
            + (Kernels > 0 ? $"{Kernels} own kernels" : "no own kernels") + (HasBFloat16 ? ", bf16" : "");
        yield return HasCuda ? "CUDA: in this build" : "CUDA: not in this build";
    }

    private static bool Contains(string folder, SearchOption where) => Directory.Exists(folder)
        && Directory.EnumerateFiles(folder, "*onnxruntime_providers_cuda.*", where).Any();

    private static T? Known<T>(Func<T> ask)
        where T : class
    {
        try
        {
            return ask();
        }
        catch (Exception e) when (e is DllNotFoundException or TypeInitializationException
            or EntryPointNotFoundException or RuntimeFailureException)
        {
            // A version must be told even of an installation that is broken.
            return null;
        }
    }

    private static string[] Sets() =>
    [
        .. new (string Name, bool IsThere)[]
        {
            ("AVX2", Avx2.IsSupported), ("FMA", Fma.IsSupported), ("AVX-512", Avx512F.IsSupported),
            ("AVX-512 BF16", HasBFloat16Products), ("NEON", AdvSimd.IsSupported),
        }.Where(set => set.IsThere).Select(set => set.Name),
    ];
}
