using System.Text.Json;
using OrtTrainer.Evaluation;
using OrtTrainer.Tasks.QuestionAnswering;
using OrtTrainer.Evaluation.Texts;
using OrtTrainer.Tasks.TokenClassification;

namespace OrtTrainer.Tests.Tasks;

/// <summary>The parts of methods/metrics.json about texts and entities, every score of every entry within
/// 1e-9.</summary>
public sealed class TextMetricGoldenTests
{
    private const double Tolerance = 1e-9;

    [Test]
    public void Every_answer_has_the_scores_of_the_reference() => ForEach("squad", row =>
    {
        (string answer, string[] references) = (Text(row, "prediction"), Texts(row.GetProperty("references")));
        foreach (JsonProperty score in Scores(row, "prediction", "references"))
        {
            double actual = score.Name switch
            {
                "exact_match" => ExtractiveAnswer.ExactMatch(answer, references),
                "f1" => ExtractiveAnswer.F1(answer, references),
                _ => throw Unknown("squad", score.Name),
            };
            Near([actual], [score.Value.GetDouble()], row, score.Name);
        }
    });

    [Test]
    public void Every_summary_has_the_scores_of_rouge_score() => ForEach("rouge", row =>
    {
        Rouge rouge = new() { Stems = row.GetProperty("stemmer").GetBoolean() };
        (string prediction, string reference) = (Text(row, "prediction"), Text(row, "reference"));
        foreach (JsonProperty score in Scores(row, "prediction", "reference", "stemmer"))
        {
            TextOverlap actual = score.Name switch
            {
                "rougeL" => rouge.LongestSubsequence(prediction, reference),
                "rougeLsum" => rouge.SummarySubsequence(prediction, reference),
                ['r', 'o', 'u', 'g', 'e', .. var order] when int.TryParse(order, out int n) =>
                    rouge.NGrams(prediction, reference, n),
                _ => throw Unknown("rouge", score.Name),
            };
            double[] expected = [.. score.Value.EnumerateArray().Select(x => x.GetDouble())];
            Near([actual.Precision, actual.Recall, actual.F1], expected, row, score.Name);
        }
    });

    [Test]
    public void Every_corpus_and_sentence_has_the_score_of_sacrebleu() => ForEach("bleu", row =>
    {
        Bleu bleu = new()
        {
            Tokenizer = Text(row, "tokenizer") switch
            {
                "13a" => BleuTokenizer.Mteval13A,
                "intl" => BleuTokenizer.International,
                "none" => BleuTokenizer.None,
                var other => throw Unknown("bleu", other),
            },
            Smoothing = Text(row, "smooth") switch
            {
                "exp" => BleuSmoothing.Exponential,
                "floor" => BleuSmoothing.Floor,
                "add-k" => BleuSmoothing.AddOne,
                "none" => BleuSmoothing.None,
                var other => throw Unknown("bleu", other),
            },
        };
        string[] predictions = Texts(row.GetProperty("hypotheses"));
        string[][] references = [.. row.GetProperty("references").EnumerateArray().Select(Texts)];
        Near([bleu.Corpus(predictions, references)], [row.GetProperty("bleu").GetDouble()], row, "bleu");
        // The reference scored its sentences with the smoothing of sentences, whatever that of the corpus.
        Bleu smoothed = bleu with { Smoothing = BleuSmoothing.Exponential };
        Near(
            [.. predictions.Select((text, i) => smoothed.Sentence(text, [references[0][i]]))],
            [.. row.GetProperty("sentence").EnumerateArray().Select(x => x.GetDouble())],
            row,
            "sentence");
    });

    [Test]
    public void The_corpus_has_the_chrF_of_sacrebleu()
    {
        using JsonDocument golden = Open();
        JsonElement row = golden.RootElement.GetProperty("chrf");
        string[][] references = [.. row.GetProperty("references").EnumerateArray().Select(Texts)];
        Near([ChrF.Corpus(Texts(row.GetProperty("hypotheses")), references)],
            [row.GetProperty("chrf").GetDouble()], row, "chrf");
    }

    [Test]
    public void Entities_have_the_scores_of_seqeval()
    {
        using JsonDocument golden = Open();
        JsonElement row = golden.RootElement.GetProperty("entities");
        string[][] references = [.. row.GetProperty("references").EnumerateArray().Select(Texts)];
        string[][] predictions = [.. row.GetProperty("predictions").EnumerateArray().Select(Texts)];
        TextOverlap actual = references
            .Zip(predictions, (one, other) => EntityCounts.Of([.. Entity.Read(one)], [.. Entity.Read(other)]))
            .Aggregate((sum, next) => sum + next).Overlap;
        Near([actual.Precision, actual.Recall, actual.F1],
            [.. new[] { "precision", "recall", "f1" }.Select(name => row.GetProperty(name).GetDouble())],
            row, "entities");
    }

    private static void ForEach(string part, Action<JsonElement> check)
    {
        using JsonDocument golden = Open();
        Assert.Multiple(() =>
        {
            foreach (JsonElement row in golden.RootElement.GetProperty(part).EnumerateArray())
            {
                check(row);
            }
        });
    }

    private static void Near(double[] actual, double[] expected, JsonElement row, string what)
    {
        Assert.That(actual, Has.Length.EqualTo(expected.Length), what);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.That(actual[i], Is.EqualTo(expected[i]).Within(Tolerance * Math.Abs(expected[i])),
                $"{what} {i} of {row.GetRawText()}");
        }
    }

    private static IEnumerable<JsonProperty> Scores(JsonElement row, params string[] inputs) =>
        row.EnumerateObject().Where(property => !inputs.Contains(property.Name));

    private static NotSupportedException Unknown(string part, string kind) =>
        new($"metrics.json has {part} '{kind}', which nothing here computes.");

    private static string Text(JsonElement row, string name) => row.GetProperty(name).GetString()!;

    private static string[] Texts(JsonElement array) => [.. array.EnumerateArray().Select(x => x.GetString()!)];

    private static JsonDocument Open() =>
        JsonDocument.Parse(File.ReadAllText(SharedFiles.Golden("methods", "metrics.json")));
}
