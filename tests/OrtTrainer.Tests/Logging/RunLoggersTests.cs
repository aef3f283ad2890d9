using OrtTrainer.Logging;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Training;

namespace OrtTrainer.Tests.Logging;

public sealed class RunLoggersTests
{
    [TestCase("none", new string[0])]
    [TestCase("tensorboard", new[] { "tensorboard" })]
    [TestCase("CSV, mlflow,csv", new[] { "csv", "mlflow" })]
    public void Words_name_loggers(string words, string[] expected) =>
        Assert.That(RunLoggerKind.Parse(words).Select(kind => kind.Word), Is.EqualTo(expected));

    [TestCase("")]
    [TestCase("wandb")]
    [TestCase("none,csv")]
    public void Other_words_are_refused_with_those_there_are(string words) => Assert.That(
        () => RunLoggerKind.Parse(words),
        Throws.ArgumentException.With.Message.Contains("expected none, or some of tensorboard, csv, mlflow"));

    [Test]
    public void A_logger_that_fails_is_told_of_once_and_the_others_go_on()
    {
        using TemporaryFolder folder = new();
        List<string> notes = [];
        Failing failing = new();
        RunLoggerKind broken = new("broken", () => { }, _ => failing);
        RunLoggerKind closed = new("closed", () => { }, _ => throw new IOException("no room"));
        RunLoggerKind csv = RunLoggerKind.Parse("csv")[0];
        using (RunLoggers loggers = new([broken, csv, closed], LoggedRuns.Of(folder.Path), notes.Add))
        {
            loggers.Write(new StepReport(1, new(0.5f, 0.25f), 1, 1e-4, 8, 100), seconds: 0.5);
            loggers.Write(new StepReport(2, new(0.5f), 1, 1e-4, 8, 100), seconds: 0.5);
            loggers.Write(2, new Dictionary<string, double> { ["mcc"] = 0.5 }, null);
            loggers.End(isDone: true);
        }

        Assert.That(notes, Is.EqualTo(new[]
        {
            "Nothing more is logged to closed: no room", "Nothing more is logged to broken: the disk is full",
        }));
        Assert.That(failing.IsDisposed);
        Assert.That(File.ReadAllText(folder.File("metrics.csv")), Is.EqualTo("""
            step,name,value
            1,train/loss,0.75
            1,train/loss_labels,0.5
            1,train/loss_teacher,0.25
            1,train/learning_rate,0.0001
            1,train/gradient_norm,1
            1,train/tokens_per_second,200
            2,train/loss,0.5
            2,train/learning_rate,0.0001
            2,train/gradient_norm,1
            2,train/tokens_per_second,200
            2,eval/live/mcc,0.5

            """.ReplaceLineEndings("\n")));
    }

    private sealed class Failing : RunLogger
    {
        public bool IsDisposed { get; private set; }

        public override void Write(long step, IReadOnlyList<LoggedValue> values) =>
            throw new IOException("the disk is full");

        public override void End(bool isDone) => Assert.Fail("it was left out before");

        public override void Dispose() => IsDisposed = true;
    }
}
