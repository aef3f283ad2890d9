using OrtTrainer.Data;
using OrtTrainer.Data.Sources;
using OrtTrainer.Text.Training;

namespace OrtTrainer.Tasks.MaskedLanguageModel;

/// <summary>
/// The lines of texts: of plain files, of compressed ones, and of the column "text" of Parquet and Arrow files, each
/// text of which is a document of its own lines.
/// </summary>
internal static class CorpusLines
{
    private const string Column = "text";

    /// <summary>The lines of a file, of a folder's files, or of what a pattern matches, in the order of the
    /// paths.</summary>
    /// <exception cref="DataFileException">A file is damaged, or has no column of texts.</exception>
    /// <exception cref="InvalidDataException">A file is no text in UTF-8.</exception>
    public static IEnumerable<string> Of(string path, CancellationToken cancellation) =>
        DataFiles.Names(path)
            .SelectMany(name => Directory.Exists(name) ? [name] : DataFiles.Of(name).Select(file => file.Path))
            .SelectMany(name => TextCorpus.Open([name]).Files)
            .SelectMany(file => LinesOf(file, cancellation));

    private static IEnumerable<string> LinesOf(string file, CancellationToken cancellation)
    {
        if (!ContentOpening.NeedsFormat(file))
        {
            return TextCorpus.Open([file]).Lines(cancellation);
        }

        // A text of a table ends a document, as an empty line does.
        return TableReader.KnownFormat(file) is DataFormat.Parquet or DataFormat.Arrow
            ? TableReader.Read(file, cancellation: cancellation)
                .SelectMany(row => row.Text(Column).Split('\n').Select(line => line.TrimEnd('\r')).Append(""))
            : TableReader.Read(file, new TableOptions { Format = DataFormat.Lines }, null, cancellation)
                .Select(row => row[Column]);
    }
}
