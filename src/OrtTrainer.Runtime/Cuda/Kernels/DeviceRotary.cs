using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Algorithms;
using OrtTrainer.Runtime.Cpu.Kernels;
using OrtTrainer.Runtime.Cuda.Launching;

namespace OrtTrainer.Runtime.Cuda.Kernels;

/// <summary><see cref="RotaryKernel"/> on a device, one thread to each element.</summary>
internal sealed class DeviceRotary(IOperatorDevice device, KernelAttributes attributes) : DeviceOperator(device)
{
    private static readonly DeviceKernel Turned = new(Turn);

    private readonly RotaryKernel _cpu = new(attributes);

    public static IReadOnlyList<DeviceKernel> Kernels => [Turned];

    public static IEnumerable<KernelDefinition> Define(IOperatorDevice device) =>
        [On(RotaryKernel.Definition, device, attributes => new DeviceRotary(device, attributes))];

    /// <summary>Elements i and i + half of each of the first heads, turned by position · frequency i.</summary>
    public static void Turn(
        ArrayView<float> x, ArrayView<long> positions, ArrayView<float> frequencies, ArrayView<float> y, int columns,
        int turned, float direction)
    {
        long at = DeviceThread.Element;
        if (at >= x.Length)
        {
            return;
        }

        int half = frequencies.IntLength, column = (int)(at % columns);
        if (column >= turned)
        {
            y[at] = x[at];
            return;
        }

        int i = column % (2 * half);
        bool isFirst = i < half;
        float angle = Reduced(positions[at / columns] * frequencies[isFirst ? i : i - half]);
        float other = isFirst ? -x[at + half] : x[at - half];
        y[at] = (x[at] * XMath.Cos(angle)) + (other * XMath.Sin(angle) * direction);
    }

    protected override void Compute(in DeviceRun run)
    {
        KernelTensor x = run.Input(0);
        (int rows, int columns, int turned) = _cpu.Check(x, run.Input(1), run.Input(2));
        run.Launch(
            Turned, run.Group.GroupsOfThreads(x.Length), DeviceRun.FloatsOf(x), run.Int64s(1), run.Floats(2),
            run.OutputFloats(0, rows, columns), columns, turned, _cpu.Direction);
    }

    // An angle less whole turns: devices approximate sines near zero alone. A turn in three parts, the first two with
    // few enough bits for products with some thousand turns to be exact.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Reduced(float angle)
    {
        float turns = XMath.Floor((angle * 0.15915494f) + 0.5f);
        return angle - (turns * 6.28125f) - (turns * 1.934051513671875e-3f) - (turns * 1.2556659146e-6f);
    }
}
