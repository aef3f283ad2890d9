using System.Text.Json;
using OrtTrainer.Runtime;
using OrtTrainer.Tests.Cli;
using OrtTrainer.Tests.Runtime.Cuda;

namespace OrtTrainer.Tests.Benchmarking;

/// <summary>
/// The commands, on a model so small that no figure means anything: what is checked is that every figure is there.
/// </summary>
public sealed class BenchTests
{
    private DeskTask _desk = null!;

    [SetUp]
    public void Make() => _desk = new DeskTask();

    [TearDown]
    public void Remove() => _desk.Dispose();

    [Test]
    public void Training_steps_are_measured_on_data()
    {
        CliRun run = CliRun.Of(
            "bench", "--model", _desk.Model, "--train", _desk.Train, "--batches", "2", "--batch-size", "4",
                "--threads", "1", "--json");

        JsonElement result = JsonDocument.Parse(run.Succeeded().Out).RootElement;
        Assert.That(result.GetProperty("batches").GetInt32(), Is.EqualTo(2));
        Assert.That(result.GetProperty("tokens").GetInt64(), Is.InRange(2 * 4 * 5, 2 * 4 * 10));
        Assert.That(result.GetProperty("padding_share").GetDouble(), Is.InRange(0, 0.5));
        Assert.That(result.GetProperty("step_median").GetDouble(), Is.GreaterThan(0));
        Assert.That(result.GetProperty("tokens_per_second").GetDouble(), Is.GreaterThan(0));
        Assert.That(result.GetProperty("peak_memory").GetInt64(), Is.GreaterThan(10_000_000));
        Assert.That(result.GetProperty("loss").GetDouble(), Is.InRange(0.01, 5));
        Assert.That(result.GetProperty("kernels").GetArrayLength(), Is.GreaterThan(0));
        Assert.That(result.TryGetProperty("ratio", out _), Is.False);
    }

    [Test]
    public void Random_batches_have_no_padding()
    {
        CliRun run = CliRun.Of(
            "bench", "--model", _desk.Model, "--full-length", "16", "--batches", "1", "--batch-size", "4",
                "--no-kernels");

        Assert.That(run.Succeeded().Lines[0],
            Is.EqualTo("batches      1, 64 tokens, 0.0% padding as rows of equal length"));
        Assert.That(run.Lines.Select(line => line.Split(' ')[0]),
            Is.EqualTo(new[] { "batches", "step", "averaging", "memory", "kernels" }));
        Assert.That(run.Lines[^1], Is.EqualTo("kernels      none: function bodies"));
    }

    [Test]
    [NonParallelizable]
    public void Steps_that_are_played_back_tell_their_shapes_and_padding()
    {
        RecordingDevice device = new();
        Device.Unlisted = device;
        try
        {
            CliRun run = CliRun.Of(
                "bench", "--model", _desk.Model, "--full-length", "16", "--batches", "4", "--batch-size", "4",
                "--threads", "1", "--device", RecordingDevice.RecordingWord, "--cuda-graphs", "on");

            Assert.That(
                run.Succeeded().Lines,
                Does.Contain("cuda graphs  1 shape of batches, 1.5% of their tokens are padding"));
            Assert.That(device.Played.Single(), Is.EqualTo(6), "of 8 passes, one run directly and one recorded");
        }
        finally
        {
            Device.Unlisted = null;
        }
    }

    [Test]
    public void Graphs_are_refused_where_a_device_has_none() => Assert.That(
        CliRun.Of("bench", "--model", _desk.Model, "--full-length", "16", "--cuda-graphs", "auto").Error,
        Does.Contain("--cuda-graphs is auto, which a CUDA device has; cpu has no CUDA graphs."));

    [Test]
    public void A_profile_tells_where_the_time_of_steps_goes()
    {
        CliRun run = CliRun.Of(
            "bench", "--model", _desk.Model, "--train", _desk.Train, "--batches", "2", "--batch-size", "4",
                "--threads", "1", "--profile", "--json");

        JsonElement profile = JsonDocument.Parse(run.Succeeded().Out).RootElement.GetProperty("profile");
        double step = profile.GetProperty("step_seconds").GetDouble();
        JsonElement[] parts = [.. profile.GetProperty("parts").EnumerateArray()];
        JsonElement[] operators = [.. profile.GetProperty("operators").EnumerateArray()];
        Assert.That(profile.GetProperty("steps").GetInt32(), Is.EqualTo(2));
        Assert.That(profile.GetProperty("tokens").GetInt64(), Is.InRange(2 * 4 * 5, 2 * 4 * 10));
        Assert.That(profile.GetProperty("peak").GetDouble(), Is.GreaterThan(0));
        Assert.That(profile.GetProperty("machine").GetProperty("onnx_runtime").GetString(), Does.Match(@"^\d+\.\d+"));
        Assert.That(parts.Sum(part => part.GetProperty("seconds").GetDouble()), Is.EqualTo(step).Within(1e-9));
        Assert.That(parts.Where(part => part.GetProperty("seconds").GetDouble() < 0), Is.Empty);
        JsonElement attention = operators.Single(o => o.GetProperty("name").GetString() == "PackedAttention");
        JsonElement last = operators.Single(o => o.GetProperty("name").GetString() == "PackedCrossAttention");
        Assert.That(attention.GetProperty("calls").GetDouble(), Is.EqualTo(1), "one in the first of two layers");
        Assert.That(last.GetProperty("calls").GetDouble(), Is.EqualTo(1), "one from first tokens in the last");
        Assert.That(attention.GetProperty("operations_per_second").GetDouble(), Is.GreaterThan(0));
        Assert.That(operators.Where(o => o.GetProperty("peak_share").ValueKind == JsonValueKind.Number)
            .Select(o => o.GetProperty("name").GetString()!.Split(' ')[0]).Distinct(),
            Is.SubsetOf(new[]
            {
                "Gemm", "FusedGemm", "MatMul", "Linear", "LinearWithoutBias", "LinearGrad", "LinearWithoutBiasGrad",
                "FeedForwardGelu", "FeedForwardGeluGrad", "ResidualLinearGrad", "ResidualFeedForwardGeluGrad",
            }));
    }

