using System.Globalization;

namespace OrtTrainer.Text.Normalization;

/// <summary>
/// Unicode's decompositions, compositions and combining classes. .NET leaves text as it is where there is no ICU
/// (globalization-invariant mode), so the library carries the data; <c>make_unicode_decompositions.py</c> writes the
/// file.
/// </summary>
internal static class DecompositionTable
{
    private static readonly Dictionary<int, int[]> Canonical = [];
    private static readonly Dictionary<int, int[]> Compatible = [];
    private static readonly Dictionary<(int First, int Second), int> Composition = [];
    private static readonly Dictionary<int, byte> Classes = [];

    static DecompositionTable()
    {
        using Stream stream = typeof(DecompositionTable).Assembly.GetManifestResourceStream(
            "UnicodeDecompositions.txt")!;
        using StreamReader reader = new(stream);
        while (reader.ReadLine() is { } line)
        {
            string[] fields = line.Split(' ');
            switch (fields[0])
            {
                case "C":
                    AddClass(fields[1], byte.Parse(fields[2], CultureInfo.InvariantCulture));
                    break;
                case "D" or "K" or "X":
                    AddDecomposition(fields[0], Hex(fields[1]), [.. fields.Skip(2).Select(Hex)]);
                    break;
            }
        }
    }

    /// <summary>The one-step decomposition, or null; Hangul syllables are not in the table.</summary>
    public static int[]? Decomposition(int point, bool compatible) =>
        Canonical.TryGetValue(point, out int[]? parts) || (compatible && Compatible.TryGetValue(point, out parts))
            ? parts
            : null;

    /// <summary>The canonical combining class; 0 for a starter.</summary>
    public static byte CombiningClass(int point) => Classes.GetValueOrDefault(point);

    /// <summary>The code point that two compose to, Hangul left out, or null.</summary>
    public static int? Compose(int first, int second) =>
        Composition.TryGetValue((first, second), out int composed) ? composed : null;

    private static void AddClass(string range, byte combiningClass)
    {
        string[] ends = range.Split('-');
        for (int point = Hex(ends[0]); point <= Hex(ends[1]); point++)
        {
            Classes[point] = combiningClass;
        }
    }

    private static void AddDecomposition(string kind, int point, int[] parts)
    {
        (kind == "K" ? Compatible : Canonical)[point] = parts;
        if (kind == "D" && parts.Length == 2)
        {
            Composition[(parts[0], parts[1])] = point;
        }
    }

    private static int Hex(string digits) => int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
