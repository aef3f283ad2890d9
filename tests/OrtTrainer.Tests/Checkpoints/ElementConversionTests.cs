using System.Buffers.Binary;
using System.Runtime.InteropServices;
using OrtTrainer.Checkpoints;

namespace OrtTrainer.Tests.Checkpoints;

/// <summary>Every value of the small types, and the edges of the large ones.</summary>
internal sealed class ElementConversionTests
{
    [Test]
    public void All_65536_halves_are_their_sign_exponent_and_fraction()
    {
        var bytes = MemoryMarshal.AsBytes<ushort>(Enumerable.Range(0, 65_536).Select(i => (ushort)i).ToArray());
        var floats = new float[65_536];

        ElementConversion.ToFloats(ElementType.Float16, bytes, floats);

        for (var i = 0; i < floats.Length; i++)
        {
            var (sign, exponent, fraction) = (i >> 15 == 0 ? 1 : -1, (i >> 10) & 31, i & 1023);
            var expected = exponent switch
            {
                31 => fraction != 0 ? double.NaN : sign * double.PositiveInfinity,
                0 => sign * fraction * Math.Pow(2, -24),
                _ => sign * (1024 + fraction) * Math.Pow(2, exponent - 25),
            };
            Assert.That(floats[i], Is.EqualTo(expected), $"0x{i:X4}");
        }
    }

    [Test]
    public void All_bytes_are_read_as_signed_unsigned_and_bool()
    {
        byte[] bytes = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];

        Assert.That(Floats(ElementType.UInt8, bytes, 256), Is.EqualTo(Enumerable.Range(0, 256)));
        Assert.That(
            Floats(ElementType.Int8, bytes, 256),
            Is.EqualTo(Enumerable.Range(0, 256).Select(i => i < 128 ? i : i - 256)));
        Assert.That(
            Floats(ElementType.Bool, bytes, 256), Is.EqualTo(Enumerable.Range(0, 256).Select(i => i == 0 ? 0 : 1)));
    }

    // Halfway between two floats the even one is taken; beyond the largest lies infinity.
    [TestCase(1 + 5.9604644775390625e-8, 1f)]
    [TestCase(1 + 1.7881393432617188e-7, 1.0000002384185791015625f)]
    [TestCase(0.1, 0.1f)]
    [TestCase(1e300, float.PositiveInfinity)]
    [TestCase(-1e300, float.NegativeInfinity)]
    [TestCase(1e-50, 0f)]
    [TestCase(double.NaN, float.NaN)]
    public void Doubles_round_to_the_nearest_float(double value, float expected)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteDoubleLittleEndian(bytes, value);

        Assert.That(Floats(ElementType.Float64, bytes, 1)[0], Is.EqualTo(expected));
    }

    [TestCase(16_777_217, 16_777_216f)]
    [TestCase(16_777_219, 16_777_220f)]
    [TestCase(-16_777_217, -16_777_216f)]
    [TestCase(long.MaxValue, 9.223372E18f)]
    public void Integers_beyond_24_bits_round_to_the_nearest_float(long value, float expected)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);

        Assert.That(Floats(ElementType.Int64, bytes, 1)[0], Is.EqualTo(expected));
    }

    [TestCase(ElementType.Int64, "FFFFFFFFFFFFFF7F", long.MaxValue)]
    [TestCase(ElementType.Int64, "0000000000000080", long.MinValue)]
    [TestCase(ElementType.Int32, "00000080", int.MinValue)]
    [TestCase(ElementType.UInt32, "FFFFFFFF", uint.MaxValue)]
    [TestCase(ElementType.Int16, "0080", short.MinValue)]
    [TestCase(ElementType.UInt16, "FFFF", ushort.MaxValue)]
    [TestCase(ElementType.Int8, "80", sbyte.MinValue)]
    [TestCase(ElementType.UInt8, "FF", byte.MaxValue)]
    [TestCase(ElementType.Bool, "02", 1)]
    public void The_edges_of_integers_are_exact(ElementType type, string hex, long expected)
    {
        var values = new long[1];

        Assert.That(ElementConversion.TryToInt64s(type, Convert.FromHexString(hex), values), Is.True);
        Assert.That(values[0], Is.EqualTo(expected));
    }

    [Test]
    public void Types_that_may_not_fit_int64_are_refused_and_change_nothing(
        [Values(ElementType.Float64, ElementType.Float32, ElementType.Float16, ElementType.BFloat16,
            ElementType.UInt64)] ElementType type)
    {
        long[] values = [42];

        Assert.That(ElementConversion.TryToInt64s(type, new byte[type.Size()], values), Is.False);
        Assert.That(values[0], Is.EqualTo(42));
    }

    [Test]
    public void Every_type_has_a_name_in_safetensors_that_gives_it_back([Values] ElementType type)
    {
        Assert.That(ElementTypes.TryFromSafetensors(type.ToSafetensors(), out var found), Is.True);
        Assert.That(found, Is.EqualTo(type));

        // The number in the name is the width in bits; BOOL has none and takes a byte.
        var digits = string.Concat(type.ToSafetensors().Where(char.IsDigit));
        Assert.That(type.Size(), Is.EqualTo(digits.Length == 0 ? 1 : int.Parse(digits, null) / 8));
    }

    [Test]
    public void A_tensor_may_begin_at_any_byte([Range(0, 8)] int shift)
    {
        // Files by other writers align nothing: bytes of any number may lie before a tensor.
        using var folder = new TemporaryFolder();
        float[] values = [1.5f, -2, 3e-39f];
        var header =
            $$$"""
            {"a":{"dtype":"U8","shape":[{{{shift}}}],"data_offsets":[0,{{{shift}}}]},
            "b":{"dtype":"F32","shape":[3],"data_offsets":[{{{shift}}},{{{shift + 12}}}]}}
            """;
        byte[] data = [.. new byte[shift], .. MemoryMarshal.AsBytes<float>(values)];
        using var file = SafetensorsFile.OpenFile(folder.Write("m", SafetensorsBytes.Join(header, data)));
        var read = new float[3];

        file.ReadFloats("b", read);

        Assert.That(read, Is.EqualTo(values));
    }

    private static float[] Floats(ElementType type, byte[] bytes, int count)
    {
        var floats = new float[count];
        ElementConversion.ToFloats(type, bytes, floats);
        return floats;
    }
}
