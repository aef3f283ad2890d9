using OrtTrainer.Data;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.QuestionAnswering;
using OrtTrainer.Tests.Checkpoints;
using Parquet;

namespace OrtTrainer.Tests.Data.Sources;

public sealed class ParquetTests
{
    private const string Features = """
        {"text": {"dtype": "string", "_type": "Value"},
         "label": {"names": ["no", "yes", "perhaps"], "_type": "ClassLabel"}}
        """;

    [Test]
    public void Values_of_every_kind_are_what_JSON_would_say()
    {
        using TemporaryFolder folder = new();
        string path = folder.File("rows.parquet");
        ParquetRows.WriteKinds(path);

        DataRow[] rows = [.. TableReader.Read(path)];

        Assert.That(rows[0].Columns.Names, Is.EqualTo(new[] { "text", "number", "real", "flag", "tokens" }));
        Assert.That(rows.Select(row => string.Join(" | ", row.Values)), Is.EqualTo(new[]
        {
            """a | 1 | 0.5 | true | ["x",null]""".Replace("null", "\"ü\\\"1\""),
            " | -2 | 1E-07 | false | []",
            "b |  | -3 | true | ",
            "c | 3 | 1E+300 | false | [null]",
        }));
        Assert.That(rows[1].KindOf("text"), Is.EqualTo(FieldKind.Null));
        Assert.That(rows[2].KindOf("tokens"), Is.EqualTo(FieldKind.Null));
        Assert.That(rows[0].KindOf("tokens"), Is.EqualTo(FieldKind.List));
        Assert.That(rows.Select(row => row.Line), Is.EqualTo(new[] { 1, 2, 3, 4 }));
    }

    [Test]
    public void A_row_to_blame_is_called_a_row()
    {
        using TemporaryFolder folder = new();
        string path = folder.File("rows.parquet");
        ParquetRows.WriteKinds(path);

        Assert.That(() => TableReader.Read(path).Select(row => row.Text("text")).ToArray(),
            Throws.TypeOf<DataFileException>().With.Message.StartsWith($"{path}, row 2: 'text' is null; expected"));
    }

    [TestCase(CompressionMethod.None)]
    [TestCase(CompressionMethod.Snappy)]
    [TestCase(CompressionMethod.Gzip)]
    [TestCase(CompressionMethod.Zstd)]
    [TestCase(CompressionMethod.Lz4Raw)]
    public void Groups_of_rows_follow_one_another_in_any_compression(CompressionMethod compression)
    {
        using TemporaryFolder folder = new();
        string path = folder.File("rows.parquet");
        (string, long)[] written = [.. Enumerable.Range(0, 101).Select(i => ($"text {i % 17}", (long)(i % 3)))];
        ParquetRows.WriteLabelled(path, written, perGroup: 10, compression: compression);

        Assert.That(TableReader.Read(path).Select(row => (row["text"], long.Parse(row["label"]))),
            Is.EqualTo(written));
    }

    [Test]
    public void Labels_have_the_names_and_the_order_of_the_features()
    {
        using TemporaryFolder folder = new();
        string path = folder.File("rows.parquet");
        ParquetRows.WriteLabelled(path, [("a", 1), ("b", 0), ("c", 1), ("d", 0)], features: Features);

        Dataset data = LabeledData.LoadTrain(new DataOptions { Train = path });

        Assert.That(data.Examples.Select(example => example.Label), Is.EqualTo(new[] { "yes", "no", "yes", "no" }));
        Assert.That(data.Labels!.Names, Is.EqualTo(new[] { "no", "yes", "perhaps" }));
    }

    [Test]
    public void Questions_are_read_with_their_answers_and_without()
    {
        using TemporaryFolder folder = new();
        string path = folder.File("squad.parquet");
        ParquetRows.WriteQuestions(path);

        DataOptions options = new() { Train = path, Task = ModelTask.Named("question_answering") };
        QuestionExample[] questions =
            [.. options.Task.ReadFile(path, options, null, default).Cast<QuestionExample>()];

        Assert.That(questions.Select(question => question.Answers), Is.EqualTo(new[]
        {
            new[] { "Ada Li" }, [],
        }));
    }

    [Test]
    public void A_file_that_is_cut_off_is_refused_in_one_sentence()
    {
        using TemporaryFolder folder = new();
        string path = folder.File("rows.parquet");
        ParquetRows.WriteLabelled(path, [("a", 1), ("b", 0)]);
        using (FileStream stream = File.OpenWrite(path))
        {
            stream.SetLength(stream.Length - 20);
        }

        Assert.That(() => TableReader.Read(path).Count(), Throws.TypeOf<DataFileException>()
            .With.Message.StartsWith($"{path}: the Parquet file cannot be read: ")
            .And.Message.EndsWith("It may be cut off: copy or download it again."));
    }

    [Test]
    public void The_first_bytes_tell_a_file_whatever_it_is_called_and_a_format_beside_it_is_refused()
    {
        using TemporaryFolder folder = new();
        string path = folder.File("rows.csv"), text = folder.File("rows.parquet");
        ParquetRows.WriteLabelled(path, [("a", 1), ("b", 0)]);
        File.WriteAllText(text, "text,label\na,1\n");

        Assert.That(TableReader.Read(path).Count(), Is.EqualTo(2));
        Assert.That(() => TableReader.Read(path, new TableOptions { Format = DataFormat.Csv }).Count(),
            Throws.TypeOf<DataFileException>().With.Message.Contains("this is a Parquet or Arrow file"));
        Assert.That(() => TableReader.Read(path, new TableOptions { Columns = ["a", "b"] }).Count(),
            Throws.TypeOf<DataFileException>().With.Message.Contains("names its own columns"));
        Assert.That(() => TableReader.Read(text).Count(),
            Throws.TypeOf<DataFileException>().With.Message.Contains("this is no Parquet file"));
    }
}
