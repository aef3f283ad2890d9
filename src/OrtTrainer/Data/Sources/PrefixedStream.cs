namespace OrtTrainer.Data.Sources;

/// <summary>A stream with the bytes before it that were read from it already.</summary>
/// <param name="start">The bytes.</param>
/// <param name="rest">What follows them; the caller keeps and closes it.</param>
internal sealed class PrefixedStream(ReadOnlyMemory<byte> start, Stream rest) : ReadOnlyStream
{
    private ReadOnlyMemory<byte> _start = start;

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        if (_start.IsEmpty)
        {
            return rest.Read(buffer);
        }

        int count = Math.Min(buffer.Length, _start.Length);
        _start.Span[..count].CopyTo(buffer);
        _start = _start[count..];
        return count;
    }
}
