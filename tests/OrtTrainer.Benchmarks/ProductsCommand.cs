using OrtTrainer.Cli;

namespace OrtTrainer.Benchmarks;

/// <summary><c>products</c>: kernels of linear layers against ONNX Runtime's Gemm.</summary>
internal static class ProductsCommand
{
    public static Task<int> RunAsync(ProductsArguments arguments, Terminal terminal, CancellationToken interruption)
    {
        ProductTime[] times = [.. ProductsBenchmark.Run(
            arguments.RowCounts, arguments.Sizes, arguments.Threads ?? 2, interruption)];
        terminal.WriteResult(times, Lines(times), arguments.Json);
        return Task.FromResult(ExitCode.Done);
    }

    private static IEnumerable<string> Lines(ProductTime[] times)
    {
        yield return $"{"product",-18}{"rows",6}{"layer",12}{"Gemm",14}"
            + string.Concat(times[0].KernelRatios.Keys.Select(p => $"{p,10}"));
        foreach (ProductTime time in times)
        {
            yield return FormattableString.Invariant(
                $"{time.Operator,-18}{time.Rows,6}{$"{time.Inputs}x{time.Outputs}",12}{time.GemmRate,8:0} GF/s ")
                + string.Concat(time.KernelRatios.Values.Select(ratio => ratio is { } r
                    ? FormattableString.Invariant($"{r,10:0.00}")
                    : $"{"none",10}"));
        }
    }
}
