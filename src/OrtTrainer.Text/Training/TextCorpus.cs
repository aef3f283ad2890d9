using System.Text;

namespace OrtTrainer.Text.Training;

/// <summary>
/// Texts in files that are read block by block and never held as a whole. Files are UTF-8; a byte order mark is
/// dropped.
/// </summary>
internal sealed class TextCorpus
{
    private const int BlockLength = 1 << 20;

    private static readonly UTF8Encoding Strict =
        new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private TextCorpus(IReadOnlyList<string> files) => Files = files;

    /// <summary>The files: those of a folder in the order of their paths, character by character.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>The bytes of all files.</summary>
    public long Bytes => Files.Sum(file => new FileInfo(file).Length);

    /// <summary>Finds the files; of a folder all in it and below but hidden ones.</summary>
    /// <exception cref="FileNotFoundException">A path leads nowhere.</exception>
    /// <exception cref="InvalidDataException">A folder has no files.</exception>
    public static TextCorpus Open(IReadOnlyList<string> paths) => new([.. paths.SelectMany(FilesOf)]);

    /// <summary>The text of all files in blocks of whole lines, about a megabyte each; no block spans two
    /// files.</summary>
    /// <exception cref="InvalidDataException">A file is no text in UTF-8; the message gives the offset.</exception>
    public IEnumerable<string> Blocks(CancellationToken cancellation = default) =>
        Files.SelectMany(file => BlocksOf(file, cancellation));

    /// <summary>The lines of all files, without their ends.</summary>
    /// <inheritdoc cref="Blocks" path="/exception"/>
    public IEnumerable<string> Lines(CancellationToken cancellation = default) =>
        Blocks(cancellation).SelectMany(LinesOf);

    /// <summary>The lines of a block, without their ends: LF or CRLF.</summary>
    public static IEnumerable<string> LinesOf(string block)
    {
        for (int start = 0; start < block.Length;)
        {
            int end = block.IndexOf('\n', start);
            end = end < 0 ? block.Length : end;
            int last = end > start && block[end - 1] == '\r' ? end - 1 : end;
            yield return block[start..last];
            start = end + 1;
        }
    }

    private static ReadOnlySpan<byte> Mark => [0xEF, 0xBB, 0xBF];

    private static IEnumerable<string> FilesOf(string path)
    {
        if (File.Exists(path))
        {
            return [path];
        }

        if (!Directory.Exists(path))
        {
            throw new FileNotFoundException($"{path}: there is no such file or folder; give one of texts.", path);
        }

        string[] files =
        [
            .. Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories)
                .Where(file => !Path.GetRelativePath(path, file).Split(Path.DirectorySeparatorChar)
                    .Any(name => name.StartsWith('.')))
                .Order(StringComparer.Ordinal),
        ];
        return files.Length > 0
            ? files
            : throw new InvalidDataException($"{path}: there is no file in the folder; give one with texts.");
    }

    private static IEnumerable<string> BlocksOf(string file, CancellationToken cancellation)
    {
        using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1);
        byte[] buffer = new byte[BlockLength];
        int filled = 0;
        for (long offset = 0; ;)
        {
            cancellation.ThrowIfCancellationRequested();
            int read = stream.ReadAtLeast(buffer.AsSpan(filled), buffer.Length - filled, throwOnEndOfStream: false);
            filled += read;
            bool isLast = filled < buffer.Length;
            int whole = isLast ? filled : buffer.AsSpan(0, filled).LastIndexOf((byte)'\n') + 1;
            if (whole == 0 && !isLast)
            {
                // A line longer than the block.
                Array.Resize(ref buffer, buffer.Length * 2);
                continue;
            }

            if (whole > 0)
            {
                yield return Decode(buffer.AsSpan(0, whole), offset, file);
            }

            if (isLast)
            {
                yield break;
            }

            buffer.AsSpan(whole, filled - whole).CopyTo(buffer);
            filled -= whole;
            offset += whole;
        }
    }

    private static string Decode(ReadOnlySpan<byte> bytes, long offset, string file)
    {
        int mark = offset == 0 && bytes.StartsWith(Mark) ? Mark.Length : 0;
        if (bytes.IndexOf((byte)0) is var zero and >= 0)
        {
            throw new InvalidDataException($"{file}: there is a zero byte at offset {offset + zero}, so it is no text; "
                + "expected plain text in UTF-8. Take the file out of the corpus, or convert it.");
        }

        try
        {
            return Strict.GetString(bytes[mark..]);
        }
        catch (DecoderFallbackException invalid)
        {
            string found = string.Join(' ', (invalid.BytesUnknown ?? []).Select(value => $"0x{value:X2}"));
            throw new InvalidDataException($"{file}: not valid UTF-8: {found} at offset "
                + $"{offset + mark + invalid.Index}. Take the file out of the corpus, or convert it, for example: "
                + "iconv -f LATIN1 -t UTF-8 IN > OUT.", invalid);
        }
    }
}
