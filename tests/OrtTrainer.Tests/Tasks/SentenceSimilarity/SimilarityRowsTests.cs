using OrtTrainer.Data;
using OrtTrainer.Tasks.SentenceSimilarity;
using OrtTrainer.Tests.Checkpoints;

namespace OrtTrainer.Tests.Tasks.SentenceSimilarity;

/// <summary>Pairs and triplets from files of every form, and what is said of those that cannot be right.</summary>
public sealed class SimilarityRowsTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void Make() => _folder = new TemporaryFolder();

    [TearDown]
    public void Remove() => _folder.Dispose();

    [TestCase("a.csv", "sentence1,sentence2,score\nx,y,3.8")]
    [TestCase("a.tsv", "anchor\tpositive\tscore\nx\ty\t3.8")]
    [TestCase("a.csv", "text;pair;score\nx;y;3,8")]
    [TestCase("a.jsonl", """{"query": "x", "answer": "y", "score": 3.8}""")]
    public void A_pair_with_a_score_stands_under_any_of_the_usual_names(string name, string content)
    {
        SimilarityExample pair = Read(name, content).Single();

        Assert.That(pair.Texts, Is.EqualTo(new[] { "x", "y" }));
        Assert.That(pair.Score, Is.EqualTo(3.8f));
    }

    [TestCase("a.csv", "anchor,positive,negative,negative_2\nx,y,p,q")]
    [TestCase("a.jsonl", """{"anchor": "x", "positive": "y", "negatives": ["p", "q"]}""")]
    public void Negatives_stand_in_columns_or_in_a_list(string name, string content)
    {
        SimilarityExample triplet = Read(name, content).Single();

        Assert.That(triplet.Texts, Is.EqualTo(new[] { "x", "y", "p", "q" }));
        Assert.That(triplet.Score, Is.Null);
    }

    [Test]
    public void Columns_that_are_named_win()
    {
        SimilarityExample pair = Read(
            "a.csv", "sentence1,sentence2,a,b,gold\nx,y,p,q,1", new ExampleColumns("a", "b", "gold")).Single();

        Assert.That(pair.Texts, Is.EqualTo(new[] { "p", "q" }));
        Assert.That(pair.Score, Is.EqualTo(1));
    }

    [Test]
    public void To_predict_a_text_may_be_alone_and_empty()
    {
        SimilarityExample text =
            Read("a.csv", "sentence1,score\n\"\",none", new ExampleColumns("sentence1", null)).Single();

        Assert.That(text.Texts, Is.EqualTo(new[] { "" }));
    }

    [TestCase("sentence1,sentence2,score\nx,y,high", "'score' is 'high'; expected how alike both texts are as a finite "
        + "number, such as 3.8.")]
    [TestCase("sentence1,sentence2,score\nx,y,nan", "'score' is 'nan'; expected how alike both texts are as a finite "
        + "number, such as 3.8.")]
    [TestCase("sentence1,sentence2,score\nx,,1", "'sentence2' is empty; expected a text. Take the row out, or write "
        + "the text.")]
    [TestCase("sentence1,score\nx,1", "there is no second text beside 'sentence1'. Columns present: sentence1, score. "
        + "Call one of them 'sentence2', or name it as the pair.")]
    [TestCase("anchor,good\nx,y", "there is no second text beside 'anchor'. Columns present: anchor, good. Call one of "
        + "them 'positive', or name it as the pair.")]
    [TestCase("anchor,positive,negative\nx,y, ", "'negative' is empty; expected a text.")]
    public void A_row_that_cannot_be_right_is_named(string content, string message) =>
        Assert.That(() => Read("a.csv", content), Throws.TypeOf<DataFileException>().With.Message.StartsWith(
            $"{_folder.File("a.csv")}, line 2: {message}"));

    [Test]
    public void A_score_column_that_is_named_must_be_there() =>
        Assert.That(
            () => Read("a.csv", "sentence1,sentence2\nx,y", new ExampleColumns("sentence1", "sentence2", "gold")),
            Throws.TypeOf<DataFileException>().With.Message.Contains("there is no column 'gold'."));

    [Test]
    public void Negatives_are_texts() =>
        Assert.That(() => Read("a.jsonl", """{"anchor": "x", "positive": "y", "negatives": ["p", 3]}"""),
            Throws.TypeOf<DataFileException>().With.Message.Contains("'negatives' has 3 in its list; expected texts."));

    private SimilarityExample[] Read(string name, string content, ExampleColumns? columns = null) =>
    [
        .. TableReader.Read(_folder.Write(name, content), new TableOptions())
            .Select(row => SimilarityRows.Read(row, columns ?? SentenceSimilarityTask.Instance.DefaultColumns)),
    ];
}
