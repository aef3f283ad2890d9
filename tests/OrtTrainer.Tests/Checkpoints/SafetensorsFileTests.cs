using OrtTrainer.Checkpoints;

namespace OrtTrainer.Tests.Checkpoints;

internal sealed class SafetensorsFileTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    // 1.5 and -2 in each type's own bytes, worked out by hand; integers hold 3 and the type's lowest or another value.
    [TestCase("F64", "000000000000F83F00000000000000C0", 1.5f, -2f)]
    [TestCase("F32", "0000C03F000000C0", 1.5f, -2f)]
    [TestCase("F16", "003E00C0", 1.5f, -2f)]
    [TestCase("BF16", "C03F00C0", 1.5f, -2f)]
    [TestCase("I64", "0300000000000000FEFFFFFFFFFFFFFF", 3f, -2f)]
    [TestCase("I32", "0300000000000080", 3f, -2147483648f)]
    [TestCase("I16", "03000080", 3f, -32768f)]
    [TestCase("I8", "0380", 3f, -128f)]
    [TestCase("U64", "0300000000000000FFFFFFFFFFFFFFFF", 3f, 18446744073709551615f)]
    [TestCase("U32", "03000000FFFFFFFF", 3f, 4294967295f)]
    [TestCase("U16", "0300FFFF", 3f, 65535f)]
    [TestCase("U8", "03FF", 3f, 255f)]
    [TestCase("BOOL", "0100", 1f, 0f)]
    public void Every_element_type_reads_as_floats(string type, string hex, float first, float second)
    {
        using var file = Open(SafetensorsBytes.One(type, "[2]", Convert.FromHexString(hex)));
        var values = new float[2];

        file.ReadFloats("x", values);

        Assert.That(values, Is.EqualTo(new[] { first, second }));
    }

    [TestCase("I64", "0300000000000000FEFFFFFFFFFFFFFF", 3, -2)]
    [TestCase("I32", "03000000FEFFFFFF", 3, -2)]
    [TestCase("U8", "03FF", 3, 255)]
    [TestCase("BOOL", "0100", 1, 0)]
    public void Integers_read_as_int64(string type, string hex, long first, long second)
    {
        using var file = Open(SafetensorsBytes.One(type, "[2]", Convert.FromHexString(hex)));
        var values = new long[2];

        file.ReadInt64s("x", values);

        Assert.That(values, Is.EqualTo(new[] { first, second }));
    }

    [Test]
    public void Floats_are_refused_as_int64()
    {
        using var file = Open(SafetensorsBytes.One("F32", "[1]", new byte[4]));

        Assert.That(
            () => file.ReadInt64s("x", new long[1]),
            Throws.TypeOf<CheckpointException>().With.Message.Contains("Float32"));
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(15)]
    [TestCase(16)]
    [TestCase(17)]
    [TestCase(1023)]
    [TestCase(65537)]
    public void Bfloat16_of_any_length_is_the_upper_half_of_a_float(int length)
    {
        var random = new Random(length);
        var data = new byte[2 * length];
        random.NextBytes(data);
        using var file = Open(SafetensorsBytes.One("BF16", $"[{length}]", data));
        var values = new float[length];

        file.ReadFloats("x", values);

        var expected = Enumerable.Range(0, length).Select(i => (uint)BitConverter.ToUInt16(data, 2 * i) << 16);
        Assert.That(values.Select(BitConverter.SingleToUInt32Bits), Is.EqualTo(expected));
    }

    [Test]
    public void Names_come_in_the_order_of_the_data_and_scalars_have_no_dimensions()
    {
        const string header = """
            {"__metadata__":{"format":"pt"},
            "b":{"dtype":"F32","shape":[],"data_offsets":[8,12]},
            "a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}
            """;
        using var file = Open(SafetensorsBytes.Join(header, new byte[12]));

        Assert.That(file.Names, Is.EqualTo(new[] { "a", "b" }));
        Assert.That(file.Metadata["format"], Is.EqualTo("pt"));
        Assert.That(file.Require("b").Shape, Is.Empty);
        Assert.That(file.Require("a", 1, 2).ToString(), Is.EqualTo("a: Float32 [1, 2]"));
    }

    [Test]
    public void A_missing_tensor_is_named_together_with_the_one_that_lacks_a_prefix()
    {
        using var file = Open(SafetensorsBytes.One("F32", "[1]", new byte[4]));

        Assert.That(
            () => file.Require("bert.x", 1),
            Throws.TypeOf<CheckpointException>().With.Message.Contains("\"bert.x\"").And.Message.Contains("\"x\""));
    }

    [Test]
    public void A_shape_that_differs_from_what_the_model_asks_for_is_refused()
    {
        using var file = Open(SafetensorsBytes.One("F32", "[2,3]", new byte[24]));

        Assert.That(
            () => file.Require("x", 3, 2),
            Throws.TypeOf<CheckpointException>().With.Message.Contains("[2, 3]").And.Message.Contains("[3, 2]"));
    }

    [Test]
    public void A_destination_of_another_length_is_the_callers_mistake()
    {
        using var file = Open(SafetensorsBytes.One("F32", "[2]", new byte[8]));

        Assert.That(() => file.ReadFloats("x", new float[3]), Throws.ArgumentException);
    }

    private SafetensorsFile Open(byte[] bytes) => SafetensorsFile.OpenFile(_folder.Write("m.safetensors", bytes));
}
