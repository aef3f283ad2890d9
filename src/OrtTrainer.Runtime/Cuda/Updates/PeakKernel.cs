using System.Diagnostics;
using ILGPU;
using OrtTrainer.Runtime.Cuda.Launching;

namespace OrtTrainer.Runtime.Cuda.Updates;

/// <summary>Multiplies and adds in registers, to see how fast a device can.</summary>
internal static class PeakKernel
{
    private const int Rounds = 4096;
    private const int Chains = 8;

    private static readonly DeviceKernel Kernel = new(Multiply);

    /// <summary>Operations of float32 per second; a multiplication with an addition is two.</summary>
    public static double Measure(KernelDevice device)
    {
        int threads = device.MostGroups * device.Launcher.Group.Threads;
        using WeightBuffer results = new(device, threads);
        device.Run(Kernel, threads, results.View(), 1);
        double best = double.MaxValue;
        for (int repeat = 0; repeat < 3; repeat++)
        {
            long started = Stopwatch.GetTimestamp();
            device.Run(Kernel, threads, results.View(), Rounds);
            best = Math.Min(best, Stopwatch.GetElapsedTime(started).TotalSeconds);
        }

        return 2.0 * Chains * Rounds * threads / best;
    }

    // The chains do not wait for each other; what they give is kept, so that they are computed.
    internal static void Multiply(ArrayView<float> results, int rounds)
    {
        float a = Group.IdxX, b = a + 1, c = a + 2, d = a + 3, e = a + 4, f = a + 5, g = a + 6, h = a + 7;
        for (int round = 0; round < rounds; round++)
        {
            a = (a * 0.999f) + 0.5f;
            b = (b * 0.999f) + 0.5f;
            c = (c * 0.999f) + 0.5f;
            d = (d * 0.999f) + 0.5f;
            e = (e * 0.999f) + 0.5f;
            f = (f * 0.999f) + 0.5f;
            g = (g * 0.999f) + 0.5f;
            h = (h * 0.999f) + 0.5f;
        }

        results[Elements.First()] = a + b + c + d + e + f + g + h;
    }
}
