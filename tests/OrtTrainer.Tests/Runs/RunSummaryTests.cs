using OrtTrainer.Common;
using OrtTrainer.Runs;
using OrtTrainer.Tests.Checkpoints;

namespace OrtTrainer.Tests.Runs;

public sealed class RunSummaryTests
{
    [Test]
    public void A_folder_without_a_finished_run_is_named_with_what_to_do()
    {
        using TemporaryFolder folder = new();
        Assert.That(() => RunSummary.Read(folder.Path), Throws.InstanceOf<RunException>().With.Message
            .StartsWith($"{folder.Path}: there is no finished run;").And.Message.Contains("interrupted by --resume"));
    }

    [TestCase("""{"metric": 1}""")]
    [TestCase("null")]
    [TestCase("[]")]
    [TestCase("")]
    [TestCase("""{"metric": "accuracy", "live": 1, "exported": null, "eval_live": {}}""")]
    [TestCase("""{"metric": "accuracy", "live": 1, "exported": "live", "eval_live": null}""")]
    public void A_summary_that_is_none_is_named(string summary)
    {
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder.File("run"));
        folder.Write(Path.Combine("run", "summary.json"), summary);
        Assert.That(() => RunSummary.Read(folder.Path),
            Throws.InstanceOf<RunException>().With.Message.Contains("summary.json: not the summary of a run:"));
    }
}
