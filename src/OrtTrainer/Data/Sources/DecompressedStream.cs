namespace OrtTrainer.Data.Sources;

/// <summary>What is inside of a compressed file; says so where the file is cut off or damaged.</summary>
/// <param name="inside">Decompresses as it is read.</param>
/// <param name="file">The file as the user named it.</param>
internal sealed class DecompressedStream(Stream inside, string file) : ReadOnlyStream
{
    private long _read;

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        try
        {
            int read = inside.Read(buffer);
            _read += read;
            return read;
        }
        catch (Exception damaged) when (FormatLibraries.IsDamage(damaged))
        {
            throw new DataFileException(
                file, null, FormattableString.Invariant($"the compressed file is cut off or damaged: after {_read} ")
                + $"bytes of what is inside, {damaged.Message.TrimEnd('.')}. Copy or download it again.", damaged);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inside.Dispose();
        }

        base.Dispose(disposing);
    }
}
