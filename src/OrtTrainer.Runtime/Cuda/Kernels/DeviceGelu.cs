using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Algorithms;
using OrtTrainer.Runtime.Cpu.Kernels;
using OrtTrainer.Runtime.Cuda.Launching;

namespace OrtTrainer.Runtime.Cuda.Kernels;

/// <summary>
/// The forms of GELU on a device and their gradients, by the formulas of <see cref="ErfGelu"/> and
/// <see cref="TanhGelu"/>; one thread to each element.
/// </summary>
internal sealed class DeviceGelu(IOperatorDevice device, DeviceKernel values) : DeviceOperator(device)
{
    private const float Root = 0.7978845608f;
    private const float Cubic = 0.044715f;

    private static readonly DeviceKernel ErfValues = new(Erf);
    private static readonly DeviceKernel TanhValues = new(Tanh);
    private static readonly DeviceKernel ErfSlopes = new(ErfGradient);
    private static readonly DeviceKernel TanhSlopes = new(TanhGradient);

    public static IReadOnlyList<DeviceKernel> Kernels => [ErfValues, TanhValues, ErfSlopes, TanhSlopes];

    public static IEnumerable<KernelDefinition> Define(IOperatorDevice device) =>
    [
        On(GeluKernel<ErfGelu>.Define("Gelu"), device, _ => new DeviceGelu(device, ErfValues)),
        On(GeluKernel<TanhGelu>.Define("GeluTanh"), device, _ => new DeviceGelu(device, TanhValues)),
        On(GeluGradKernel<ErfGelu>.Define("GeluGrad"), device, _ => new Gradient(device, ErfSlopes)),
        On(GeluGradKernel<TanhGelu>.Define("GeluTanhGrad"), device, _ => new Gradient(device, TanhSlopes)),
    ];

    /// <summary>y = x Φ(x).</summary>
    public static void Erf(ArrayView<float> x, ArrayView<float> y)
    {
        long i = DeviceThread.Element;
        if (i < x.Length)
        {
            // Far on the left the error of Φ must not grow with x: there it is 0.
            y[i] = x[i] < -5.5f ? 0 : x[i] * Normal(x[i]);
        }
    }

    /// <summary>dx = dy (Φ(x) + x φ(x)).</summary>
    public static void ErfGradient(ArrayView<float> dy, ArrayView<float> x, ArrayView<float> dx)
    {
        long i = DeviceThread.Element;
        if (i < x.Length)
        {
            float at = x[i];
            dx[i] = dy[i] * ((at * 0.3989422804f * XMath.Exp(at * at * -0.5f)) + Normal(at));
        }
    }

    /// <summary>y = x / (1 + e^(-2u)).</summary>
    public static void Tanh(ArrayView<float> x, ArrayView<float> y)
    {
        long i = DeviceThread.Element;
        if (i < x.Length)
        {
            y[i] = x[i] / (1 + Decay(x[i]));
        }
    }

    /// <summary>dx = dy (s + x s (1 - s) 2u').</summary>
    public static void TanhGradient(ArrayView<float> dy, ArrayView<float> x, ArrayView<float> dx)
    {
        long i = DeviceThread.Element;
        if (i < x.Length)
        {
            float at = x[i], decay = Decay(at), logistic = 1 / (1 + decay);
            float twiceSlope = (at * at * (6 * Root * Cubic)) + (2 * Root);
            dx[i] = dy[i] * ((at * twiceSlope * (decay * logistic * logistic)) + logistic);
        }
    }

    protected override void Compute(in DeviceRun run)
    {
        KernelTensor x = run.Input(0);
        run.Launch(
            values, run.Group.GroupsOfThreads(x.Length), DeviceRun.FloatsOf(x), run.OutputFloats(0, x.Shape));
    }

    // The polynomial of VectorMath.Normal.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Normal(float x)
    {
        float z = XMath.Min(5.5f, XMath.Max(-5.5f, x));
        float u = (z * z * (2 / (5.5f * 5.5f))) - 1;
        float p = (-0.00027406603f * u) + 0.00065514818f;
        p = (p * u) - 0.00040019577f;
        p = (p * u) + 0.00064370781f;
        p = (p * u) - 0.0025937106f;
        p = (p * u) + 0.0047183563f;
        p = (p * u) - 0.0067001721f;
        p = (p * u) + 0.010167755f;
        p = (p * u) - 0.015042351f;
        p = (p * u) + 0.020383572f;
        p = (p * u) - 0.02604037f;
        p = (p * u) + 0.032067429f;
        p = (p * u) - 0.038793407f;
        p = (p * u) + 0.047737785f;
        p = (p * u) - 0.064172328f;
        p = (p * u) + 0.12855193f;
        return (p * z) + 0.5f;
    }

    // e^(-2u), kept below e^80: its square with logistic² in the slope must not overflow.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Decay(float x) =>
        XMath.Exp(XMath.Min(80f, x * ((x * x * (-2 * Root * Cubic)) - (2 * Root))));

    private sealed class Gradient(IOperatorDevice device, DeviceKernel slopes) : DeviceOperator(device)
    {
        protected override void Compute(in DeviceRun run)
        {
            KernelTensor dy = run.Input(0), x = run.Input(1);
            Shapes.Require("GELU gradient", "dy", dy, x.Shape);
            run.Launch(
                slopes, run.Group.GroupsOfThreads(x.Length), DeviceRun.FloatsOf(dy), DeviceRun.FloatsOf(x),
                run.OutputFloats(0, x.Shape));
        }
    }
}
