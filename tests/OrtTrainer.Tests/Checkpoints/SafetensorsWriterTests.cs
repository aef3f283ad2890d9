using System.Buffers.Binary;
using System.Text.Json;
using OrtTrainer.Checkpoints;

namespace OrtTrainer.Tests.Checkpoints;

internal sealed class SafetensorsWriterTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public void What_was_written_is_read_back()
    {
        var path = _folder.File("m.safetensors");
        float[] weights = [1, -2.5f, float.NaN, float.NegativeInfinity, float.Epsilon, 6];

        SafetensorsWriter.Write(path,
        [
            TensorData.Floats("w", [2, 3], weights),
            TensorData.Int64s("ids", [1, 2], new[] { long.MinValue, 7 }),
            TensorData.Floats("empty", [0, 5], Array.Empty<float>()),
            TensorData.Floats("скаляр \"q\"", [], () => [3f]),
        ]);

        using var file = SafetensorsFile.OpenFile(path);
        var read = new float[6];
        file.ReadFloats("w", read);
        var ids = new long[2];
        file.ReadInt64s("ids", ids);
        var scalar = new float[1];
        file.ReadFloats("скаляр \"q\"", scalar);
        Assert.That(read, Is.EqualTo(weights));
        Assert.That(ids, Is.EqualTo(new[] { long.MinValue, 7 }));
        Assert.That(scalar, Is.EqualTo(new[] { 3f }));
        Assert.That(file.Require("empty", 0, 5).ElementCount, Is.Zero);
    }

    [Test]
    public void The_bytes_are_what_the_format_asks_for()
    {
        var path = _folder.File("m.safetensors");

        SafetensorsWriter.Write(path, [TensorData.Floats("w", [1], new[] { 1f })]);

        var bytes = File.ReadAllBytes(path);
        var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        using var header = JsonDocument.Parse(bytes.AsMemory(8, length));
        var tensor = header.RootElement.GetProperty("w");
        Assert.That((8 + length) % 8, Is.Zero);
        Assert.That(header.RootElement.GetProperty("__metadata__").GetProperty("format").GetString(), Is.EqualTo("pt"));
        Assert.That(tensor.GetProperty("dtype").GetString(), Is.EqualTo("F32"));
        Assert.That(tensor.GetProperty("shape").GetRawText(), Is.EqualTo("[1]"));
        Assert.That(tensor.GetProperty("data_offsets").GetRawText(), Is.EqualTo("[0,4]"));
        Assert.That(Convert.ToHexString(bytes.AsSpan(8 + length)), Is.EqualTo("0000803F"));
    }

    [Test]
    public void Wider_elements_come_first_so_that_all_are_aligned()
    {
        var path = _folder.File("m.safetensors");

        SafetensorsWriter.Write(
            path, [TensorData.Floats("odd", [3], new float[3]), TensorData.Int64s("ids", [1], new long[1])]);

        using var file = SafetensorsFile.OpenFile(path);
        Assert.That(file.Names, Is.EqualTo(new[] { "ids", "odd" }));
        Assert.That(file.Require("ids", 1).Offset % 8, Is.Zero);
    }

    [Test]
    public void A_tensor_longer_than_one_piece_arrives_whole()
    {
        var path = _folder.File("m.safetensors");
        var values = Enumerable.Range(0, (1 << 20) + 17).Select(i => (float)i).ToArray();

        SafetensorsWriter.Write(path, [TensorData.Floats("w", [values.Length], () => values)]);

        using var file = SafetensorsFile.OpenFile(path);
        var read = new float[values.Length];
        file.ReadFloats("w", read);
        Assert.That(read.AsSpan().SequenceEqual(values), Is.True);
    }

    [TestCase("w", "w")]
    [TestCase("w", "__metadata__")]
    public void Names_must_be_unique_and_not_reserved(string first, string second)
    {
        TensorData[] tensors =
            [TensorData.Floats(first, [0], Array.Empty<float>()), TensorData.Floats(second, [0], Array.Empty<float>())];

        Assert.That(() => SafetensorsWriter.Write(_folder.File("m"), tensors), Throws.ArgumentException);
    }

    [Test]
    public void Too_few_values_for_the_shape_leave_the_old_file()
    {
        var path = _folder.Write("m.safetensors", "old");

        Assert.That(
            () => SafetensorsWriter.Write(path, [TensorData.Floats("w", [3], new float[2])]),
            Throws.InvalidOperationException.With.Message.Contains("2 values"));
        Assert.That(File.ReadAllText(path), Is.EqualTo("old"));
        Assert.That(Directory.GetFiles(_folder.Path), Has.Length.EqualTo(1));
    }

    [Test]
    public void Negative_dimensions_are_refused()
    {
        Assert.That(() => TensorData.Floats("w", [-1], Array.Empty<float>()), Throws.ArgumentException);
    }
}
