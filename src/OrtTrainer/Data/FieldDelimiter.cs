using System.Diagnostics.CodeAnalysis;

namespace OrtTrainer.Data;

/// <summary>
/// What stands between the fields of a CSV file: a comma, or where the decimal comma is in use, a semicolon, as
/// spreadsheets write it there.
/// </summary>
internal static class FieldDelimiter
{
    public const char Usual = ',';

    /// <summary>The separator of languages whose numbers have a decimal comma.</summary>
    public const char WithDecimalComma = ';';

    private const string Declaration = "sep=";

    private static readonly char[] Others = [WithDecimalComma, '\t', '|'];

    /// <summary>Whether a first line says what the delimiter is, as spreadsheets have it: <c>sep=;</c>.</summary>
    public static bool IsDeclared(string line, [NotNullWhen(true)] out char? delimiter)
    {
        string plain = line.Trim('"');
        bool declares = plain.Length == Declaration.Length + 1
            && plain.StartsWith(Declaration, StringComparison.OrdinalIgnoreCase);
        delimiter = declares ? plain[^1] : null;
        return declares;
    }

    /// <summary>
    /// The delimiter by the first line: the usual one unless only another gives fields, or as many as there are names.
    /// </summary>
    /// <param name="line">The header, or the first row where names are given.</param>
    /// <param name="names">Number of the names that are given; null for a file with a header.</param>
    public static char Detect(string line, int? names)
    {
        // A record that goes on in the next line tells nothing.
        if (Fits(Usual) || line.Count(character => character == '"') % 2 != 0)
        {
            return Usual;
        }

        return Array.Find(Others, Fits) is var other and not '\0' ? other : Usual;

        bool Fits(char delimiter) => names is { } count
            ? CountOf(line, delimiter) + 1 == count
            : CountOf(line, delimiter) > 0;
    }

    /// <summary>How messages call it.</summary>
    public static string Name(char delimiter) => delimiter == '\t' ? "a tab" : $"'{delimiter}'";

    /// <summary>Delimiters outside of quotes.</summary>
    private static int CountOf(string line, char delimiter)
    {
        (int count, bool quoted) = (0, false);
        foreach (char character in line)
        {
            quoted ^= character == '"';
            count += character == delimiter && !quoted ? 1 : 0;
        }

        return count;
    }
}
