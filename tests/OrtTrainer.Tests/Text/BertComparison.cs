using System.Globalization;
using System.Text;
using Microsoft.ML.Tokenizers;
using Tokenizer = OrtTrainer.Text.Tokenizer;

namespace OrtTrainer.Tests.Text;

/// <summary>
/// Where BertTokenizer of Microsoft.ML.Tokenizers gives other ids than the reference on the same vocabulary, and which
/// characters make it so.
/// </summary>
internal sealed class BertComparison
{
    // What a character does is seen between letters and between blanks.
    private static readonly string[] Frames = ["a{0}a", "a {0} a"];

    private readonly BertTokenizer _theirs;
    private readonly Tokenizer _ours;

    public BertComparison(string vocabulary, bool removesAccents)
    {
        _theirs = BertTokenizer.Create(vocabulary, new BertOptions { RemoveNonSpacingMarks = removesAccents });
        _ours = Tokenizer.FromVocabTxt(vocabulary);
    }

    /// <summary>The number of texts with other ids, and per cause the number of texts it is in.</summary>
    public (int Differing, IReadOnlyDictionary<string, int> Causes) Count(IEnumerable<(string Text, int[] Ids)> golden)
    {
        int differing = 0;
        Dictionary<string, int> causes = [];
        foreach ((string text, int[] ids) in golden)
        {
            if (_theirs.EncodeToIds(text).SequenceEqual(ids))
            {
                continue;
            }

            differing++;
            foreach (string cause in CausesOf(text))
            {
                causes[cause] = causes.GetValueOrDefault(cause) + 1;
            }
        }

        return (differing, causes);
    }

    private HashSet<string> CausesOf(string text)
    {
        HashSet<string> causes = [.. text.EnumerateRunes().Where(Differs).Select(CauseOf)];
        return causes.Count > 0 ? causes : ["sequences that are composed"];
    }

    private bool Differs(Rune rune) => Array.Exists(Frames, frame =>
    {
        string text = string.Format(CultureInfo.InvariantCulture, frame, rune);
        return !_theirs.EncodeToIds(text).SequenceEqual(_ours.EncodeIds(text).Ids);
    });

    private static string CauseOf(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.Control or UnicodeCategory.Format => "tabs, line ends and format characters",
        UnicodeCategory.ConnectorPunctuation => "underscore",
        UnicodeCategory.NonSpacingMark => "accents and other marks",
        _ when rune.Value > char.MaxValue => "characters beyond U+FFFF",
        UnicodeCategory.LowercaseLetter or UnicodeCategory.UppercaseLetter or UnicodeCategory.OtherLetter =>
            rune.Value is >= 0xAC00 and < 0xD7A4 ? "Hangul syllables" : "accents and other marks",
        UnicodeCategory.SpacingCombiningMark => "spacing marks of Indic scripts",
        _ when rune.IsAscii => "ASCII symbols $ + < = > ^ ` | ~",
        _ => "other symbols and unassigned characters",
    };
}
