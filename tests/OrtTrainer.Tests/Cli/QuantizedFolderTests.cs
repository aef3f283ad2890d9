using System.Text.Json;

namespace OrtTrainer.Tests.Cli;

public sealed class QuantizedFolderTests
{
    [Test]
    public void A_graph_with_8_bit_weights_predicts_where_it_is_alone()
    {
        using DeskTask desk = new();
        CliRun.Of(desk.Finetune("out", "--quiet")).Succeeded();
        CliRun.Of("export", "--run", desk.File("out"), "--out", desk.File("small"), "--quantize", "int8").Succeeded();
        CliRun both = CliRun.Of("predict", "--model", desk.File("small"), "--input", desk.Test).Succeeded();
        File.Delete(desk.File("small/model.safetensors"));
        File.Delete(desk.File("small/onnx/model.onnx"));

        CliRun alone = CliRun.Of(
            "predict", "--model", desk.File("small"), "--input", desk.Test, "--verbose");

        Assert.That(alone.ExitCode, Is.Zero, alone.Error);
        Assert.That(alone.Error, Does.Contain("padded"));
        double[] exact = [.. both.Lines.Select(ScoreOf)];
        Assert.That(alone.Lines.Select(ScoreOf), Is.EqualTo(exact).Within(0.05));
        Assert.That(alone.Lines.Select(ScoreOf), Is.Not.EqualTo(exact), "the other weights");
    }

    private static double ScoreOf(string line) =>
        JsonDocument.Parse(line).RootElement.GetProperty("scores").GetProperty("billing").GetDouble();
}
