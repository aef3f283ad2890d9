using System.Text.Json;
using OrtTrainer.Tests.Cli;

namespace OrtTrainer.Tests.Benchmarks;

/// <summary>
/// The benchmarks, on a model so small that no figure means anything: what is checked is that every figure is there.
/// </summary>
public sealed class BenchmarkProgramTests
{
    private DeskTask _desk = null!;

    [SetUp]
    public void Make() => _desk = new DeskTask();

    [TearDown]
    public void Remove() => _desk.Dispose();

    [Test]
    public void Training_steps_are_held_against_the_yardstick()
    {
        CliRun run = CliRun.OfBenchmarks(
            "yardstick", "--model", _desk.Model, "--train", _desk.Train, "--batches", "3", "--batch-size", "4",
            "--threads", "1", "--yardstick", Yardstick(), "--json");

        JsonElement result = JsonDocument.Parse(run.Succeeded().Out).RootElement;
        double ratio = result.GetProperty("ratio").GetDouble();
        double steps = result.GetProperty("step_total").GetDouble();
        double yardstick = result.GetProperty("yardstick_total").GetDouble();
        Assert.That(ratio, Is.EqualTo(steps / yardstick).Within(1e-12 * ratio));
        Assert.That(result.GetProperty("median_ratio").GetDouble(), Is.GreaterThan(0));
        Assert.That(result.GetProperty("yardstick_median").GetDouble(), Is.InRange(0, yardstick));
        Assert.That(result.GetProperty("batches").GetInt32(), Is.EqualTo(3));
        Assert.That(result.GetProperty("padding_share").GetDouble(), Is.InRange(0, 0.5));
        Assert.That(result.GetProperty("peak_memory").GetInt64(), Is.GreaterThan(10_000_000));
    }

    [Test]
    public void The_ratio_to_the_yardstick_is_printed_below_the_figures_of_steps()
    {
        CliRun run = CliRun.OfBenchmarks(
            "yardstick", "--model", _desk.Model, "--full-length", "8", "--batches", "1", "--batch-size", "2",
            "--yardstick", Yardstick()).Succeeded();

        Assert.That(run.Lines.Select(line => line.Split(' ')[0]),
            Is.EqualTo(new[] { "batches", "step", "averaging", "memory", "kernels", "yardstick", "ratio" }));
        Assert.That(run.Lines[^1], Does.Match(@"^ratio        \d+\.\d{3} of all time, \d+\.\d{3} median by batch; "));
    }

    [Test]
    public void A_yardstick_must_be_given()
    {
        CliRun run = CliRun.OfBenchmarks("yardstick", "--model", _desk.Model, "--full-length", "8");

        Assert.That((run.ExitCode, run.Error), Is.EqualTo((2,
            "error: --yardstick is missing: give the graph that training steps are held against.\n")));
    }

    [Test]
    public void Every_way_to_write_gives_the_same_tokens()
    {
        CliRun run = CliRun.OfBenchmarks(
            "generation", "--random", "2x64x50", "--prompt-tokens", "3", "--new-tokens", "5", "--batch-size", "2",
            "--rounds", "2", "--anew-rounds", "1", "--threads", "1", "--json");

        JsonElement result = JsonDocument.Parse(run.Succeeded().Out).RootElement;
        JsonElement[] ways = [.. result.GetProperty("ways").EnumerateArray()];
        Assert.That(ways.Select(way => way.GetProperty("rounds").GetInt32()), Is.EqualTo(new[] { 2, 2, 1 }));
        Assert.That(ways.Select(way => way.GetProperty("same_texts").GetDouble()), Is.All.EqualTo(1));
        Assert.That(ways[1].GetProperty("ratio").GetDouble(), Is.EqualTo(1), "plain ONNX Runtime against itself");
    }

    [Test]
    public void A_model_that_writes_must_be_given()
    {
        CliRun run = CliRun.OfBenchmarks("generation", "--random", "2x60x50");

        Assert.That((run.ExitCode, run.Error), Is.EqualTo((2,
            "error: --random is '2x60x50'; expected layers x width x vocabulary, the width a multiple of 64.\n")));
        Assert.That(
            CliRun.OfBenchmarks("generation").Error, Is.EqualTo("error: Give either --model or --random.\n"));
    }

