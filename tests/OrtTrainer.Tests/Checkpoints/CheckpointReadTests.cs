using System.Buffers.Binary;
using System.Text;
using OrtTrainer.Checkpoints;

namespace OrtTrainer.Tests.Checkpoints;

/// <summary>
/// Reading at the edges: lengths around the pieces, places beyond 4 GB, several threads, files that shrink.
/// </summary>
internal sealed class CheckpointReadTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    // 65536 elements are read at a time.
    [Test]
    public void Every_length_around_a_piece_is_read_whole(
        [Values(0, 1, 15, 16, 17, 1023, 65535, 65536, 65537, 131073)] int length,
        [Values("F32", "F16", "F64", "I32", "U8")] string type)
    {
        using var file = Open(SafetensorsBytes.One(type, $"[{length}]", Bytes(type, length)));
        var values = new float[length];

        file.ReadFloats("x", values);

        Assert.That(values, Is.EqualTo(Enumerable.Range(0, length).Select(Value)));
    }

    [Test]
    public void Tensors_beyond_4_GB_are_found()
    {
        const long gap = 5L << 30;
        var header = Encoding.UTF8.GetBytes(
            $$$"""
            {"gap":{"dtype":"U8","shape":[{{{gap}}}],"data_offsets":[0,{{{gap}}}]},
            "x":{"dtype":"F32","shape":[1],"data_offsets":[{{{gap}}},{{{gap + 4}}}]}}
            """);
        var path = _folder.File("sparse.safetensors");
        using (var stream = File.Create(path))
        {
            // The gap is a hole: the file takes a few kilobytes on the disk.
            stream.Write(BitConverter.GetBytes((ulong)header.Length));
            stream.Write(header);
            stream.Seek(gap, SeekOrigin.Current);
            stream.Write(BitConverter.GetBytes(1.5f));
        }

        using var file = SafetensorsFile.OpenFile(path);
        var values = new float[1];
        file.ReadFloats("x", values);

        Assert.That(values[0], Is.EqualTo(1.5f));
        Assert.That(file.Require("gap", gap).ElementCount, Is.EqualTo(gap));
    }

    [Test]
    public void Threads_may_read_at_the_same_time()
    {
        using var file = Open(SafetensorsBytes.One("F16", "[100000]", Bytes("F16", 100_000)));
        var expected = Enumerable.Range(0, 100_000).Select(Value).ToArray();

        Parallel.For(0, 8, _ =>
        {
            var values = new float[expected.Length];
            file.ReadFloats("x", values);
            Assert.That(values.AsSpan().SequenceEqual(expected), Is.True);
        });
    }

    [Test]
    [Platform("Linux")]
    public void A_file_that_shrinks_after_opening_is_reported()
    {
        var path = _folder.Write("m.safetensors", SafetensorsBytes.One("F32", "[100]", new byte[400]));
        using var file = SafetensorsFile.OpenFile(path);
        Truncate(path, 200);

        Assert.That(
            () => file.ReadFloats("x", new float[100]),
            Throws.TypeOf<CheckpointException>().With.Message.Contains("tensor x").And.Message.Contains("truncated"));
    }

    [Test]
    public void A_file_that_is_replaced_while_open_gives_its_old_values()
    {
        var path = _folder.File("m.safetensors");
        SafetensorsWriter.Write(path, [TensorData.Floats("x", [1], new[] { 1f })]);
        using var file = SafetensorsFile.OpenFile(path);
        SafetensorsWriter.Write(path, [TensorData.Floats("x", [1], new[] { 2f })]);
        var values = new float[1];

        file.ReadFloats("x", values);

        Assert.That(values[0], Is.EqualTo(1f));
    }

    [Test]
    public void A_folder_in_place_of_a_file_is_refused()
    {
        Assert.That(
            () => SafetensorsFile.OpenFile(_folder.Path),
            Throws.TypeOf<CheckpointException>().With.Message.StartsWith(_folder.Path));
    }

    [Test]
    public void A_message_shortens_names_of_megabytes()
    {
        var name = new string('n', 1_000_000);
        var header = $$$"""{"{{{name}}}":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""";
        var path = _folder.Write("m.safetensors", SafetensorsBytes.Join(header, new byte[8]));

        var error = Assert.Throws<CheckpointException>(() => SafetensorsFile.OpenFile(path));

        Assert.That(error!.Message, Has.Length.LessThan(1000).And.Contains("1000000 characters"));
    }

    [Test]
    public void A_message_has_file_part_found_expected_and_next_step()
    {
        var error = new CheckpointException("/m/config.json", "field x", "3", "4", "Correct it.");

        Assert.That(error.Message, Is.EqualTo("/m/config.json: field x: found 3; expected 4. Correct it."));
        Assert.That(
            new[] { error.File, error.Part, error.Found, error.Expected, error.NextStep },
            Is.EqualTo(new[] { "/m/config.json", "field x", "3", "4", "Correct it." }));
    }

    // Small whole numbers, exact in every type.
    private static float Value(int index) => (index * 7) % 251;

    private static byte[] Bytes(string type, int length)
    {
        var size = type switch { "U8" => 1, "F16" => 2, "F64" => 8, _ => 4 };
        var bytes = new byte[length * size];
        for (var i = 0; i < length; i++)
        {
            var at = bytes.AsSpan(i * size);
            switch (type)
            {
                case "F32":
                    BinaryPrimitives.WriteSingleLittleEndian(at, Value(i));
                    break;
                case "F16":
                    BinaryPrimitives.WriteHalfLittleEndian(at, (Half)Value(i));
                    break;
                case "F64":
                    BinaryPrimitives.WriteDoubleLittleEndian(at, Value(i));
                    break;
                case "I32":
                    BinaryPrimitives.WriteInt32LittleEndian(at, (int)Value(i));
                    break;
                default:
                    at[0] = (byte)Value(i);
                    break;
            }
        }

        return bytes;
    }

    private static void Truncate(string path, long length)
    {
        // .NET takes an advisory lock that would refuse a second writer; the shell does not ask for it.
        using var process = System.Diagnostics.Process.Start("truncate", ["-s", $"{length}", path]);
        process.WaitForExit();
    }

    private SafetensorsFile Open(byte[] bytes) => SafetensorsFile.OpenFile(_folder.Write("m.safetensors", bytes));
}
