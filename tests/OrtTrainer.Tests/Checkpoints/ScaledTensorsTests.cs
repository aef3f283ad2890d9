using OrtTrainer.Checkpoints;

namespace OrtTrainer.Tests.Checkpoints;

/// <summary>Tensors of 8-bit integers with a scale per row.</summary>
public sealed class ScaledTensorsTests
{
    [Test]
    public void A_row_reads_as_its_integers_times_its_scale()
    {
        using TemporaryFolder folder = new();
        string path = folder.File("model.safetensors");
        SafetensorsWriter.Write(path,
        [
            TensorData.Int8s("w", [2, 3], () => [1, -2, 127, 0, 64, -127]),
            TensorData.Floats("w.scale", [2], new[] { 0.5f, 2f }),
            TensorData.Floats("b", [2], new[] { 3f, 4f }),
        ]);

        using Checkpoint file = ScaledTensors.OpenFile(path);
        float[] values = new float[6], bias = new float[2];
        file.ReadFloats("w", values);
        file.ReadFloats("b", bias);

        Assert.That(file.Names, Is.EquivalentTo(["w", "b"]));
        Assert.That(values, Is.EqualTo([0.5f, -1, 63.5f, 0, 128, -254]));
        Assert.That(bias, Is.EqualTo([3f, 4]));
        Assert.That(file.Require("w", 2, 3).ElementType, Is.EqualTo(ElementType.Float32));
        Assert.That(file.TryGet("nothing", out _), Is.False);
    }

    [Test]
    public void Values_are_off_by_half_a_scale_at_most_and_a_row_of_zeros_stays_zeros()
    {
        float[] values = [0.3f, -1.27f, 0.004f, 0, 0, 0, 1e-20f, 3e-20f, -2e-20f];

        float[] scales = ScaledTensors.ScalesFor(values, rows: 3);
        sbyte[] quantized = ScaledTensors.Quantize(values, scales);

        Assert.That(scales, Is.EqualTo([1.27f / 127, 0, 3e-20f / 127]));
        for (int i = 0; i < values.Length; i++)
        {
            Assert.That(quantized[i] * scales[i / 3], Is.EqualTo(values[i]).Within(0.51 * scales[i / 3]));
        }
    }

    [Test]
    public void Scales_that_are_not_one_per_row_are_refused()
    {
        using TemporaryFolder folder = new();
        string path = folder.File("model.safetensors");
        SafetensorsWriter.Write(path,
        [
            TensorData.Int8s("w", [2, 3], () => new sbyte[6]), TensorData.Floats("w.scale", [3], new float[3]),
        ]);

        Assert.That(
            () => ScaledTensors.OpenFile(path),
            Throws.InstanceOf<CheckpointException>().With.Message.Contains("w.scale").And.Message.Contains("[2]"));
    }
}
