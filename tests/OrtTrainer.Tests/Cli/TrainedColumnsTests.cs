using OrtTrainer.Runs;
using OrtTrainer.Tests.Checkpoints;

namespace OrtTrainer.Tests.Cli;

/// <summary>Commands after training read files by the columns of the run.</summary>
public sealed class TrainedColumnsTests
{
    private DeskTask _desk = null!;

    private string Model => _desk.File("out");

    [OneTimeSetUp]
    public void Train()
    {
        _desk = new DeskTask();
        foreach (string file in new[] { _desk.Train, _desk.Eval, _desk.Test })
        {
            _desk.Write("own-" + Path.GetFileName(file),
                File.ReadAllText(file).Replace("text\tlabel", "Message\tDesk", StringComparison.Ordinal));
        }

        CliRun.Of(
            "finetune", "--model", _desk.Model, "--train", _desk.File("own-train.tsv"), "--eval",
            _desk.File("own-eval.tsv"), "--text", "Message", "--label", "Desk", "--batch-size", "4", "--max-steps", "4",
            "--max-length", "16", "--threads", "1", "--out", Model, "--quiet").Succeeded();
    }

    [OneTimeTearDown]
    public void Remove() => _desk.Dispose();

    [Test]
    public void Files_with_the_columns_of_training_need_no_names()
    {
        string own = _desk.File("own-test.tsv");

        Assert.That(
            CliRun.Of("predict", "--model", Model, "--input", own).Succeeded().Out,
            Is.EqualTo(CliRun.Of("predict", "--model", Model, "--input", _desk.Test).Succeeded().Out));
        Assert.That(
            CliRun.Of("evaluate", "--model", Model, "--data", own, "--json").Succeeded().Out,
            Is.EqualTo(CliRun.Of("evaluate", "--model", Model, "--data", _desk.Test, "--json").Succeeded().Out));
    }

    [Test]
    public void A_name_that_is_given_wins_and_one_that_no_file_has_is_told()
    {
        string other = _desk.Write("other.tsv", "Message\tmail\nnothing\twhere is my parcel\n");

        Assert.That(
            CliRun.Of("predict", "--model", Model, "--input", other, "--text", "mail").Succeeded().Out,
            Is.EqualTo(CliRun.WithInput("where is my parcel\n", "predict", "--model", Model, "--input", "-").Out));
        Assert.That(
            CliRun.Of("predict", "--model", Model, "--input", _desk.Write("none.tsv", "a\tb\n1\t2\n")).Error,
            Does.Contain("there is no column 'text'"));
    }

    [Test]
    public void A_folder_that_no_run_left_names_no_columns()
    {
        using TemporaryFolder folder = new();

        Assert.That(TrainedColumns.Of(folder.Path), Is.Null);
    }
}
