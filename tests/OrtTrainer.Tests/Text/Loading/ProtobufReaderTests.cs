using OrtTrainer.Text.Loading;
using static OrtTrainer.Tests.Text.Loading.TinySentencePiece;

namespace OrtTrainer.Tests.Text.Loading;

public sealed class ProtobufReaderTests
{
    [TestCase(new byte[] { 0x08, 0x96, 0x01 }, 1, 150ul, Description = "the example of protobuf's documentation")]
    [TestCase(new byte[] { 0x08, 0x00 }, 1, 0ul)]
    [TestCase(new byte[] { 0x08, 0x7F }, 1, 127ul)]
    [TestCase(new byte[] { 0x08, 0x80, 0x01 }, 1, 128ul)]
    [TestCase(new byte[] { 0xE0, 0x02, 0x05 }, 44, 5ul, Description = "a field number of two bytes")]
    [TestCase(new byte[] { 0x08, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01 }, 1, ulong.MaxValue)]
    [TestCase(new byte[] { 0x09, 1, 0, 0, 0, 0, 0, 0, 0x80 }, 1, 0x8000000000000001ul, Description = "64 bits")]
    [TestCase(new byte[] { 0x0D, 1, 0, 0, 0x80 }, 1, 0x80000001ul, Description = "32 bits")]
    public void Numbers_of_every_kind_are_read(byte[] message, int field, ulong value)
    {
        ProtobufReader reader = new(message);

        Assert.That(reader.Read(), Is.True);
        Assert.That((reader.Field, reader.Number), Is.EqualTo((field, value)));
        Assert.That(reader.Read(), Is.False);
    }

    [Test]
    public void Fields_are_read_one_after_the_other_and_leave_nothing_behind()
    {
        ProtobufReader reader = new([.. Number(5, 300), .. Utf8(2, "héllo"), .. Float(3, -1.5f), .. Message(4, [])]);

        reader.Read();
        Assert.That((reader.Field, reader.Number, reader.Text), Is.EqualTo((5, 300ul, "")));
        reader.Read();
        Assert.That((reader.Field, reader.Number, reader.Text), Is.EqualTo((2, 0ul, "héllo")));
        reader.Read();
        Assert.That((reader.Field, reader.Float, reader.Text), Is.EqualTo((3, -1.5f, "")));
        reader.Read();
        Assert.That((reader.Field, reader.Number, reader.Text), Is.EqualTo((4, 0ul, "")));
        Assert.That(reader.Read(), Is.False);
    }

    [TestCase(new byte[] { 0x80 }, "1 more bytes", Description = "the key is cut off")]
    [TestCase(new byte[] { 0x08 }, "1 more bytes", Description = "the number is missing")]
    [TestCase(new byte[] { 0x0A, 0x05, 1, 2 }, "5 more bytes were expected, 2 are left")]
    [TestCase(new byte[] { 0x0D, 1, 2, 3 }, "4 more bytes")]
    [TestCase(new byte[] { 0x09, 1, 2, 3 }, "8 more bytes")]
    [TestCase(new byte[] { 0x0B }, "unknown kind 3", Description = "groups are of another age")]
    [TestCase(new byte[] { 0x0F }, "unknown kind 7")]
    [TestCase(new byte[] { 8, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1 }, "more than 64 bits")]
    [TestCase(new byte[] { 0x0A, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1 }, "18446744073709551615 more bytes")]
    public void What_is_cut_off_or_no_message_is_refused(byte[] message, string expected) => Assert.That(
        () => new ProtobufReader(message).Read(),
        Throws.TypeOf<InvalidDataException>().With.Message.Contains(expected));
}
