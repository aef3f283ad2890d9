using Microsoft.Extensions.Logging;
using OrtTrainer.Extensions;
using OrtTrainer.Methods;
using OrtTrainer.Runs;
using OrtTrainer.Tests.Runs;

namespace OrtTrainer.Tests.Extensions;

public sealed class RunEventLoggerTests
{
    [Test]
    public void A_run_is_logged_from_its_start_to_its_end()
    {
        using TinyTask tiny = new();
        RecordingLogger<RunSummary> logger = new();

        RunSummary summary = FineTuner.Run(
            tiny.Options("out") with { MaxSteps = 6, EvalSteps = 3, Method = FineTuneMethod.Of(new Swa()) },
            new RunEventLogger(logger));

        string[] information = [.. logger.Entries.Where(e => e.Level == LogLevel.Information).Select(e => e.Message)];
        string[] details = [.. logger.Entries.Where(e => e.Level == LogLevel.Debug).Select(e => e.Message)];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(information[0], Is.EqualTo(
                $"Fine-tuning {tiny.Model} on 60 examples, evaluating on 24, from step 0 to 6"));
            Assert.That(information[1], Does.Match(@"^Step 3: accuracy [\d.]+$"));
            Assert.That(information[2], Does.Match(@"^Step 6: accuracy [\d.]+, of the averaged weights [\d.]+$"));
            Assert.That(information[^1], Does.StartWith("Done after 6 steps in ")
                .And.Contain($"the {summary.Exported} weights are exported: accuracy "));
            Assert.That(details.Count(message => message.Contains(": loss ")), Is.EqualTo(6));
            Assert.That(details, Does.Contain("Checkpoint of step 6 written"));
        }
    }

    [Test]
    public void Notes_and_a_teacher_at_work_are_logged()
    {
        RecordingLogger<RunSummary> logger = new();
        RunEventLogger events = new(logger);

        events.Report(new RunEvent.Noted("Mind the gap."));
        events.Report(new RunEvent.Taught(32, 60));

        Assert.That(logger.Entries, Is.EqualTo(new[]
        {
            (LogLevel.Information, "Mind the gap."), (LogLevel.Debug, "The teacher did 32 of 60 examples"),
        }));
    }
}
