using OrtTrainer.Text.Alignment;
using OrtTrainer.Text.Normalization;

namespace OrtTrainer.Text.Ids;

/// <summary>
/// BERT's normalization, character by character: it never depends on the neighbours but where a mark that is not
/// dropped could change places with another. Pages of 256 units are filled when first asked for.
/// </summary>
internal sealed class BertCharacterTable(BertNormalizerOptions options)
{
    private readonly BertNormalizer _normalizer = new(options with { HandleChineseChars = false });
    private readonly Page?[] _pages = new Page?[256];

    /// <summary>What becomes of a unit, and for a word or a single the character it becomes.</summary>
    public BertCharacterKind Look(char unit, out char mapped)
    {
        // Two threads may fill the same page; both write the same.
        Page page = _pages[unit >> 8] ??= Fill(unit >> 8);
        mapped = page.Mapped[unit & 0xFF];
        return page.Kinds[unit & 0xFF];
    }

    private Page Fill(int number)
    {
        Page page = new(new BertCharacterKind[256], new char[256]);
        for (int i = 0; i < 256; i++)
        {
            page.Kinds[i] = Classify((char)((number << 8) | i), out page.Mapped[i]);
        }

        return page;
    }

    private BertCharacterKind Classify(char unit, out char mapped)
    {
        mapped = '\0';
        if (char.IsSurrogate(unit))
        {
            return BertCharacterKind.Other;
        }

        string normalized = _normalizer.Normalize(unit.ToString());
        if (normalized.Length == 0)
        {
            return BertCharacterKind.Dropped;
        }

        if (normalized.Length > 1 || DecompositionTable.CombiningClass(normalized[0]) != 0)
        {
            return BertCharacterKind.Other;
        }

        mapped = normalized[0];
        return UnicodeClass.IsWhiteSpace(mapped) ? BertCharacterKind.Space
            : UnicodeClass.IsPunctuation(mapped) || (options.HandleChineseChars && UnicodeClass.IsCjkIdeograph(unit))
                ? BertCharacterKind.Single
                : BertCharacterKind.Word;
    }

    private sealed record Page(BertCharacterKind[] Kinds, char[] Mapped);
}
