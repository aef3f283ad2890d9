using OrtTrainer.Data;
using OrtTrainer.Evaluation;
using OrtTrainer.Reports;
using OrtTrainer.Reports.Documents;
using OrtTrainer.Tasks.QuestionAnswering;
using OrtTrainer.Tasks.SentenceSimilarity;
using OrtTrainer.Tasks.TokenClassification;
using OrtTrainer.Tasks.TokenPrediction;

namespace OrtTrainer.Tests.Tasks;

/// <summary>What reports show of tasks whose outputs are no classes and no numbers.</summary>
public sealed class TaskReportTests
{
    [Test]
    public void Entities_are_scored_by_type_and_the_worst_sentences_stand_with_what_was_found()
    {
        TaggedSentences sentences = new(
        [
            new SentenceScore([new("PER", 0, 1)], [new("PER", 0, 1)], rightWords: 3, words: 3, loss: 0.5),
            new SentenceScore([new("LOC", 2, 2)], [new("PER", 0, 0)], rightWords: 1, words: 3, loss: 4),
        ]);
        Dataset data = DataOf(
            TaggedExample.Of(["Ann", "Lee", "sings"], ["B-PER", "I-PER", "O"], null, 1),
            TaggedExample.Of(["Look", "at", "Rome"], ["O", "O", "B-LOC"], null, 5));

        ReportTable[] tables = [.. TablesOf(TaggedReport.Of(sentences, data))];

        Assert.That(tables[0].Rows, Is.EqualTo(new[]
        {
            new[] { "LOC", "0.0000", "0.0000", "0.0000", "1" },
            new[] { "PER", "0.5000", "1.0000", "0.6667", "1" },
        }));
        Assert.That(tables[1].Rows, Is.EqualTo(new[]
        {
            new[] { "5", "Look at Rome", "LOC: Rome", "PER: Look", "4" },
        }));
    }

    [Test]
    public void Probabilities_of_tags_are_held_against_how_often_they_are_right()
    {
        // Two words of two tags: right at 3/4, wrong at 9/10.
        ClassifiedExamples words = new([Math.Log(3), 0, Math.Log(9), 0], [0, 1], classes: 2);
        TaggedSentences sentences = new([new SentenceScore([], [], rightWords: 1, words: 2, loss: 1)], words);
        Dataset data = DataOf(TaggedExample.Of(["a", "b"], ["O", "O"], null, 1));

        ReportBlock[] blocks = [.. TaggedReport.Of(sentences, data)];

        Assert.That(words.ToReliability().ExpectedError, Is.EqualTo((0.25 + 0.9) / 2).Within(1e-12));
        Assert.That(blocks.OfType<HeadingBlock>().Select(heading => heading.Text), Does.Contain("Calibration"));
        Assert.That(
            blocks.OfType<ParagraphBlock>().Select(paragraph => paragraph.Text),
            Has.Some.Contains("0.5750").And.Some.Contains("tags of words"));
    }

    [Test]
    public void Questions_are_counted_by_kind_and_wrong_answers_stand_beside_those_accepted()
    {
        AnsweredQuestions questions = new(
        [
            new QuestionScore(1, 1, HasAnswer: true) { Answer = "Rome" },
            new QuestionScore(0, 0.5, HasAnswer: true) { Answer = "old Rome" },
            new QuestionScore(0, 0, HasAnswer: false) { Answer = "Bonn" },
        ]);
        Dataset data = DataOf(
            new QuestionExample("Where?", "In Rome.", ["Rome"], null, 1),
            new QuestionExample("Which?", "In old Rome.", ["Rome", "the city"], null, 2),
            new QuestionExample("When?", "In Bonn.", [], null, 3));

        ReportTable[] tables = [.. TablesOf(AnswerReport.Of(questions, data))];

        Assert.That(tables[0].Rows, Is.EqualTo(new[]
        {
            new[] { "all", "3", "0.3333", "0.5000" },
            new[] { "with an answer", "2", "0.5000", "0.7500" },
            new[] { "without an answer", "1", "0.0000", "0.0000" },
        }));
        Assert.That(tables[1].Rows, Is.EqualTo(new[]
        {
            new[] { "3", "When? ⟷ In Bonn.", "none", "Bonn", "0.0000" },
            new[] { "2", "Which? ⟷ In old Rome.", "Rome | the city", "old Rome", "0.5000" },
        }));
    }

    [Test]
    public void Pairs_are_furthest_off_by_their_ranks()
    {
        ScoredPairs pairs = new([0.9, 0.8, 0.1], [1, 5, 4]);
        Dataset data = DataOf(
            new SimilarityExample("a", "b", [], 1, 1), new SimilarityExample("c", "d", [], 5, 2),
            new SimilarityExample("e", "f", [], 4, 3));

        ReportBlock[] blocks = [.. SimilarityReport.Of(pairs, data)];

        Assert.That(blocks[0], Is.TypeOf<FigureBlock>());
        Assert.That(TablesOf(blocks).Single().Rows[0], Is.EqualTo(new[] { "1", "a ⟷ b", "1", "0.9000" }));
    }

    [Test]
    public void Places_of_right_texts_are_counted_and_the_last_ones_shown()
    {
        RankedTexts texts = new([1, 1, 7]);
        Dataset data = DataOf(
            new SimilarityExample("a", "b", [], null, 1), new SimilarityExample("c", "d", [], null, 2),
            new SimilarityExample("e", "f", [], null, 3));

        ReportTable[] tables = [.. TablesOf(SimilarityReport.Of(texts, data))];

        Assert.That(tables[0].Rows, Is.EqualTo(new[]
        {
            new[] { "1", "2", "0.6667" }, new[] { "4 to 10", "1", "0.3333" },
        }));
        Assert.That(tables[1].Rows, Is.EqualTo(new[] { new[] { "3", "e ⟷ f", "7" } }));
    }

    [Test]
    public void Written_texts_are_foretold_worst_by_the_mean_loss_of_a_token()
    {
        PredictedTokenScores scores = new([new(2, 1, 2), new(3, 0, 1), new(0, 0, 0)]);
        Dataset data = DataOf(
            new Example("source", Label: "two tokens", Line: 1), new Example("other", Label: "one", Line: 2),
            new Example("empty", Label: "", Line: 3));

        ReportTable table = TablesOf(PredictedTokenReport.Of(scores, data)).Single();

        Assert.That(table.Rows, Is.EqualTo(new[]
        {
            new[] { "2", "other", "one", "1", "3.0000" }, new[] { "1", "source", "two tokens", "2", "1.0000" },
        }));
    }

    private static Dataset DataOf(params Example[] examples) =>
        new("data.jsonl", examples, labels: null, new UnlabeledTargets(examples.Length, 1));

    private static IEnumerable<ReportTable> TablesOf(IEnumerable<ReportBlock> blocks) =>
        blocks.OfType<TableBlock>().Select(block => block.Table);
}
