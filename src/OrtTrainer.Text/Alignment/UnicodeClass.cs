using System.Globalization;
using System.Text;

namespace OrtTrainer.Text.Alignment;

/// <summary>Classes of code points as the reference tokenizers draw them.</summary>
internal static class UnicodeClass
{
    /// <summary>The Unicode property White_Space.</summary>
    public static bool IsWhiteSpace(int point) => Rune.IsWhiteSpace(new Rune(point));

    /// <summary>ASCII punctuation and symbols, and every general category P*.</summary>
    public static bool IsPunctuation(int point) =>
        point < 128
            ? point is (>= 33 and <= 47) or (>= 58 and <= 64) or (>= 91 and <= 96) or (>= 123 and <= 126)
            : CharUnicodeInfo.GetUnicodeCategory(point) is >= UnicodeCategory.ConnectorPunctuation
                and <= UnicodeCategory.OtherPunctuation;

    /// <summary>Categories Cc, Cf and Co but tab, line feed and carriage return.</summary>
    public static bool IsControl(int point) =>
        point is not ('\t' or '\n' or '\r')
        && CharUnicodeInfo.GetUnicodeCategory(point)
            is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse;

    /// <summary>The blocks of CJK ideographs, which BERT's normalizer sets apart with spaces.</summary>
    public static bool IsCjkIdeograph(int point) =>
        point is (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x20000 and <= 0x2A6DF)
            or (>= 0x2A700 and <= 0x2B73F) or (>= 0x2B740 and <= 0x2B81F) or (>= 0x2B920 and <= 0x2CEAF)
            or (>= 0xF900 and <= 0xFAFF) or (>= 0x2F800 and <= 0x2FA1F);

    /// <summary>Category Mn.</summary>
    public static bool IsNonSpacingMark(int point) =>
        CharUnicodeInfo.GetUnicodeCategory(point) == UnicodeCategory.NonSpacingMark;

    /// <summary>Categories Mn, Mc and Me.</summary>
    public static bool IsMark(int point) =>
        CharUnicodeInfo.GetUnicodeCategory(point)
            is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;

    /// <summary>Categories L*.</summary>
    public static bool IsLetter(int point) => Rune.IsLetter(new Rune(point));

    /// <summary>Categories N*.</summary>
    public static bool IsNumber(int point) => Rune.IsNumber(new Rune(point));

    /// <summary>
    /// What regular expressions call \w: letters and what else is alphabetic, marks, decimal digits, connecting
    /// punctuation and joiners (Unicode Technical Standard 18, annex C).
    /// </summary>
    public static bool IsWord(int point) =>
        IsLetter(point) || IsMark(point) || IsAlphabeticSymbol(point) || point is 0x200C or 0x200D
        || CharUnicodeInfo.GetUnicodeCategory(point)
            is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.ConnectorPunctuation
                or UnicodeCategory.LetterNumber;

    /// <summary>
    /// The simple lower-case mapping; U+0130, the only code point that becomes two, is the caller's business.
    /// </summary>
    public static int ToLower(int point) => Rune.ToLowerInvariant(new Rune(point)).Value;

    /// <summary>Letters in circles and squares: the only symbols that are alphabetic.</summary>
    private static bool IsAlphabeticSymbol(int point) =>
        point is (>= 0x24B6 and <= 0x24E9) or (>= 0x1F130 and <= 0x1F149) or (>= 0x1F150 and <= 0x1F169)
            or (>= 0x1F170 and <= 0x1F189);
}
