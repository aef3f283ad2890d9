using System.Diagnostics;
using OrtTrainer.Benchmarking;
using OrtTrainer.Graph;

namespace OrtTrainer.Benchmarks;

/// <summary>
/// Times the products of a linear layer in kernels against ONNX Runtime's Gemm, in turns in one process.
/// </summary>
internal static class ProductsBenchmark
{
    /// <summary>Operations of a measurement, so that short products are repeated within it.</summary>
    private const double Work = 4e9;

    private const int Turns = 9;

    private static readonly string[] Operators = ["Linear", "LinearInputGrad", "LinearWeightGrad"];

    public static ProductTime Measure(
        string op, int rows, int inputs, int outputs, int threads, CancellationToken interruption)
    {
        using ProductSession gemm = new(op, Precision.Fp32, rows, inputs, outputs, threads, useKernels: false);
        Dictionary<string, ProductSession> kernels = new[] { Precision.Fp32, Precision.Bf16 }.ToDictionary(
            p => p.ToString(), p => new ProductSession(op, p, rows, inputs, outputs, threads, useKernels: true));
        double operations = 2.0 * rows * inputs * outputs;
        int repeats = Math.Max(1, (int)(Work / operations));
        List<double> gemmTimes = [];
        Dictionary<string, List<double>> ratios = kernels.ToDictionary(k => k.Key, _ => new List<double>());
        for (int turn = -1; turn < Turns; turn++)
        {
            interruption.ThrowIfCancellationRequested();
            double time = Time(gemm, repeats);
            foreach ((string precision, ProductSession session) in kernels.Where(k => k.Value.HasKernel))
            {
                ratios[precision].Add(time / Time(session, repeats));
            }

            gemmTimes.Add(time / repeats);
        }

        foreach (ProductSession session in kernels.Values)
        {
            session.Dispose();
        }

        return new ProductTime(
            op, rows, inputs, outputs, operations / Median.Of(gemmTimes.Skip(1)) / 1e9,
            ratios.ToDictionary(r => r.Key, r => r.Value.Count == 0 ? null : (double?)Median.Of(r.Value.Skip(1))));
    }

    /// <summary>All products of all layers.</summary>
    public static IEnumerable<ProductTime> Run(
        IReadOnlyList<int> rows, IReadOnlyList<(int Inputs, int Outputs)> layers, int threads,
        CancellationToken interruption) =>
        from op in Operators
        from count in rows
        from layer in layers
        select Measure(op, count, layer.Inputs, layer.Outputs, threads, interruption);

    private static double Time(ProductSession session, int repeats)
    {
        long started = Stopwatch.GetTimestamp();
        for (int i = 0; i < repeats; i++)
        {
            session.Run();
        }

        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
