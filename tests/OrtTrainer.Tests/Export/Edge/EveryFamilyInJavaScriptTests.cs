using System.Text.Json.Nodes;
using OrtTrainer.Data;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.QuestionAnswering;

namespace OrtTrainer.Tests.Export.Edge;

/// <summary>
/// Every family with every task in transformers.js, against <c>predict</c> or the logits. One process runs them all.
/// </summary>
public sealed class EveryFamilyInJavaScriptTests
{
    private const double Tolerance = 1e-4;

    // What transformers.js calls a model of a family that it does not know.
    private const string BaseClass = "PreTrainedModel";

    private static readonly string[] SequenceTasks = ["classification", "multi_label", "regression"];

    private static readonly (string Text, string? Pair)[] Sequences =
    [
        ("what is a neutron star ?", null),
        ("stars", null),
        ("", null),
        ("Unknown caf\u00e9s  \u4e2d and\tthe \U0001F600", null),
        ("what is a star ?", "a neutron"),
        ("the book", "who wrote the red , red book ?"),
    ];

    private static readonly string[] Sentences = ["what wrote the red book , a star ?", "a neutron star is the book"];

    private static readonly (string Question, string Context)[] Questions =
    [
        ("who wrote the book ?", "the red star wrote the book . a neutron star is red"),
        ("what is red ?", "a book is red , a star is a star"),
    ];

    private readonly Dictionary<(string Family, string Task), EdgeExport> _exports = [];
    private Dictionary<(string Family, string Task), JsonObject[]> _answers = [];

    private static IEnumerable<TestCaseData> OfSequences() =>
        Cases(SequenceTasks).Select(c => new TestCaseData(c.Family, c.Task));

    private static IEnumerable<string> Families() => EdgeFamily.Names;

    private static IEnumerable<(string Family, string Task)> Cases(params string[] tasks) =>
        tasks.SelectMany(task => EdgeFamily.Names.Select(family => (family, task)));

    [OneTimeSetUp]
    public void AskThemAll()
    {
        (string Family, string Task)[] cases =
            [.. Cases([.. SequenceTasks, "token_classification", "question_answering", "masked_lm"])];
        List<JsonObject> lines = [];
        foreach ((string family, string task) in cases)
        {
            EdgeExport export = _exports[(family, task)] = new EdgeExport(family, task);
            lines.AddRange(LinesFor(export));
        }

        Queue<JsonObject> answers = new(EdgeClient.Run("run-transformers.mjs", null, lines));
        _answers = cases.ToDictionary(
            c => c, c => LinesFor(_exports[c]).Select(_ => answers.Dequeue()).ToArray());
    }

    [OneTimeTearDown]
    public void Remove()
    {
        foreach (EdgeExport export in _exports.Values)
        {
            export.Dispose();
        }
    }

    [TestCaseSource(nameof(OfSequences))]
    public void Texts_and_pairs_have_the_scores_of_predict(string family, string task)
    {
        EdgeExport export = _exports[(family, task)];
        foreach (((string text, string? pair), JsonObject answer) in Sequences.Zip(_answers[(family, task)]))
        {
            TextPrediction expected = export.Predict(new Example(text, pair));

            Assert.That(
                export.Labels.Select(label => (float)answer["scores"]![label]!),
                Is.EqualTo(expected.Scores).Within(Tolerance), $"'{text}', '{pair}'");
        }
    }

    [TestCaseSource(nameof(Families))]
    public void Tokens_have_their_labels_and_scores_and_make_the_entities_of_predict(string family)
    {
        EdgeExport export = _exports[(family, "token_classification")];
        foreach ((string text, JsonObject answer) in Sentences.Zip(_answers[(family, "token_classification")]))
        {
            Example example = new(text);
            float[][] rows = [.. export.Outputs(example).Chunk(export.Labels.Count)
                .Select(row => Probabilities.Softmax(row))];
            foreach (JsonNode? token in answer["tokens"]!.AsArray())
            {
                float[] row = rows[(int)token!["index"]!];
                Assert.That((string)token["entity"]!, Is.EqualTo(export.Labels[Array.IndexOf(row, row.Max())]));
                Assert.That((float)token["score"]!, Is.EqualTo(row.Max()).Within(Tolerance));
            }

            IReadOnlyList<TextSpan> entities = export.Predict(example).Spans;
            JsonArray answered = answer["entities"]!.AsArray();
            Assert.That(answer["tokens"]!.AsArray(), Has.Count.EqualTo(rows.Length - 2), "all but special tokens");
            Assert.That(answered.Select(entity => (string)entity!["entity_group"]!),
                Is.EqualTo(entities.Select(entity => entity.Type)));
            Assert.That(answered.Select(entity => Visible((string)entity!["word"]!)),
                Is.EqualTo(entities.Select(entity => Visible(entity.Text))));
            Assert.That(answered.Select(entity => (float)entity!["score"]!),
                Is.EqualTo(entities.Select(entity => entity.Score)).Within(Tolerance));
        }
    }

