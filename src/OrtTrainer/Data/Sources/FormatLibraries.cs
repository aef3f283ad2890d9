using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json.Nodes;
using OrtTrainer.Formats;

namespace OrtTrainer.Data.Sources;

/// <summary>What is read by libraries for formats: columns, compressed files, and encodings other than UTF-8.</summary>
internal static class FormatLibraries
{
    /// <summary>
    /// Whether the libraries are there; a program that is trimmed for small devices turns this off, and with it what
    /// only they use.
    /// </summary>
    [FeatureSwitchDefinition("OrtTrainer.HasFormats")]
    internal static bool ArePresent =>
        !AppContext.TryGetSwitch("OrtTrainer.HasFormats", out bool isOn) || isOn;

    /// <summary>The encoding of a name; null for one that is unknown.</summary>
    public static Encoding? EncodingOf(string name) => ArePresent ? TextEncodings.Named(name)
        : name.Equals("utf-8", StringComparison.OrdinalIgnoreCase) ? Encoding.UTF8
        : null;

    /// <summary>What is inside of a compressed file; null where the file is not compressed.</summary>
    /// <param name="content">The content from its first byte.</param>
    /// <param name="start">Its first bytes.</param>
    /// <param name="file">The file as the user named it.</param>
    public static Stream? Decompress(Stream content, ReadOnlySpan<byte> start, string file) =>
        ArePresent && Compression.Open(content, start) is { } inside ? new DecompressedStream(inside, file) : null;

    /// <summary>Whether an exception tells that compressed content is cut off or damaged.</summary>
    public static bool IsDamage(Exception exception) => ArePresent && Compression.IsDamage(exception);

    /// <summary>Whether content that begins so is a table of columns: a Parquet or an Arrow file.</summary>
    public static bool IsColumnar(ReadOnlySpan<byte> start) => ArePresent && FormatOf(start) is not null;

    /// <summary>The rows of a Parquet or Arrow file; what is in a row that is no text becomes JSON.</summary>
    /// <param name="stream">The file, which can seek.</param>
    /// <param name="start">Its first bytes.</param>
    /// <param name="file">The file as the user named it.</param>
    /// <param name="cancellation">Ends the reading between two groups of rows.</param>
    /// <exception cref="DataFileException">The file is damaged.</exception>
    public static IEnumerable<DataRow> Columnar(
        Stream stream, byte[] start, string file, CancellationToken cancellation) =>
        ArePresent ? ColumnarRows.Read(Open(stream, start, file, cancellation), file) : [];

    /// <summary>The names of labels that a Parquet or Arrow file says of its columns.</summary>
    /// <inheritdoc cref="Columnar"/>
    public static DatasetFeatures FeaturesOf(Stream stream, byte[] start, string file) =>
        ArePresent && IsColumnar(start)
            ? DatasetFeatures.OfMetadata(Open(stream, start, file, default).Metadata)
            : DatasetFeatures.None;

    /// <summary>The YAML that a dataset's card begins with; null where it has none.</summary>
    /// <exception cref="DataFileException">It is no YAML.</exception>
    public static JsonObject? CardOf(string file)
    {
        if (!ArePresent || !File.Exists(file))
        {
            return null;
        }

        try
        {
            return Card(File.ReadAllText(file));
        }
        catch (InvalidDataException malformed)
        {
            throw new DataFileException(file, null, $"{malformed.Message}. Correct or remove it.", malformed);
        }
    }

    private static ColumnarTable Open(
        Stream stream, ReadOnlySpan<byte> start, string file, CancellationToken cancellation)
    {
        try
        {
            return FormatOf(start) == DataFormat.Parquet
                ? Parquet(stream, cancellation)
                : Arrow(stream, start.StartsWith("ARROW1"u8), cancellation);
        }
        catch (InvalidDataException damaged)
        {
            throw ColumnarRows.Damaged(file, damaged);
        }
    }

    // Every use of a library stands alone behind the switch, so that a trimmed program loses it.
    private static ColumnarTable Parquet(Stream stream, CancellationToken cancellation) =>
        ArePresent ? ParquetTable.Open(stream, cancellation) : throw new NotSupportedException();

    private static ColumnarTable Arrow(Stream stream, bool isFile, CancellationToken cancellation) =>
        ArePresent ? ArrowTable.Open(stream, isFile, cancellation) : throw new NotSupportedException();

    private static JsonObject? Card(string markdown) =>
        ArePresent ? FrontMatter.Of(markdown) : throw new NotSupportedException();

    // A stream of Arrow begins with a length of all ones, which marks the format since its version 0.15.
    private static DataFormat? FormatOf(ReadOnlySpan<byte> start) => start.StartsWith("PAR1"u8) ? DataFormat.Parquet
        : start.StartsWith("ARROW1"u8) || start is [0xFF, 0xFF, 0xFF, 0xFF, ..] ? DataFormat.Arrow
        : null;
}
