using System.Text;

namespace OrtTrainer.Data;

/// <summary>
/// Records of delimited text. Our own rather than a CSV library's, because errors must name the line where a quote was
/// opened or a record starts, also when records span lines.
/// </summary>
/// <remarks>
/// Quoting follows RFC 4180: a field that begins with a double quote runs to the next single one, and two stand for
/// one. A double quote inside a field that does not begin with one is an ordinary character.
/// </remarks>
internal static class DelimitedRecords
{
    /// <exception cref="DataFileException">A quoted field is not closed, or text follows its closing
    /// quote.</exception>
    public static IEnumerable<TableRecord> Read(IEnumerable<TextLine> lines, string file, char delimiter, bool quoted)
    {
        if (!quoted)
        {
            foreach (TextLine line in lines)
            {
                yield return new TableRecord(line.Number, line.Text.Split(delimiter));
            }

            yield break;
        }

        List<string> fields = [];
        StringBuilder open = new();
        int recordLine = 0, quoteLine = 0;
        foreach (TextLine line in lines)
        {
            bool continues = quoteLine > 0;
            recordLine = continues ? recordLine : line.Number;
            int position = 0;
            do
            {
                if (!continues && (position == line.Text.Length || line.Text[position] != '"'))
                {
                    position = PlainField(line.Text, position, delimiter, fields);
                    continue;
                }

                position = continues ? position : position + 1;
                quoteLine = continues ? quoteLine : line.Number;
                continues = false;
                if (!QuotedPart(line.Text, ref position, open))
                {
                    // The break inside the quotes is part of the field; CRLF becomes LF.
                    open.Append('\n');
                    break;
                }

                if (position < line.Text.Length && line.Text[position] != delimiter)
                {
                    throw new DataFileException(
                        file,
                        line.Number,
                        $"'{line.Text[position]}' follows a closing quote, in field {fields.Count + 1}; expected a "
                        + "delimiter or the line's end. Double a quote that belongs to the text, read the file as "
                        + "unquoted, or state another delimiter.");
                }

                fields.Add(open.ToString());
                open.Clear();
                quoteLine = 0;
                position++;
            }
            while (position <= line.Text.Length);

            if (quoteLine == 0)
            {
                yield return new TableRecord(recordLine, [.. fields]);
                fields.Clear();
            }
        }

        if (quoteLine > 0)
        {
            throw new DataFileException(
                file,
                quoteLine,
                $"the quote that opens field {fields.Count + 1} is never closed. "
                + "Close it; in a field in quotes, write two for one that is an ordinary character. In a TSV file "
                + "quotes are ordinary unless --quoted is given.");
        }
    }

    /// <summary>Adds the unquoted field at <paramref name="position"/>; returns where the next one starts.</summary>
    private static int PlainField(string line, int position, char delimiter, List<string> fields)
    {
        int end = line.IndexOf(delimiter, position);
        end = end < 0 ? line.Length : end;
        fields.Add(line[position..end]);
        return end + 1;
    }

    /// <summary>
    /// Appends what is inside quotes; returns whether the closing quote was met, leaving the position after it.
    /// </summary>
    private static bool QuotedPart(string line, ref int position, StringBuilder field)
    {
        while (true)
        {
            int quote = line.IndexOf('"', position);
            if (quote < 0)
            {
                field.Append(line, position, line.Length - position);
                return false;
            }

            field.Append(line, position, quote - position);
            position = quote + 1;
            if (position == line.Length || line[position] != '"')
            {
                return true;
            }

            field.Append('"');
            position++;
        }
    }
}
