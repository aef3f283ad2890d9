using System.Text;

namespace OrtTrainer.Data.Sources;

/// <summary>A text of any encoding as UTF-8.</summary>
/// <param name="source">The text; the caller keeps and closes it.</param>
/// <param name="encoding">Its encoding, which refuses what it cannot decode.</param>
/// <param name="file">The file as the user named it.</param>
internal sealed class TranscodedStream(Stream source, Encoding encoding, string file) : ReadOnlyStream
{
    private const int Block = 1 << 16;

    private readonly Decoder _decoder = encoding.GetDecoder();
    private readonly byte[] _block = new byte[Block];
    private readonly char[] _chars = new char[encoding.GetMaxCharCount(Block)];
    private byte[] _text = [];
    private ReadOnlyMemory<byte> _ready;
    private bool _isAtEnd;
    private int _line = 1;

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        while (_ready.IsEmpty && !_isAtEnd)
        {
            Fill();
        }

        int count = Math.Min(buffer.Length, _ready.Length);
        _ready.Span[..count].CopyTo(buffer);
        _ready = _ready[count..];
        return count;
    }

    private void Fill()
    {
        int read = source.Read(_block);
        _isAtEnd = read == 0;
        int length;
        try
        {
            length = _decoder.GetChars(_block.AsSpan(0, read), _chars, flush: _isAtEnd);
        }
        catch (DecoderFallbackException invalid)
        {
            throw Undecodable(invalid);
        }

        ReadOnlySpan<char> chars = _chars.AsSpan(0, length);
        _line += chars.Count('\n');
        int most = Encoding.UTF8.GetMaxByteCount(length);
        _text = _text.Length < most ? new byte[most] : _text;
        _ready = _text.AsMemory(0, Encoding.UTF8.GetBytes(chars, _text));
    }

    private DataFileException Undecodable(DecoderFallbackException invalid)
    {
        Encoding lenient = (Encoding)encoding.Clone();
        lenient.DecoderFallback = DecoderFallback.ReplacementFallback;
        int line = _line + lenient.GetString(_block, 0, Math.Max(0, invalid.Index)).AsSpan().Count('\n');
        string found = string.Join(' ', (invalid.BytesUnknown ?? []).Select(value => $"0x{value:X2}"));
        return new DataFileException(
            file, line, $"{found} is nothing in {encoding.WebName}, which the file is read as. Name its encoding with "
            + "--encoding; leave it out for UTF-8.", invalid);
    }
}
