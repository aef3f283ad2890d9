using OrtTrainer.Checkpoints;
using OrtTrainer.Data;
using OrtTrainer.Models;
using OrtTrainer.Prediction;
using OrtTrainer.Runtime;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.TokenClassification;
using OrtTrainer.Teachers;
using OrtTrainer.Tests.Cli;
using OrtTrainer.Tests.Models;
using OrtTrainer.Tests.Tasks.TokenClassification;
using OrtTrainer.Text;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tests.Teachers;

/// <summary>A teacher of tags that cuts words into other tokens than its student.</summary>
public sealed class TokenTeacherTests
{
    private const int Tags = 4;

    private PlaceTask _places = null!;
    private string _teacher = null!;
    private Dataset _data = null!;

    private static ModelTask Task => TokenClassificationTask.Instance;

    private TeacherOptions Options => new() { Model = _teacher, Cache = Path.Combine(_places.Output, "cache") };

    [OneTimeSetUp]
    public void Finetune()
    {
        _places = new PlaceTask();
        _teacher = _places.Output + "-teacher";
        string start = _places.Output + "-start";
        string[] pieces = ["f", "##lew", "##ar", "n", "##ew", "york", "paris", "ada", "bo", "##b", "t", "##o", "."];
        TinyBert.Write(start, pieces);
        CliRun.Of([.. Command(start, _teacher), "--epochs", "4", "--max-length", "24"]).Succeeded();
        _data = LabeledData.LoadTrain(new DataOptions { Train = _places.Train, Task = Task });
    }

    [OneTimeTearDown]
    public void Remove() => _places.Dispose();

    [Test]
    public void A_word_is_learned_from_the_row_of_its_first_token()
    {
        EncodedDataset student = Student();

        TeacherLogits logits = Obtain(student);

        int at = 0;
        for (int sentence = 0; sentence < _data.Count; sentence++)
        {
            TokenizedWords read = (TokenizedWords)student.Inputs[sentence];
            (TokenizedWords own, float[] outputs) = Ask(_data.Examples[sentence]);
            for (int token = 0; token < read.InputIds.Length; token++, at++)
            {
                int word = read.FirstTokens.ToList().IndexOf(token);
                Assert.That(logits.Places![at] >= 0, Is.EqualTo(word >= 0));
                if (word >= 0)
                {
                    Assert.That(logits[logits.Places[at]].ToArray(),
                        Is.EqualTo(outputs.AsSpan(own.FirstTokens[word] * Tags, Tags).ToArray()).Within(0.002));
                }
            }
        }

        Assert.That(logits.Rows, Is.EqualTo(((TokenTargets)_data.Targets).Ids.Length), "a row per word");
        Assert.That(logits.Values, Is.EqualTo(logits.Values.Select(value => (float)(Half)value)));
    }

    [Test]
    public void The_size_is_told_before_and_the_table_is_kept_bit_for_bit([Values(null, 2)] int? top)
    {
        TeacherOptions options = Options with { TopK = top, Cache = $"{Options.Cache}-largest{top}" };
        EventLog first = new(), second = new();

        TeacherLogits computed = Obtain(Student(), options, first);
        TeacherLogits kept = Obtain(Student(), options, second);

        string largest = top is null ? "" : "the largest 2 of each distribution, ";
        Assert.That(first.Notes.Single(), Is.EqualTo(
            $"teacher: {computed.Rows} rows x 4 outputs, {largest}0.0 MB kept in half precision"));
        Assert.That((computed.Report.IsCached, kept.Report.IsCached), Is.EqualTo((false, true)));
        Assert.That(second.Batches, Is.Zero);
        Assert.That(kept.Values, Is.EqualTo(computed.Values));
        Assert.That(kept.Values.Chunk(Tags).Select(row => row.Distinct().Count()).Max(),
            Is.EqualTo(top is null ? 4 : 3));
        Assert.That(kept.Report.Audit.Accuracy, Is.GreaterThan(0.3));
        Assert.That(kept.Report.Audit.Labels.Select(label => label.Label), Is.EqualTo(_data.Labels!.Names));
    }

    [Test]
    public void A_word_that_the_teacher_has_no_token_for_teaches_nothing()
    {
        EncodedDataset student = Student();
        TokenRows table = Task.TeacherRows(student);
        int[][] without = [.. table.OfInputs.Select(rows => Array.ConvertAll(rows, row => row == 2 ? -1 : row))];

        int[] places = Task.LearnedRows(student, student, table with { OfInputs = without })!;

        Assert.That(places, Is.EqualTo(Task.LearnedRows(student, student, table)!.Select(row => row == 2 ? -1 : row)));
        Assert.That(places, Has.None.EqualTo(2).And.Some.EqualTo(3));
    }

