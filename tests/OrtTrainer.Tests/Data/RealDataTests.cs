using OrtTrainer.Data;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.Regression;

namespace OrtTrainer.Tests.Data;

/// <summary>Public data sets as they are found, with counts taken from them by awk and Python.</summary>
internal sealed class RealDataTests
{
    private static readonly string[] Cola = ["source", "label", "mark", "sentence"];
    private static readonly string[] Sts = ["genre", "file", "year", "id", "score", "sentence1", "sentence2"];

    [TestCase("trec/train.tsv", "label", "ABBR 86, DESC 1162, ENTY 1250, HUM 1223, LOC 835, NUM 896")]
    [TestCase("trec/test.tsv", "label", "ABBR 9, DESC 138, ENTY 94, HUM 65, LOC 81, NUM 113")]
    [TestCase("mrpc/msr_paraphrase_train.txt", "Quality", "0 1323, 1 2753")]
    [TestCase("mrpc/msr_paraphrase_test.txt", "Quality", "0 578, 1 1147")]
    [TestCase("rte/train.tsv", "label", "entailment 1078, not_entailment 1049")]
    [TestCase("rte/dev.tsv", "label", "entailment 146, not_entailment 131")]
    [TestCase("sst2/train.tsv", "label", "0 26786, 1 33828")]
    [TestCase("sst2/dev.tsv", "label", "0 2994, 1 3741")]
    [TestCase("sst2/test.tsv", "label", "0 428, 1 444")]
    [TestCase("sick/SICK_train.txt", "entailment_judgment", "CONTRADICTION 665, ENTAILMENT 1299, NEUTRAL 2536")]
    [TestCase("sick/SICK_trial.txt", "entailment_judgment", "CONTRADICTION 74, ENTAILMENT 144, NEUTRAL 282")]
    [TestCase(
        "sick/SICK_test_annotated.txt", "entailment_judgment", "CONTRADICTION 720, ENTAILMENT 1414, NEUTRAL 2793")]
    public void Tables_with_a_header_have_the_labels_counted_elsewhere(string file, string column, string expected)
    {
        Assert.That(LabelCounts(file, column, new TableOptions { Format = DataFormat.Tsv }), Is.EqualTo(expected));
    }

    [TestCase("train", "0 2162, 1 5088")]
    [TestCase("val", "0 366, 1 935")]
    [TestCase("dev", "0 322, 1 721")]
    public void Cola_without_a_header_has_the_labels_counted_elsewhere(string split, string expected)
    {
        TableOptions options = new() { Columns = Cola };

        Assert.That(LabelCounts($"cola/{split}.tsv", "label", options), Is.EqualTo(expected));
    }

    [TestCase("stsb/glue_train.tsv", 5749, 2.7009990253653395)]
    [TestCase("stsb/glue_dev.tsv", 1500, 2.363907555555555)]
    public void Sts_scores_have_the_mean_computed_elsewhere(string file, int count, double mean)
    {
        AssertScores(file, new TableOptions(), count, mean);
    }

    [TestCase("stsb/sts-train.tsv", 5749, 2.7009990253653395)]
    [TestCase("stsb/sts-test.tsv", 1379, 2.607916606236405)]
    public void Sts_files_with_licence_columns_on_some_lines_can_be_read(string file, int count, double mean)
    {
        TableOptions options = new() { Columns = Sts };
        string path = Shared(file);

        Assert.That(
            () => TableReader.Read(path, options).Count(),
            Throws.TypeOf<DataFileException>().With.Message.Contains("found 9 fields"));
        AssertScores(file, options with { IgnoreExtraFields = true }, count, mean);
    }

    [TestCase("e2e_nlg/devset.csv", 4672, 573568)]
    [TestCase("e2e_nlg/testset_w_refs.csv", 4693, 636702)]
    public void Quoted_csv_has_the_rows_and_letters_counted_elsewhere(string file, int rows, int letters)
    {
        string[] texts = [.. Read(file, new TableOptions()).Select(row => row["ref"])];

        Assert.That((texts.Length, texts.Sum(text => text.Length)), Is.EqualTo((rows, letters)));
    }

    [Test]
    public void A_latin_1_file_is_refused_with_the_line_of_its_first_such_letter()
    {
        string path = SharedFiles.SharedPath("data", "sentiment_sets", "TREC.train.all");
        int line = 1 + File.ReadAllBytes(path).TakeWhile(value => value < 0x80).Count(value => value == '\n');

        Assert.That(
            () => TableReader.Read(path, new TableOptions { Format = DataFormat.Lines }).Count(),
            Throws.TypeOf<DataFileException>().With.Message.StartsWith($"{path}, line {line}: not valid UTF-8"));
    }

    [TestCase("trec/train.tsv", "trec/test.tsv", "text", null, 71, 72, 10, 11, 0)]
    [TestCase("cola/train.tsv", "cola/dev.tsv", "sentence", "source,label,mark,sentence", 15, 17, 11, 11, 8)]
    [TestCase("sst2/train.tsv", "sst2/dev.tsv", "sentence", null, 293, 293, 75, 75, null)]
    public void Repeats_overlaps_and_conflicts_are_those_counted_elsewhere(
        string train,
        string test,
        string text,
        string? columns,
        int exact,
        int folded,
        int seen,
        int seenFolded,
        int? conflicts)
    {
        DataSplits data = LabeledData.Load(new DataOptions
        {
            Train = Shared(train),
            Eval = Shared(test),
            Test = Shared(test),
            TextColumn = text,
            Table = new TableOptions { Columns = columns?.Split(',') },
        });

        DataReport report = DataReport.Of(data);

        Assert.That((report.TrainRepeats.Exact, report.TrainRepeats.Folded), Is.EqualTo((exact, folded)));
        Assert.That((report.TestSeen!.Exact, report.TestSeen.Folded), Is.EqualTo((seen, seenFolded)));
        Assert.That(report.TestSeenInEval!.Exact, Is.EqualTo(data.Test!.Count));
        Assert.That(report.Conflicts, Has.Count.EqualTo(conflicts ?? report.Conflicts.Count));
    }

    private static void AssertScores(string file, TableOptions options, int count, double mean)
    {
        ExampleColumns columns = new("sentence1", "sentence2", "score");
        Dataset data = RegressionTask.Instance.Label(file, [.. Read(file, options).Select(columns.Of)], null);

        Assert.That(data.Count, Is.EqualTo(count));
        float[] numbers = ((NumberTargets)data.Targets).Values.ToArray();
        Assert.That(numbers.Average(target => (double)target), Is.EqualTo(mean).Within(1e-6));
        Assert.That((numbers.Min(), numbers.Max()), Is.EqualTo((0f, 5f)));
    }

    private static string LabelCounts(string file, string column, TableOptions options) => string.Join(
        ", ",
        Read(file, options)
            .CountBy(row => row[column])
            .OrderBy(label => label.Key, StringComparer.Ordinal)
            .Select(label => $"{label.Key} {label.Value}"));

    private static IEnumerable<DataRow> Read(string file, TableOptions options) =>
        TableReader.Read(Shared(file), options);

    private static string Shared(string file) => SharedFiles.SharedPath(["data", .. file.Split('/')]);
}
