using System.Text.Encodings.Web;
using System.Text.Json;
using OrtTrainer.Common;

namespace OrtTrainer.Data;

/// <summary>
/// Sentences as the shared tasks of CoNLL have them (Tjong Kim Sang and De Meulder, 2003): a word a line, with its tags
/// in further fields between tabs or blanks, and an empty line after each sentence. A row is a sentence, and a column
/// the JSON array of one of its fields.
/// </summary>
internal static class ConllRecords
{
    private const string Words = "tokens";
    private const string Tags = "tags";
    private const string DocumentStart = "-DOCSTART-";

    private static readonly JsonSerializerOptions Plain =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Reads sentences.</summary>
    /// <param name="lines">The lines of the file.</param>
    /// <param name="file">The file as the user named it.</param>
    /// <param name="names">What the fields are called, left to right; null for the first as "tokens" and the last,
    /// where there are several, as "tags".</param>
    /// <exception cref="DataFileException">A line has more or fewer fields than the first.</exception>
    public static IEnumerable<DataRow> Read(IEnumerable<TextLine> lines, string file, IReadOnlyList<string>? names)
    {
        TableColumns? columns = names is null ? null : new TableColumns(names);
        int? width = names?.Count;
        List<string[]> sentence = [];
        int start = 0;
        foreach (TextLine line in lines)
        {
            JsonText.RequireWholeCharacters(line.Text);
            string[] fields = FieldsOf(line.Text);
            if (fields.Length == 0 || fields[0] == DocumentStart)
            {
                if (sentence.Count > 0)
                {
                    yield return Row(file, start, columns!, sentence, hasNames: names is not null);
                    sentence.Clear();
                }

                continue;
            }

            if (sentence.Count == 0 && IsComment(line.Text, fields, width))
            {
                continue;
            }

            width ??= fields.Length;
            columns ??= new TableColumns(fields.Length == 1 ? [Words] : [Words, Tags]);
            if (fields.Length != width)
            {
                throw new DataFileException(file, line.Number,
                    $"{FieldCount.Mismatch(fields.Length, width.Value)}, as "
                    + (names is null ? "in the lines above" : "named")
                    + ": a word and its tags, between tabs or blanks, and an empty line after each sentence.");
            }

            start = sentence.Count == 0 ? line.Number : start;
            sentence.Add(fields);
        }

        if (sentence.Count > 0)
        {
            yield return Row(file, start, columns!, sentence, hasNames: names is not null);
        }
    }

    // Words may hold blanks where tabs part the fields, and no-break spaces in any case.
    private static string[] FieldsOf(string line) => string.IsNullOrWhiteSpace(line) ? []
        : line.Contains('\t') ? [.. line.Split('\t').Select(field => field.Trim())]
        : line.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    // A hash may be a word as well, with as many fields as any.
    private static bool IsComment(string line, string[] fields, int? width) =>
        line.StartsWith("# ", StringComparison.Ordinal) && fields.Length != width;

    private static DataRow Row(
        string file, int line, TableColumns columns, List<string[]> sentence, bool hasNames)
    {
        int width = sentence[0].Length;
        int[] taken = hasNames ? [.. Enumerable.Range(0, width)] : width == 1 ? [0] : [0, width - 1];
        string[] values = [.. taken.Select(field =>
            JsonSerializer.Serialize(sentence.Select(fields => fields[field]), Plain))];
        return new DataRow(file, line, columns, values, [.. taken.Select(_ => FieldKind.List)]);
    }
}
