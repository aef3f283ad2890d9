using OrtTrainer.Checkpoints;

namespace OrtTrainer.Tests.Checkpoints;

internal sealed class SafetensorsDamageTests
{
    private const string One = """{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""";

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [TestCase("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}""", "invalid JSON")]
    [TestCase("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}}""", "invalid JSON")]
    [TestCase("[]", "StartArray")]
    [TestCase("", "invalid JSON")]
    [TestCase("""{"x":3}""", "Number")]
    [TestCase("""{"x":{"dtype":"F32","shape":[2]}}""", "a field missing")]
    [TestCase("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,4,8]}}""", "without two numbers")]
    [TestCase("""{"x":{"dtype":"F31","shape":[2],"data_offsets":[0,8]}}""", "\"F31\"")]
    [TestCase("""{"x":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", "8 bytes for F32 [3]")]
    [TestCase("""{"x":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", "negative")]
    [TestCase("""{"x":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}""", "fractional")]
    [TestCase("""{"x":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}""", "4294967296")]
    [TestCase("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", "[8, 0]")]
    [TestCase("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,9223372036854775807]}}""", "data_offsets")]
    [TestCase("""{"x":{"dtype":"F32","shape":[2],"dtype":"F32","data_offsets":[0,8]}}""", "\"dtype\"")]
    [TestCase("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "begin at 4")]
    [TestCase("""{"x":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}""", "a file of")]
    [TestCase("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "a file of")]
    [TestCase("""{"__metadata__":{"a":1}}""", "Number")]
    [TestCase("""{"__metadata__":{"a":"1","a":"2"}}""", "the key twice")]
    [TestCase(
        """
        {"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"y":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}
        """, "begin at 4")]
    [TestCase(
        """
        {"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}
        """, "the name twice")]
    public void A_damaged_header_is_refused_with_what_was_found(string header, string found)
    {
        var path = _folder.Write("m.safetensors", SafetensorsBytes.Join(header, new byte[8]));

        Assert.That(
            () => SafetensorsFile.OpenFile(path),
            Throws.TypeOf<CheckpointException>().With.Message.Contains(found).And.Message.StartsWith(path));
    }

    [TestCase(1ul << 60)]
    [TestCase(ulong.MaxValue)]
    [TestCase(1ul << 63)]
    [TestCase(100ul)]
    public void A_header_longer_than_the_file_is_refused_before_anything_is_allocated(ulong length)
    {
        var path = _folder.Write("m.safetensors", SafetensorsBytes.Join(One, new byte[8], length));

        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.That(
            () => SafetensorsFile.OpenFile(path),
            Throws.TypeOf<CheckpointException>().With.Message.Contains($"{length}"));

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(1 << 20));
    }

    [Test]
    public void A_file_cut_anywhere_is_refused()
    {
        var whole = SafetensorsBytes.Join(One, new byte[8]);
        for (var length = 0; length < whole.Length; length++)
        {
            var path = _folder.Write("m.safetensors", whole[..length]);

            Assert.That(() => SafetensorsFile.OpenFile(path), Throws.TypeOf<CheckpointException>(), $"{length} bytes");
        }
    }

    [Test]
    public void An_absent_file_is_named()
    {
        Assert.That(
            () => SafetensorsFile.OpenFile(_folder.File("none.safetensors")),
            Throws.TypeOf<CheckpointException>().With.Message.Contains("none.safetensors"));
    }

    [Test]
    public void Random_damage_gives_values_or_a_CheckpointException()
    {
        const string header = """
            {"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},
            "b":{"dtype":"BF16","shape":[3],"data_offsets":[16,22]},
            "c":{"dtype":"I64","shape":[1],"data_offsets":[22,30]}}
            """;
        FuzzedFiles.Check(SafetensorsBytes.Join(header, new byte[30]), 3000, SafetensorsFile.OpenFile);
    }
}
