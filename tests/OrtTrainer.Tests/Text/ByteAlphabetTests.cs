using OrtTrainer.Text;

namespace OrtTrainer.Tests.Text;

public sealed class ByteAlphabetTests
{
    // As GPT-2's bytes_to_unicode gives them.
    [TestCase(0x00, 'Ā')]
    [TestCase(0x0A, 'Ċ')]
    [TestCase(0x20, 'Ġ')]
    [TestCase(0x21, '!')]
    [TestCase(0x7E, '~')]
    [TestCase(0x7F, 'ġ')]
    [TestCase(0x80, 'Ģ')]
    [TestCase(0xA0, 'ł')]
    [TestCase(0xA1, '¡')]
    [TestCase(0xAC, '¬')]
    [TestCase(0xAD, 'Ń')]
    [TestCase(0xAE, '®')]
    [TestCase(0xFF, 'ÿ')]
    public void Bytes_are_written_as_gpt2_writes_them(byte value, char expected)
    {
        Assert.That(ByteAlphabet.ToChar(value), Is.EqualTo(expected));
        Assert.That(ByteAlphabet.ToByte(expected), Is.EqualTo(value));
    }

    [Test]
    public void No_two_bytes_share_a_character() => Assert.That(
        Enumerable.Range(0, 256).Select(value => ByteAlphabet.ToByte(ByteAlphabet.ToChar((byte)value))),
        Is.EqualTo(Enumerable.Range(0, 256)));

    [TestCase(' ')]
    [TestCase('\n')]
    [TestCase('\u00AD')]
    [TestCase('\u0144')]
    [TestCase('中')]
    [TestCase('\uFFFF')]
    public void Other_characters_stand_for_no_byte(char character) =>
        Assert.That(ByteAlphabet.ToByte(character), Is.EqualTo(-1));
}
