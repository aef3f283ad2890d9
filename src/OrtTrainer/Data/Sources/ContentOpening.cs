using System.Text;

namespace OrtTrainer.Data.Sources;

/// <summary>Opens content by its first bytes: compressed or not, a table of columns or text in some encoding.</summary>
internal static class ContentOpening
{
    private const int StartLength = 16;

    private static readonly (byte[] Mark, string Encoding)[] Marks =
    [
        ([0xFF, 0xFE, 0x00, 0x00], "utf-32"),
        ([0xFF, 0xFE], "utf-16"),
        ([0xFE, 0xFF], "utf-16BE"),
    ];

    /// <summary>Opens content.</summary>
    /// <param name="stream">The content from its first byte; the caller keeps and closes it.</param>
    /// <param name="file">The file as the user named it.</param>
    /// <param name="encoding">The encoding of its text; null for UTF-8, or what its byte order mark says.</param>
    /// <param name="note">Told what a byte order mark decided; null for nobody.</param>
    /// <exception cref="DataFileException">A compressed file is damaged at its start.</exception>
    public static OpenedContent Open(Stream stream, string file, string? encoding, Action<string>? note)
    {
        (Stream content, byte[] start) = Begun(stream);
        if (content.CanSeek && FormatLibraries.IsColumnar(start))
        {
            return new OpenedContent(content, start, IsColumnar: true);
        }

        if (FormatLibraries.Decompress(content, start, file) is { } inside)
        {
            (content, start) = Begun(inside);
        }

        string? named = encoding;
        if (named is null && Array.Find(Marks, mark => start.AsSpan().StartsWith(mark.Mark)).Encoding is { } marked
            && FormatLibraries.EncodingOf(marked) is not null)
        {
            named = marked;
            note?.Invoke($"{file}: read as {marked.ToUpperInvariant()}, which its byte order mark says.");
        }

        Encoding? known = named is null ? null : FormatLibraries.EncodingOf(named);
        return new OpenedContent(
            known is null || known.CodePage == Encoding.UTF8.CodePage
                ? content
                : new TranscodedStream(content, known, file),
            start, IsColumnar: false);
    }

    /// <summary>Whether a file is more than plain text: compressed, or a table of columns.</summary>
    public static bool NeedsFormat(string file)
    {
        using FileStream stream = TableReader.Open(file);
        (Stream content, byte[] start) = Begun(stream);
        return FormatLibraries.IsColumnar(start) || FormatLibraries.Decompress(content, start, file) is not null;
    }

    /// <summary>The features that a file itself tells.</summary>
    public static DatasetFeatures FeaturesOf(DataFile file)
    {
        using FileStream stream = TableReader.Open(file.Path);
        (Stream content, byte[] start) = Begun(stream);
        return FormatLibraries.FeaturesOf(content, start, file.Path);
    }

    // The first bytes, and the content with them still to be read.
    private static (Stream Content, byte[] Start) Begun(Stream stream)
    {
        byte[] start = new byte[StartLength];
        long origin = stream.CanSeek ? stream.Position : 0;
        int length = 0;
        while (length < start.Length)
        {
            int read = stream.Read(start, length, start.Length - length);
            length += read;

            // What is typed comes line by line: a whole one is enough.
            if (read == 0 || (!stream.CanSeek && start.AsSpan(0, length).Contains((byte)'\n')))
            {
                break;
            }
        }

        start = start[..length];
        if (!stream.CanSeek)
        {
            return (new PrefixedStream(start, stream), start);
        }

        stream.Position = origin;
        return (stream, start);
    }
}
