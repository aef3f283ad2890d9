using System.Globalization;
using System.Text.Json;
using OrtTrainer.Text;

namespace OrtTrainer.Tests.Text;

/// <summary>
/// Ours and Microsoft.ML.Tokenizers' BertTokenizer against the reference encodings. The table is docs/tokenizers.md's.
/// </summary>
public sealed class BertComparisonTests
{
    private static readonly string[] Causes =
    [
        "accents and other marks", "characters beyond U+FFFF", "ASCII symbols $ + < = > ^ ` | ~",
        "other symbols and unassigned characters", "spacing marks of Indic scripts", "underscore",
        "tabs, line ends and format characters", "Hangul syllables",
    ];

    [Test]
    public void Differences_from_the_reference_have_known_causes_and_are_those_of_the_documentation()
    {
        (string Text, int[] Ids)[] golden = Golden();
        string vocabulary = SharedFiles.SharedPath("tokenizers", "bert-base-uncased", "vocab.txt");
        Tokenizer ours = Tokenizer.FromVocabTxt(vocabulary);
        (int plain, IReadOnlyDictionary<string, int> byDefault) =
            new BertComparison(vocabulary, removesAccents: false).Count(golden);
        (int bare, IReadOnlyDictionary<string, int> withoutAccents) =
            new BertComparison(vocabulary, removesAccents: true).Count(golden);

        string table = string.Join('\n',
        [
            Row("texts with other ids, of 260",
                golden.Count(text => !ours.EncodeIds(text.Text).Ids.SequenceEqual(text.Ids)), plain, bare),
            .. Causes.Select(cause =>
                Row(cause, 0, byDefault.GetValueOrDefault(cause), withoutAccents.GetValueOrDefault(cause))),
        ]);
        TestContext.Out.WriteLine(table);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(golden, Has.Length.EqualTo(260));
            Assert.That(byDefault.Keys.Union(withoutAccents.Keys), Is.SubsetOf(Causes));
            Assert.That(
                File.ReadAllText(Path.Combine(SharedFiles.RepositoryRoot, "docs", "tokenizers.md")),
                Does.Contain(table));
        }
    }

    private static string Row(string name, int ours, int byDefault, int withoutAccents) => string.Create(
        CultureInfo.InvariantCulture,
        $"| {name.Replace("|", "\\|", StringComparison.Ordinal)} | {ours} | {byDefault} | {withoutAccents} |");

    private static (string Text, int[] Ids)[] Golden()
    {
        using JsonDocument document = JsonDocument.Parse(
            File.ReadAllText(SharedFiles.Golden("tokenizers", "bert-base-uncased.json")));
        return [.. document.RootElement.GetProperty("single").EnumerateArray().Select(text =>
            (text.GetProperty("text").GetString()!, TokenizerGolden.Numbers(text, "ids")))];
    }
}
