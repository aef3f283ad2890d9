using OrtTrainer.Logging;
using OrtTrainer.Tests.Checkpoints;

namespace OrtTrainer.Tests.Logging;

public sealed class CsvLoggerTests
{
    [Test]
    public void A_line_has_a_step_a_name_and_a_number()
    {
        using TemporaryFolder folder = new();
        using (RunLogger logger = CsvLogger.Open(LoggedRuns.Of(folder.Path)))
        {
            logger.Write(1, [new("train/loss", 0.1), new("eval/live/a,\"b\"_f1", double.NaN)]);
            logger.End(isDone: true);
        }

        Assert.That(File.ReadAllText(folder.File("metrics.csv")), Is.EqualTo(
            "step,name,value\n1,train/loss,0.1\n1,\"eval/live/a,\"\"b\"\"_f1\",NaN\n"));
    }

    [Test]
    public void A_resumed_run_drops_what_it_does_again_and_what_was_left_unfinished()
    {
        using TemporaryFolder folder = new();
        using (RunLogger first = CsvLogger.Open(LoggedRuns.Of(folder.Path)))
        {
            LoggedRuns.WriteFour(first);
        }

        File.AppendAllText(folder.File("metrics.csv"), "5,train/lo");
        using (RunLogger second = CsvLogger.Open(LoggedRuns.Of(folder.Path, step: 3, evaluatedStep: 2)))
        {
            second.Write(4, LoggedRuns.Loss(0.25));
            second.End(isDone: true);
        }

        string[] lines = File.ReadAllLines(folder.File("metrics.csv"));
        Assert.That(lines.Where(line => line.Contains("train/loss")).Select(line => line[0]), Is.EqualTo("1234"));
        Assert.That(lines.Where(line => line.Contains("eval/")), Is.EqualTo(new[] { "2,eval/live/accuracy,0.25" }));
    }
}
