using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using OrtTrainer.Common;
using OrtTrainer.Text.Normalization;

namespace OrtTrainer.Data;

/// <summary>Labels that differ so little that they may be meant as one, and are learned as several.</summary>
/// <param name="Labels">The labels, two or more, with how often each is given, in the order of their ids.</param>
/// <param name="Differences">In what they differ, in words such as "case"; one or more.</param>
internal sealed partial record NearEqualLabels(
    IReadOnlyList<KeyValuePair<string, int>> Labels, IReadOnlyList<string> Differences)
{
    private static readonly UnicodeFormNormalizer Canonical = new(UnicodeForm.Nfc);
    private static readonly UnicodeFormNormalizer Compatible = new(UnicodeForm.Nfkc);

    private static readonly (string Name, Func<string, string> Fold)[] Folds =
    [
        ("full and half width", label => WidthForms().Replace(label, run => Compatible.Normalize(run.Value))),
        ("Unicode normalization", Canonical.Normalize),
        ("invisible characters", label => string.Concat(label.Where(character => !IsInvisible(character)))),
        ("white space", label => string.Concat(label.Where(character => !char.IsWhiteSpace(character)))),
        ("case", label => label.ToUpperInvariant()),
    ];

    /// <summary>
    /// Every group of labels that are equal but for case, white space, invisible characters, Unicode normalization and
    /// full or half width, in the order of the labels' ids.
    /// </summary>
    /// <param name="counts">How often each label is given; those that never are do not matter.</param>
    public static IReadOnlyList<NearEqualLabels> In(IEnumerable<KeyValuePair<string, int>> counts) =>
    [
        .. counts
            .Where(label => label.Value > 0)
            .GroupBy(label => Folded(label.Key, Folds), StringComparer.Ordinal)
            .Where(group => group.Skip(1).Any())
            .Select(group => new NearEqualLabels([.. group], [.. DifferencesOf([.. group.Select(each => each.Key)])])),
    ];

    /// <summary>The labels and their counts, such as "'Pos' (2 rows) and 'pos' (1 row)"; what cannot be seen in a name
    /// is shown by its number.</summary>
    /// <param name="unit">What was counted, such as "row".</param>
    public string Counted(string unit)
    {
        string[] counted =
        [
            .. Labels.Select(label => $"'{Visible(label.Key)}' ({label.Value} {unit}{(label.Value == 1 ? "" : "s")})"),
        ];
        return $"{string.Join(", ", counted[..^1])} and {counted[^1]}";
    }

    // A difference is one that still tells labels apart when all others are gone.
    private static IEnumerable<string> DifferencesOf(string[] labels) => Folds
        .Where(fold => labels
            .Select(label => Folded(label, Folds.Where(other => other != fold)))
            .Distinct(StringComparer.Ordinal)
            .Skip(1)
            .Any())
        .Select(fold => fold.Name);

    private static string Folded(string label, IEnumerable<(string Name, Func<string, string> Fold)> folds) =>
        folds.Aggregate(label, (folded, fold) => fold.Fold(folded));

    private static string Visible(string label)
    {
        bool isCanonical = Canonical.Normalize(label) == label;
        StringBuilder visible = new(label.Length);
        foreach (char character in label)
        {
            bool isUnseen = IsInvisible(character) || (char.IsWhiteSpace(character) && character != ' ');
            visible.Append(isUnseen || (!isCanonical && !char.IsAscii(character))
                ? string.Create(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}")
                : character.ToString());
        }

        return visible.ToString();
    }

    /// <summary>Whether a character shows nothing of itself: joiners, marks of direction, selectors of a
    /// variant.</summary>
    private static bool IsInvisible(char character) =>
        char.GetUnicodeCategory(character) == UnicodeCategory.Format || character is >= '\uFE00' and <= '\uFE0F';

    /// <summary>A run of characters of the block of half-width and full-width forms.</summary>
    [GeneratedRegex("[\uFF00-\uFFEF]+", RegexOptions.CultureInvariant)]
    private static partial Regex WidthForms();

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}
