using System.Diagnostics;
using System.Text.Json;
using OrtTrainer.Cli;

namespace OrtTrainer.Tests.Cli;

/// <summary>The program in a process of its own in which .NET may not use all that the processor has.</summary>
public sealed class LesserProcessorTests
{
    private DeskTask _desk = null!;

    [SetUp]
    public void MakeTask() => _desk = new DeskTask();

    [TearDown]
    public void RemoveTask() => _desk.Dispose();

    [Test]
    public void A_precision_that_the_processor_has_not_is_bad_usage(
        [Values("finetune", "bench", "generate")] string command,
        [Values("DOTNET_EnableAVX512", "DOTNET_EnableAVX2")] string without)
    {
        string[] words = command == "finetune"
            ? _desk.Finetune("out", "--precision", "bf16")
            : command == "generate"
            ? ["generate", "--model", _desk.Model, "--prompt", "a", "--precision", "bf16"]
            : ["bench", "--model", _desk.Model, "--full-length", "8", "--batches", "1", "--precision", "bf16"];

        (int code, _, string error) = Run(without, words);

        Assert.That((code, error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), Is.EqualTo((2, new[]
        {
            "error: --precision is bf16, which needs a processor with AVX-512 BF16 and Linux or Windows; this one has "
                + "it not, or .NET may not use AVX-512 on it. Take fp32.",
        })));
    }

    [TestCase("DOTNET_EnableAVX512")]
    [TestCase("DOTNET_EnableAVX2")]
    public void Training_in_float32_gives_nearly_the_same_losses(string without)
    {
        double[] expected = Losses(null, "all"), actual = Losses(without, "less");

        Assert.That(expected, Has.Length.GreaterThanOrEqualTo(1));

        // Sums in another order, 6e-8 each, and AdamW, which divides by what may be small.
        Assert.That(actual, Is.EqualTo(expected).Within(1e-4));
    }

    private double[] Losses(string? without, string output)
    {
        (int code, _, string error) = Run(without, _desk.Finetune(output));
        Assert.That((code, error), Is.EqualTo((0, "")));
        return
        [
            .. File.ReadLines(Path.Combine(_desk.File(output), "run", "metrics.jsonl"))
                .Select(line => JsonDocument.Parse(line).RootElement)
                .Where(line => line.TryGetProperty("loss", out JsonElement loss)
                    && loss.ValueKind == JsonValueKind.Number)
                .Select(line => line.GetProperty("loss").GetDouble()),
        ];
    }

    private static (int Code, string Out, string Error) Run(string? without, string[] words)
    {
        ProcessStartInfo start = new("dotnet", ["exec", typeof(CliApp).Assembly.Location, .. words])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (without is not null)
        {
            start.Environment[without] = "0";
        }

        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.GetAwaiter().GetResult());
    }
}