    [TestCaseSource(nameof(Families))]
    public void Answers_have_their_text_and_the_logits_of_their_ends(string family)
    {
        EdgeExport export = _exports[(family, "question_answering")];
        foreach (((string question, string context), JsonObject answer) in
            Questions.Zip(_answers[(family, "question_answering")]))
        {
            QuestionExample example = new(question, context, null, null, 1);
            float[][] rows = [.. export.Outputs(example).Chunk(2)];
            TextSpan expected = export.Predict(example).Spans[0];

            using (Assert.EnterMultipleScope())
            {
                Assert.That(Numbers(answer["start_logits"]!),
                    Is.EqualTo(rows.Select(row => row[0])).Within(Tolerance));
                Assert.That(Numbers(answer["end_logits"]!), Is.EqualTo(rows.Select(row => row[1])).Within(Tolerance));
                Assert.That(Visible((string)answer["answer"]!), Is.EqualTo(Visible(expected.Text)));
                Assert.That((double)answer["score"]!, Is.EqualTo(ScoreOf(export, example, rows)).Within(Tolerance));
            }
        }
    }

    [TestCaseSource(nameof(Families))]
    public void Masks_are_filled_with_the_tokens_and_scores_of_predict(string family)
    {
        EdgeExport export = _exports[(family, "masked_lm")];
        Example example = new(Masked(export));
        int mask = Array.IndexOf(export.Input(example).InputIds, export.Tokenizer.MaskId!.Value);
        float[] row = Probabilities.Softmax(
            export.Outputs(example).Chunk(export.Labels.Count).ElementAt(mask));
        TextPrediction expected = export.Predict(example);
        JsonArray tokens = _answers[(family, "masked_lm")].Single()["tokens"]!.AsArray();

        Assert.That(tokens.Select(token => (int)token!["token"]!),
            Is.EqualTo(Enumerable.Range(0, row.Length).OrderByDescending(id => row[id]).Take(5)));
        Assert.That(tokens.Select(token => (float)token!["score"]!),
            Is.EqualTo(row.OrderDescending().Take(5)).Within(Tolerance));
        Assert.That(export.Tokenizer.IdToToken((int)tokens[0]!["token"]!), Is.EqualTo(expected.Label));
    }

    /// <summary>These run as their base class, through which the same pipelines give the same answers.</summary>
    [TestCase("ernie", "classification", ExpectedResult = BaseClass)]
    [TestCase("ernie", "masked_lm", ExpectedResult = BaseClass)]
    [TestCase("data2vec-text", "classification", ExpectedResult = BaseClass)]
    [TestCase("albert", "token_classification", ExpectedResult = "AlbertModel")]
    [TestCase("modernbert", "question_answering", ExpectedResult = "ModernBertModel")]
    public string What_transformers_js_has_no_class_for_runs_as_its_base_class(string family, string task) =>
        (string)_answers[(family, task)][0]["class"]!;

    [Test]
    public void All_others_run_as_the_class_that_config_json_names()
    {
        (string Family, string Task)[] known =
        [
            .. _answers.Keys.Where(key => key.Family is not ("ernie" or "data2vec-text")
                && key is not (("albert", "token_classification") or ("modernbert", "question_answering"))),
        ];

        Assert.That(known, Has.Length.EqualTo(58));
        foreach ((string Family, string Task) key in known)
        {
            JsonNode config = JsonNode.Parse(File.ReadAllText(Path.Combine(_exports[key].Folder, "config.json")))!;
            Assert.That((string)_answers[key][0]["class"]!, Is.EqualTo((string)config["architectures"]![0]!));
        }
    }

    private static IEnumerable<JsonObject> LinesFor(EdgeExport export)
    {
        IEnumerable<JsonObject> lines = export.Task.Name switch
        {
            "token_classification" => Sentences.Select(text => new JsonObject { ["text"] = text }),
            "question_answering" => Questions.Select(asked =>
                new JsonObject { ["question"] = asked.Question, ["context"] = asked.Context }),
            "masked_lm" => [new JsonObject { ["text"] = Masked(export) }],
            _ => Sequences.Select(s => s.Pair is null
                ? new JsonObject { ["text"] = s.Text }
                : new JsonObject { ["text"] = s.Text, ["pair"] = s.Pair }),
        };
        foreach (JsonObject line in lines)
        {
            line["folder"] = export.Folder;
            yield return line;
        }
    }

    private static string Masked(EdgeExport export) =>
        $"what is the {export.Tokenizer.IdToToken(export.Tokenizer.MaskId!.Value)} star ?";

    /// <summary>
    /// The score of the best span as transformers.js has it: the product of two softmaxes over the context and [CLS].
    /// </summary>
    private static double ScoreOf(EdgeExport export, QuestionExample example, float[][] rows)
    {
        ContextWindow window = (ContextWindow)export.Input(example);
        int[] places = [.. Enumerable.Range(window.First, window.Places.Length)];
        double starts = places.Prepend(0).Sum(token => Math.Exp(rows[token][0]));
        double ends = places.Prepend(0).Sum(token => Math.Exp(rows[token][1]));
        return places.SelectMany(start => places.Where(end => end >= start)
            .Select(end => Math.Exp(rows[start][0]) / starts * Math.Exp(rows[end][1]) / ends)).Max();
    }

    private static float[] Numbers(JsonNode values) => [.. values.AsArray().Select(value => (float)value!)];

    // Decoding puts blanks elsewhere than the text had them, such as before punctuation.
    private static string Visible(string text) => text.Replace(" ", "", StringComparison.Ordinal);
}
