namespace OrtTrainer.Data;

/// <summary>Formats that are not text, by the bytes that their files begin with.</summary>
internal static class FileSignature
{
    private const int SignatureLength = 16;
    private const int MostOdd = 4;
    private const string Export = "Export its table as CSV or JSON Lines.";
    private const string Decompress = "Decompress it first.";
    private const string Whole = "Give it as a file, not compressed by another program and not through a pipe; a "
        + "program trimmed for small devices reads text alone.";

    private static readonly (byte[] Bytes, string Name, string Advice)[] Known =
    [
        ([.. "PAR1"u8], "a Parquet file", Whole),
        ([.. "ARROW1"u8], "an Arrow file", Whole),
        ([.. "PK\x03\x04"u8], "a zip file, as Excel (.xlsx) and OpenDocument (.ods) workbooks are",
            "Save a workbook as CSV, or unpack the archive."),
        ([0xD0, 0xCF, 0x11, 0xE0], "an Office file of the old kind (.xls)", "Save it as CSV."),
        ([.. "SQLite format 3\0"u8], "an SQLite database", Export),
        ([.. "%PDF-"u8], "a PDF", "Extract its text first."),
        ([0x1F, 0x8B], "a gzip file", Decompress),
        ([.. "BZh"u8], "a bzip2 file", Decompress),
        ([0xFD, .. "7zXZ\0"u8], "an xz file", Decompress),
        ([0x28, 0xB5, 0x2F, 0xFD], "a Zstandard file", Decompress),
    ];

    /// <summary>Refuses content that begins as no text does.</summary>
    /// <param name="start">The first bytes of the content, 16 or more where there are as many.</param>
    /// <param name="file">The file as the user named it.</param>
    /// <exception cref="DataFileException">The content is of a known format that is not text.</exception>
    public static void RequireText(ReadOnlySpan<byte> start, string file)
    {
        foreach ((byte[] bytes, string name, string advice) in Known)
        {
            if (start.StartsWith(bytes))
            {
                throw new DataFileException(
                    file, null, $"this is {name}, whatever its ending; expected a table of text. {advice}");
            }
        }

        // Text in UTF-16 has a zero byte in nearly every unit, on one side or the other.
        if (start.Length >= MostOdd && ZeroSide(start[..(start.Length & ~1)]) is { } encoding)
        {
            throw new DataFileException(
                file, null, $"this looks like text in UTF-16 without a byte order mark; expected UTF-8. Read it with "
                + $"--encoding {encoding}.");
        }
    }

    private static string? ZeroSide(ReadOnlySpan<byte> start)
    {
        (int even, int odd) = (0, 0);
        for (int i = 0; i < Math.Min(start.Length, SignatureLength); i++)
        {
            (even, odd) = start[i] != 0 ? (even, odd) : i % 2 == 0 ? (even + 1, odd) : (even, odd + 1);
        }

        return odd >= MostOdd && even == 0 ? "utf-16le" : even >= MostOdd && odd == 0 ? "utf-16be" : null;
    }
}
