using OrtTrainer.Checkpoints;

namespace OrtTrainer.Tests.Checkpoints;

/// <summary>Files of many random tensors, written and read back, in any order and under any name.</summary>
internal sealed class SafetensorsRoundTripTests
{
    private static readonly string[] Names =
    [
        "a", "A", "encoder.layer.0.weight", " ", "\t\n", "\"quoted\"", "\\", "/", "日本語", "😀", "é",
        "e\u0301", "\u0001", "{}", "a:b", "__metadata", "null",
    ];

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public void Tensors_of_any_name_shape_and_order_come_back([Range(1, 6)] int seed)
    {
        var random = new Random(seed);
        var names = Names.OrderBy(_ => random.Next()).ToArray();
        var floats = new Dictionary<string, (long[] Shape, float[] Values)>();
        var integers = new Dictionary<string, long[]>();
        foreach (var name in names)
        {
            if (random.Next(3) == 0)
            {
                var length = random.Next(5);
                integers[name] = [.. Enumerable.Range(0, length).Select(_ => random.NextInt64(long.MinValue, 0))];
                continue;
            }

            long[] shape = [.. Enumerable.Range(0, random.Next(4)).Select(_ => (long)random.Next(5))];
            var count = (int)shape.Aggregate(1L, (a, b) => a * b);
            floats[name] = (
                shape, [.. Enumerable.Range(0, count).Select(_ => BitConverter.Int32BitsToSingle(random.Next()))]);
        }

        var path = _folder.File("m.safetensors");
        SafetensorsWriter.Write(path, names.Select(name => integers.TryGetValue(name, out var ids)
            ? TensorData.Int64s(name, [ids.Length], ids)
            : TensorData.Floats(name, floats[name].Shape, floats[name].Values)));

        using var file = SafetensorsFile.OpenFile(path);
        Assert.That(file.Names, Is.EquivalentTo(names));
        foreach (var (name, (shape, values)) in floats)
        {
            var read = new float[values.Length];
            file.ReadFloats(name, read);
            Assert.That(file.Require(name, shape).ToString(), Does.StartWith($"{name}: Float32 ["));
            Assert.That(
                read.Select(BitConverter.SingleToInt32Bits), Is.EqualTo(values.Select(BitConverter.SingleToInt32Bits)));
        }

        foreach (var (name, values) in integers)
        {
            var read = new long[values.Length];
            file.ReadInt64s(name, read);
            Assert.That(read, Is.EqualTo(values), name);
        }
    }

    [Test]
    public void Two_writes_of_the_same_tensors_have_the_same_bytes_whatever_was_there_before()
    {
        TensorData[] tensors =
            [TensorData.Floats("b", [2], new[] { 1f, 2 }), TensorData.Floats("a", [1], new[] { 3f })];
        var first = _folder.File("first");
        var second = _folder.Write("second", new string('x', 5000));

        SafetensorsWriter.Write(first, tensors);
        SafetensorsWriter.Write(second, tensors);

        Assert.That(File.ReadAllBytes(second), Is.EqualTo(File.ReadAllBytes(first)));
    }

    [Test]
    public void Tensors_of_one_width_keep_the_order_given()
    {
        string[] names = ["z", "a", "m", "b"];
        var path = _folder.File("m");

        SafetensorsWriter.Write(path, names.Select(name => TensorData.Floats(name, [1], new float[1])));

        using var file = SafetensorsFile.OpenFile(path);
        Assert.That(file.Names, Is.EqualTo(names));
        Assert.That(
            names.Select(name => file.Require(name, 1).Offset - file.Require("z", 1).Offset),
            Is.EqualTo(new long[] { 0, 4, 8, 12 }));
    }

    [Test]
    public void Metadata_come_back_and_none_are_written_where_none_are_given()
    {
        var metadata = new Dictionary<string, string> { ["format"] = "pt", ["note"] = "mean of \"5\"\n", ["é"] = "" };
        TensorData[] tensors = [TensorData.Floats("a", [1], new[] { 3f })];
        SafetensorsWriter.Write(_folder.File("with"), tensors, metadata);
        SafetensorsWriter.Write(_folder.File("without"), tensors, new Dictionary<string, string>());

        using var with = SafetensorsFile.OpenFile(_folder.File("with"));
        using var without = SafetensorsFile.OpenFile(_folder.File("without"));
        Assert.That(with.Metadata, Is.EquivalentTo(metadata));
        Assert.That(without.Metadata, Is.Empty);
        Assert.That(File.ReadAllText(_folder.File("without")), Does.Not.Contain("__metadata__"));
    }

    [Test]
    public void A_file_without_tensors_is_a_file()
    {
        SafetensorsWriter.Write(_folder.File("empty"), []);

        using var file = SafetensorsFile.OpenFile(_folder.File("empty"));
        Assert.That(file.Names, Is.Empty);
        Assert.That(file.TryGet("a", out _), Is.False);
    }
}
