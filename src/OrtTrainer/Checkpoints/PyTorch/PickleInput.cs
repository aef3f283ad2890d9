using System.Buffers.Binary;
using System.Text;

namespace OrtTrainer.Checkpoints.PyTorch;

/// <summary>A pickle's bytes within a file, read forward through a small buffer.</summary>
internal sealed class PickleInput(CheckpointBytes file, long start, long end)
{
    private const int BufferBytes = 1 << 14;

    // Tensor names and keys are short; nothing in a state dictionary comes near this.
    private const int LongestString = 1 << 16;

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private readonly byte[] _buffer = new byte[BufferBytes];
    private int _next;
    private int _filled;

    public CheckpointBytes File => file;

    /// <summary>Where the next byte lies in the file.</summary>
    public long Position => start - _filled + _next;

    /// <summary>What a message calls this place.</summary>
    public string Place => $"pickle at byte {Position}";

    public byte ReadByte() => Take(1)[0];

    public ushort ReadUInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public int ReadInt32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public long ReadInt64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    public double ReadFloat64BigEndian() => BinaryPrimitives.ReadDoubleBigEndian(Take(8));

    /// <summary>A copy of the next <paramref name="length"/> bytes; a length from the file is checked first.</summary>
    public byte[] ReadBytes(long length)
    {
        CheckLength(length);
        var bytes = new byte[length];
        for (var at = 0; at < bytes.Length;)
        {
            var piece = Take(Math.Min(bytes.Length - at, BufferBytes));
            piece.CopyTo(bytes.AsSpan(at));
            at += piece.Length;
        }

        return bytes;
    }

    public string ReadUtf8(long length)
    {
        var bytes = ReadBytes(length);
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            throw Bad("a string that is not UTF-8", "UTF-8", e);
        }
    }

    /// <summary>Python 2's byte strings: names in them are ASCII.</summary>
    public string ReadLatin1(long length) => Encoding.Latin1.GetString(ReadBytes(length));

    /// <summary>Text up to the next line feed, as the oldest opcodes use.</summary>
    public string ReadLine()
    {
        var line = new StringBuilder();
        for (var next = ReadByte(); next != '\n'; next = ReadByte())
        {
            CheckLength(line.Length);
            line.Append((char)next);
        }

        return line.ToString();
    }

    public CheckpointException Bad(string found, string expected, Exception? inner = null) =>
        new(
            file.Path, Place, found, expected,
            "The file is damaged or holds more than tensors: download it again, or save it as safetensors.", inner);

    private void CheckLength(long length)
    {
        if (length is < 0 or > LongestString)
        {
            throw Bad($"a string of {length} bytes", $"at most {LongestString}");
        }
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (_filled - _next < count)
        {
            Fill(count);
        }

        _next += count;
        return _buffer.AsSpan(_next - count, count);
    }

    private void Fill(int count)
    {
        var kept = _filled - _next;
        _buffer.AsSpan(_next, kept).CopyTo(_buffer);
        var added = (int)Math.Min(BufferBytes - kept, end - start);
        if (kept + added < count)
        {
            throw Bad($"the pickle's end at byte {end}", "a STOP opcode before it");
        }

        file.Read(start, _buffer.AsSpan(kept, added), "pickle");
        start += added;
        _next = 0;
        _filled = kept + added;
    }
}
