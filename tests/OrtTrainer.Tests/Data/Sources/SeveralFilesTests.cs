using OrtTrainer.Data;
using OrtTrainer.Data.Sources;
using OrtTrainer.Tasks;

namespace OrtTrainer.Tests.Data.Sources;

public sealed class SeveralFilesTests
{
    [Test]
    public void A_pattern_reads_its_files_in_the_order_of_their_names_and_tells_them()
    {
        using DataFolder folder = new();
        string second = folder.Write("part-2.csv", "text,label\nc,x\nd,y\n");
        string first = folder.Write("part-1.csv", "label,text\nx,a\ny,b\n");
        string other = folder.Write("other.jsonl", "{\"text\": \"e\", \"label\": \"z\", \"id\": 1}\n");
        List<string> notes = [];
        string word = DataFiles.Join([Beside(first, "part-*.csv"), other]);

        Dataset data = LabeledData.LoadTrain(new DataOptions { Train = word }, notes.Add);

        Assert.That(data.Examples.Select(example => example.Text), Is.EqualTo(new[] { "a", "b", "c", "d", "e" }));
        Assert.That(data.Labels!.Names, Is.EqualTo(new[] { "x", "y", "z" }));
        Assert.That(notes, Is.EqualTo(new[]
        {
            $"{word}: 3 files, {first} (2 rows), {second} (2 rows), {other} (1 row).",
        }));
    }

    [Test]
    public void Files_with_other_columns_are_refused_with_what_differs()
    {
        using DataFolder folder = new();
        string first = folder.Write("1.csv", "text,label\na,x\n"), second = folder.Write("2.csv", "text,lable\nb,y\n");

        Assert.That(() => TableReader.Read(DataFiles.Join([first, second])).Count(), Throws.TypeOf<DataFileException>()
            .With.Message.StartsWith(
                $"{second}: its columns are text, lable; expected those of {first}, text, label. Missing: label. "
                + "Added: lable."));
    }

    [Test]
    public void A_row_to_blame_is_found_in_its_file()
    {
        using DataFolder folder = new();
        string first = folder.Write("1.csv", "text,label\na,x\nb,y\n");
        string second = folder.Write("2.csv", "text,label\nc,x\nd,\n");
        DataOptions options = new() { Train = DataFiles.Join([first, second]) };

        Assert.That(() => LabeledData.LoadTrain(options),
            Throws.TypeOf<DataFileException>().With.Message.StartsWith($"{second}, line 3: "));
    }

    [Test]
    public void The_report_on_the_data_names_the_file_of_a_line()
    {
        using DataFolder folder = new();
        string first = folder.Write("1.csv", "text,label\na,x\nb,y\n");
        string second = folder.Write("2.csv", "text,label\na,y\n\"\",x\n");
        DataOptions options = new() { Train = DataFiles.Join([first, second]), Eval = first };

        string[] warnings = [.. DataReport.Of(LabeledData.Load(options)).Warnings()];

        Assert.That(warnings, Has.Some.EqualTo($"train: 1 row without text, line 3 of {second}."));
        Assert.That(warnings, Has.Some.Contains($"(x and y, line 2 of {first}, line 2 of {second})"));
    }

    [Test]
    public void A_file_that_comes_twice_and_a_pattern_without_files_are_refused()
    {
        using DataFolder folder = new();
        string file = folder.Write("1.csv", "text,label\na,x\n");
        string none = Beside(file, "*.tsv");

        Assert.That(() => DataFiles.Of(DataFiles.Join([file, Beside(file, "*.csv")])),
            Throws.TypeOf<DataFileException>().With.Message.Contains("this file comes twice"));
        Assert.That(() => DataFiles.Of(none),
            Throws.TypeOf<DataFileException>().With.Message.StartsWith($"{none}: no file matches this pattern"));
    }

    [TestCase("*.csv", new[] { "a.csv", "b.csv" })]
    [TestCase("?.csv", new[] { "a.csv", "b.csv" })]
    [TestCase("**/*.csv", new[] { "a.csv", "b.csv", "in/c.csv", "in/deep/d.csv" })]
    [TestCase("in/*", new[] { "in/c.csv" })]
    [TestCase("i*/**", new[] { "in/c.csv", "in/deep/d.csv" })]
    [TestCase("a.c*v", new[] { "a.csv" })]
    [TestCase("A*.csv", new string[0])]
    public void Patterns_match_within_names_and_over_folders(string pattern, string[] expected)
    {
        using OrtTrainer.Tests.Checkpoints.TemporaryFolder folder = new();
        foreach (string name in new[] { "b.csv", "a.csv", ".hidden.csv", "in/c.csv", "in/deep/d.csv" })
        {
            string path = folder.File(name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, "");
        }

        Assert.That(FilePattern.Files(folder.File(pattern)), Is.EqualTo(expected.Select(folder.File)));
    }

    private static string Beside(string file, string name) => Path.Combine(Path.GetDirectoryName(file)!, name);
}
