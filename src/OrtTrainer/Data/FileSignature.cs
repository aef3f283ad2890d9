namespace OrtTrainer.Data;

/// <summary>Formats that are not text, by the bytes that their files begin with.</summary>
internal static class FileSignature
{
    private const string Export = "Export its table as CSV or JSON Lines.";
    private const string Decompress = "Decompress it first.";

    private static readonly (byte[] Bytes, string Name, string Advice)[] Known =
    [
        ([.. "PAR1"u8], "a Parquet file", "Write it as JSON Lines, for example in Python: " +
            "pandas.read_parquet(IN).to_json(OUT, orient='records', lines=True)."),
        ([.. "ARROW1"u8], "an Arrow file", "Write it as CSV or JSON Lines first."),
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
    }
}