    [Test]
    public void A_profile_is_printed_as_two_tables()
    {
        CliRun run = CliRun.Of(
            "bench", "--model", _desk.Model, "--full-length", "16", "--batches", "1", "--batch-size", "4",
                "--profile").Succeeded();

        string[] lines = [.. run.Lines.SkipWhile(line => !line.StartsWith("machine ", StringComparison.Ordinal))];
        Assert.That(lines.Take(4).Select(line => line.Split(' ')[0]),
            Is.EqualTo(new[] { "machine", "software", "peak", "profiled" }));
        Assert.That(lines, Has.Some.Match("^profiled     1 steps of .* ms on average, 64 tokens each; "));
        Assert.That(lines, Has.Some.Match("^part of a step +ms +share$"));
        Assert.That(lines, Has.Some.Match(@"^optimizer and average +\d+\.\d\d +\d+\.\d%$"));
        Assert.That(lines, Has.Some.Match("^operator +calls +ms +share +MB +GB/s +GFLOP/s +of peak$"));
    }

    [TestCase("--full-length", "0", "error: --full-length is 0; expected 1 or more.\n")]
    [TestCase("--batches", "0", "error: --batches is 0; expected 1 or more.\n")]
    public void Values_out_of_range_are_bad_usage(string option, string value, string expected)
    {
        string[] batches = option == "--full-length" ? [] : ["--full-length", "8"];

        CliRun run = CliRun.Of(["bench", "--model", _desk.Model, option, value, .. batches]);

        Assert.That((run.ExitCode, run.Error), Is.EqualTo((2, expected)));
    }

    [Test]
    public void Examples_longer_than_the_model_s_positions_are_refused()
    {
        CliRun run = CliRun.Of("bench", "--model", _desk.Model, "--full-length", "64");

        Assert.That(run, Is.EqualTo(
            new CliRun(1, "", $"error: {Path.Combine(_desk.Model, "config.json")}: the model takes 32 tokens at "
            + "most; examples of 64 were asked for.\n")));
    }

    [Test]
    public void A_tokenizer_is_measured_with_one_thread_and_several()
    {
        string text = _desk.Write("text.txt",
            string.Concat(Enumerable.Repeat("where is my parcel\n\nthe invoice shows a wrong price\n", 50)));

        CliRun run = CliRun.Of("bench", "--tokenizer", _desk.Model, "--text-file", text, "--threads", "2", "--json");

        JsonElement result = JsonDocument.Parse(run.Succeeded().Out).RootElement;
        Assert.That(result.GetProperty("texts").GetInt32(), Is.EqualTo(100));
        Assert.That(result.GetProperty("bytes").GetInt64(), Is.EqualTo(50 * (18 + 31)));
        Assert.That(result.GetProperty("tokens").GetInt64(), Is.EqualTo(50 * (4 + 6 + 4)));
        Assert.That(result.GetProperty("single_megabytes_per_second").GetDouble(), Is.GreaterThan(0));
        Assert.That(result.GetProperty("threaded_megabytes_per_second").GetDouble(), Is.GreaterThan(0));
    }

    [Test]
    public void A_tokenizer_s_speed_is_printed_in_lines()
    {
        string text = _desk.Write("text.txt", "where is my parcel\n");

        CliRun run = CliRun.Of("bench", "--tokenizer", _desk.Model, "--text-file", text, "--threads", "2").Succeeded();

        Assert.That(run.Lines[0], Does.StartWith("texts        1, ").And.EndWith(", 6 tokens"));
        Assert.That(run.Lines[1], Does.Match(@"^1 thread     \d+\.\d MB/s$"));
        Assert.That(run.Lines[2], Does.Match(@"^2 threads    \d+\.\d MB/s$"));
    }
}
