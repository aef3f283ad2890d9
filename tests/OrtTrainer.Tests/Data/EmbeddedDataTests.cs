using System.Text.Json;
using OrtTrainer.Data;
using OrtTrainer.Tasks;

namespace OrtTrainer.Tests.Data;

/// <summary>The data set and vocabulary that the repository brings along.</summary>
internal sealed class EmbeddedDataTests
{
    private static readonly string[] Desks = ["account", "billing", "delivery", "praise", "returns", "technical"];

    [Test]
    public void The_parts_have_six_labels_in_balance()
    {
        DataSplits data = Load();

        Assert.That(data.Labels!.Names, Is.EqualTo(Desks));
        Assert.That((data.Train.Count, data.Eval.Count, data.Test!.Count), Is.EqualTo((1023, 160, 200)));
        foreach (Dataset part in new[] { data.Train, data.Eval, data.Test })
        {
            Assert.That(
                ((ClassTargets)part.Targets).Ids.ToArray().CountBy(id => id)
                    .Select(label => (double)label.Value / part.Count),
                Has.Exactly(Desks.Length).InRange(0.16, 0.18),
                part.Source);
        }
    }

    [Test]
    public void Nothing_comes_twice_contradicts_itself_or_is_empty()
    {
        DataReport report = DataReport.Of(Load());

        Assert.That(report.Warnings(), Is.Empty);
    }

    [Test]
    public void Messages_have_3_to_35_words_and_their_first_words_vary()
    {
        DataSplits data = Load();
        Dataset[] parts = [data.Train, data.Eval, data.Test!];
        string[] texts = [.. parts.SelectMany(part => part.Examples).Select(row => row.Text)];

        Assert.That(texts.Select(text => text.Split(' ').Length), Is.All.InRange(3, 35));
        // Sentences from templates would share their beginnings.
        int most = texts
            .CountBy(text => string.Join(' ', text.ToLowerInvariant().Split(' ').Take(3)))
            .Max(start => start.Value);
        Assert.That(most, Is.LessThan(texts.Length * 3 / 100));
    }

    [Test]
    public void The_vocabulary_spells_every_message_without_unknowns()
    {
        HashSet<string> pieces = [.. Vocabulary()];
        DataSplits data = Load();

        char[] letters = [.. new[] { data.Train, data.Eval, data.Test! }
            .SelectMany(part => part.Examples)
            .SelectMany(row => row.Text.ToLowerInvariant())
            .Where(letter => letter != ' ')
            .Distinct()];

        // Uncased tokenizers read é and ü as e and u.
        Assert.That(letters.Where(letter => !char.IsAscii(letter)), Is.EquivalentTo("éü"));
        IEnumerable<char> unspelt = letters.Where(letter => char.IsAscii(letter)
            && !(pieces.Contains($"{letter}") && (!char.IsLetterOrDigit(letter) || pieces.Contains($"##{letter}"))));
        Assert.That(unspelt, Is.Empty);
    }

    [Test]
    public void The_vocabulary_starts_with_the_special_tokens_and_repeats_nothing()
    {
        string[] pieces = Vocabulary();

        Assert.That(pieces.Take(5), Is.EqualTo(new[] { "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]" }));
        Assert.That(pieces, Is.Unique);
        Assert.That(pieces, Has.None.EqualTo(string.Empty));
        Assert.That(pieces, Is.SupersetOf(new[] { "order", "paid", "return", "broken", "message", "##ing" }));
    }

    [Test]
    public void The_configuration_fits_the_vocabulary()
    {
        using JsonDocument config = Json("config.json");
        using JsonDocument tokenizer = Json("tokenizer_config.json");

        Assert.That(config.RootElement.GetProperty("vocab_size").GetInt32(), Is.EqualTo(Vocabulary().Length));
        Assert.That(
            config.RootElement.GetProperty("max_position_embeddings").GetInt32(),
            Is.EqualTo(tokenizer.RootElement.GetProperty("model_max_length").GetInt32()));
        Assert.That(tokenizer.RootElement.GetProperty("do_lower_case").GetBoolean(), Is.True);
    }

    private static DataSplits Load() => LabeledData.Load(new DataOptions
    {
        Train = Embedded("train.tsv"),
        Eval = Embedded("eval.tsv"),
        Test = Embedded("test.tsv"),
    });

    private static JsonDocument Json(string file) => JsonDocument.Parse(File.ReadAllText(Embedded("encoder", file)));

    private static string[] Vocabulary() => File.ReadAllLines(Embedded("encoder", "vocab.txt"));

    private static string Embedded(params string[] parts) =>
        Path.Combine([SharedFiles.RepositoryRoot, "onnx-models", "embedded", .. parts]);
}
