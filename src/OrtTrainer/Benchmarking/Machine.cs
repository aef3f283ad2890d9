using System.Runtime.InteropServices;
using OrtTrainer.Runtime;

namespace OrtTrainer.Benchmarking;

/// <summary>Where something was measured.</summary>
/// <param name="Processor">The processor's name.</param>
/// <param name="Processors">Logical processors this process may use.</param>
/// <param name="System">The operating system.</param>
/// <param name="DotNet">The .NET version.</param>
/// <param name="OnnxRuntime">ONNX Runtime's version.</param>
internal sealed record Machine(string Processor, int Processors, string System, string DotNet, string OnnxRuntime)
{
    /// <summary>This machine.</summary>
    public static Machine Current() => new(
        Device.Default.Survey().Devices[0].Hardware,
        Environment.ProcessorCount, RuntimeInformation.OSDescription, RuntimeInformation.FrameworkDescription,
        GraphSession.RuntimeVersion);
}
