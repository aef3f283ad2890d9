using OrtTrainer.Checkpoints;
using OrtTrainer.Cli;
using OrtTrainer.Common;
using OrtTrainer.Studies;
using OrtTrainer.Training;

namespace OrtTrainer.Tests.Cli;

public sealed class ErrorReportTests
{
    private static IEnumerable<TestCaseData> Foreseen()
    {
        yield return new TestCaseData(new RunException("the run\n cannot start"), "error: the run cannot start\n", 1);
        yield return new TestCaseData(new RunException("NaN"), "error: NaN\n", 1);
        yield return new TestCaseData(new FileNotFoundException("no file"), "error: no file\n", 1);
        yield return new TestCaseData(new InvalidDataException("no tokenizer"), "error: no tokenizer\n", 1);
        yield return new TestCaseData(
            new CheckpointException("f.bin", "tensor a", "3 bytes", "4", "Download it again."),
            "error: f.bin: tensor a: found 3 bytes; expected 4. Download it again.\n", 1);
        yield return new TestCaseData(new UsageException("--x is unknown"), "error: --x is unknown\n", 2);
    }

    [TestCaseSource(nameof(Foreseen))]
    public void A_failure_that_was_foreseen_is_its_message_in_one_line(Exception failure, string expected, int code)
    {
        using StringWriter error = new();

        Assert.That(ErrorReport.Print(failure, error, verbose: false), Is.EqualTo(code));
        Assert.That(error.ToString().ReplaceLineEndings("\n"), Is.EqualTo(expected));
    }

    [Test]
    public void Every_exception_of_the_engine_of_studies_and_of_the_program_is_for_the_user()
    {
        IEnumerable<Type> own = new[] { typeof(RunException), typeof(StudyException), typeof(UsageException) }
            .SelectMany(type => type.Assembly.GetTypes()).Where(type => type.IsAssignableTo(typeof(Exception)));

        Assert.That(
            own.Where(type =>
                !type.IsAssignableTo(typeof(OrtTrainerException)) && !type.IsAssignableTo(typeof(IOException))),
            Is.Empty);
    }

    [Test]
    public void Any_other_failure_tells_its_type_and_how_to_learn_more()
    {
        using StringWriter error = new();

        Assert.That(ErrorReport.Print(new KeyNotFoundException("no key"), error, verbose: false), Is.EqualTo(1));
        Assert.That(error.ToString().ReplaceLineEndings("\n"), Is.EqualTo(
            "error: unexpected KeyNotFoundException: no key\n"
            + "Add --verbose for where it happened, and please report it.\n"));
    }
}