    [Test]
    public void Every_way_from_texts_gives_the_same_logits_and_8_bits_near_ones()
    {
        CliRun run = CliRun.OfBenchmarks(
            "inference", "--model", _desk.Model, "--train", _desk.Train, "--batches", "2", "--batch-size", "3",
            "--threads", "1", "--json");

        JsonElement result = JsonDocument.Parse(run.Succeeded().Out).RootElement;
        JsonElement[] ways = [.. result.GetProperty("ways").EnumerateArray()];
        Assert.That(ways, Has.Length.EqualTo(6));
        Assert.That(ways.Select(way => way.GetProperty("batch_median").GetDouble()), Is.All.GreaterThan(0));
        Assert.That(ways[^1].GetProperty("ratio").GetDouble(), Is.EqualTo(1), "plain ONNX Runtime against itself");
        Assert.That(result.GetProperty("tokens").GetInt64(), Is.InRange(2 * 3 * 5, 2 * 3 * 10));
        double[] differences = [.. ways.Select(way => way.GetProperty("difference").GetDouble())];
        Assert.That(differences[..2], Is.All.LessThan(1e-4));
        Assert.That(differences[2], Is.GreaterThan(0));
        Assert.That(differences[3], Is.LessThan(1e-5), "ML.NET, padded further");
        Assert.That(differences[4], Is.LessThan(1e-5), "attention as ONNX Runtime's own operator");
        Assert.That(differences[5], Is.Zero);
    }

    [Test]
    public void Inference_is_timed_on_texts_alone()
    {
        CliRun run = CliRun.OfBenchmarks("inference", "--model", _desk.Model, "--full-length", "8");

        Assert.That((run.ExitCode, run.Error),
            Is.EqualTo((2, "error: --train is missing: give a file whose texts make the batches.\n")));
    }

    [TestCase("--help", "benchmarks ")]
    [TestCase("yardstick --help", "benchmarks yardstick: ")]
    [TestCase("methods --help", "benchmarks methods: ")]
    public void Help_is_of_the_benchmarks(string words, string start) =>
        Assert.That(CliRun.OfBenchmarks(words.Split(' ')).Succeeded().Out, Does.StartWith(start));

    [Test]
    public void A_command_of_orttrainer_is_none_of_the_benchmarks()
    {
        CliRun run = CliRun.OfBenchmarks("finetune");

        Assert.That((run.ExitCode, run.Error), Is.EqualTo((2,
            "error: finetune is unknown; the commands are yardstick, decoder, methods, products, inference, "
            + "generation, serving, tokenizers. See benchmarks --help.\n")));
    }

    [Test]
    public void Methods_are_measured_beside_plain_fine_tuning()
    {
        CliRun run = CliRun.OfBenchmarks(
            "methods", "--model", _desk.Model, "--train", _desk.Train, "--batches", "2", "--batch-size", "4",
            "--threads", "1", "--methods", "tf-reg,distillation", "--json");

        JsonElement[] times = [.. JsonDocument.Parse(run.Succeeded().Out).RootElement.EnumerateArray()];
        Assert.That(times.Select(t => t.GetProperty("method").GetString()),
            Is.EqualTo(new[] { "finetune", "tf-reg", "distillation" }));
        Assert.That(times.Select(t => t.GetProperty("step_median").GetDouble()), Has.All.GreaterThan(0));
        Assert.That(times[0].GetProperty("ratio").GetDouble(), Is.EqualTo(1));
    }

    [Test]
    public void A_loss_that_needs_a_teacher_s_layers_is_given_random_ones()
    {
        CliRun run = CliRun.OfBenchmarks(
            "methods", "--model", _desk.Model, "--train", _desk.Train, "--batches", "1", "--batch-size", "4",
            "--threads", "1", "--methods", "rail-distillation").Succeeded();

        Assert.That(run.Lines, Has.Count.EqualTo(2));
        Assert.That(run.Lines[0], Does.Match(@"^finetune +\d+\.\d ms median, 1\.000 of all plain time, 1\.000 median"));
        Assert.That(run.Lines[1], Does.Match(@"^rail-distillation +\d+\.\d ms median, \d+\.\d{3} of all plain time"));
    }

    [Test]
    public void Methods_are_measured_on_data()
    {
        CliRun run = CliRun.OfBenchmarks("methods", "--model", _desk.Model, "--full-length", "8", "--methods", "focal");

        Assert.That((run.ExitCode, run.Error), Is.EqualTo((2,
            "error: --methods needs --train F: losses are compared on data.\n")));
    }

    [TestCase("swa", "swa is more than a loss")]
    [TestCase("focall", "Did you mean focal?")]
    public void What_is_no_loss_is_not_measured(string methods, string expected)
    {
        CliRun run = CliRun.OfBenchmarks(
            "methods", "--model", _desk.Model, "--train", _desk.Train, "--methods", methods);

        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error, Does.Contain(expected));
    }

    private string Yardstick() => TinyYardstick.Write(_desk.File("yardstick.onnx"), width: 8, layers: 2);
}