    [Test]
    public void Windows_of_the_student_share_the_rows_of_their_words()
    {
        EncodedDataset windows = Task.Encode(_data, Tokenizer.Load(_places.Model), maxLength: 6, threads: 1, stride: 2);

        int[] places = Obtain(windows).Places!;

        Assert.That(windows.Inputs, Has.Count.GreaterThan(_data.Count));
        Assert.That(places, Has.Length.EqualTo(windows.Tokens));
        Assert.That(places.Where(row => row >= 0).Distinct().Count(),
            Is.EqualTo(((TokenTargets)_data.Targets).Ids.Length));
    }

    [TestCase("distillation+swa")]
    [TestCase("annealing-distillation")]
    public void A_run_goes_on_to_the_same_bits(string method)
    {
        string whole = _places.Output + method, cut = whole + "-cut";
        string[] command =
        [
            "--epochs", "2", "--max-length", "16", "--method", method, "--teacher", _teacher, "--teacher-top-k", "3",
            "--teacher-cache", Options.Cache!, "--json", "--checkpoint-seconds", "0",
        ];
        CliRun.Of([.. Command(_places.Model, whole), .. command]).Succeeded();
        CliRun.InterruptedAt("\"step\":4,", [.. Command(_places.Model, cut), .. command]);
        CliRun.Of("finetune", "--resume", cut, "--json").Succeeded();

        Assert.That(File.ReadAllBytes(Path.Combine(cut, "model.safetensors")),
            Is.EqualTo(File.ReadAllBytes(Path.Combine(whole, "model.safetensors"))));
    }

    [Test]
    public void The_teacher_verb_tells_how_good_it_is_and_writes_no_row_per_example()
    {
        string[] words =
        [
            "teacher", "--task", "token-classification", "--model", _teacher, "--data", _places.Train, "--cache",
            Options.Cache!, "--threads", "1",
        ];

        CliRun run = CliRun.Of(words).Succeeded();
        CliRun refused = CliRun.Of([.. words, "--out", "logits.csv"]);

        Assert.That(run.Out + run.Error, Does.Contain("kept in half precision").And.Contains("of the words"));
        Assert.That(refused.ExitCode, Is.EqualTo(2));
        Assert.That(refused.Error, Does.Contain("a teacher for token_classification answers for tokens"));
    }

    [Test]
    public void What_has_a_row_per_example_is_refused()
    {
        string[] command = [.. Command(_places.Model, _places.Output + "-refused"), "--max-length", "16"];
        CliRun rail = CliRun.Of([.. command, "--method", "rail-distillation", "--teacher", _teacher]);
        CliRun file = CliRun.Of([.. command, "--method", "distillation", "--teacher-logits", "logits.csv"]);

        Assert.That(rail.ExitCode, Is.EqualTo(2));
        Assert.That(rail.Error, Does.Contain("compares layers by their means over a text"));
        Assert.That(file.ExitCode, Is.EqualTo(1));
        Assert.That(file.Error, Does.Contain("a teacher for token_classification answers for tokens"));
        using TeacherTask texts = new();
        Assert.That(() => texts.Obtain(texts.Options with { TopK = 2 }),
            Throws.InstanceOf<OrtTrainer.Common.RunException>().With.Message.StartsWith("TopK is 2, but"));
    }

    private EncodedDataset Student() => Task.Encode(_data, Tokenizer.Load(_places.Model), maxLength: 16, threads: 1);

    private TeacherLogits Obtain(EncodedDataset student, TeacherOptions? options = null, EventLog? events = null) =>
        TeacherLogits.Obtain(options ?? Options, Task, _data, threads: 1, events, default, (student, null));

    /// <summary>What the teacher says of a sentence by itself.</summary>
    private (TokenizedWords Read, float[] Outputs) Ask(Example example)
    {
        TokenizedExample read = Task.Encode(example, Tokenizer.Load(_teacher), maxLength: null).Single();
        TokenTable table = new(TokenRows.OfAll([read.InputIds.Length]), Tags);
        using InferenceModel model = OnnxModelFolder.Open(
            _teacher, Task, ModelConfig.Load(_teacher), new ExecutionOptions { IntraOpThreads = 1 });
        model.Run([read], table);
        return ((TokenizedWords)read, table.Values);
    }

    private string[] Command(string model, string output) =>
    [
        "finetune", "--task", "token-classification", "--model", model, "--train", _places.Train, "--eval",
        _places.Eval, "--batch-size", "4", "--lr", "0.02", "--threads", "1", "--out", output,
    ];
}
