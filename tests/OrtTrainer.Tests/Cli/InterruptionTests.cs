namespace OrtTrainer.Tests.Cli;

public sealed class InterruptionTests
{
    private DeskTask _desk = null!;

    [SetUp]
    public void Make() => _desk = new DeskTask();

    [TearDown]
    public void Remove() => _desk.Dispose();

    [Test]
    public void An_interrupted_run_says_how_to_go_on_and_going_on_gives_the_bytes_of_an_uninterrupted_one()
    {
        CliRun.Of(_desk.Finetune("whole", "--quiet")).Succeeded();

        CliRun interrupted = CliRun.With("", new CancellationToken(canceled: true), _desk.Finetune("parts"));
        CliRun resumed = CliRun.Of("finetune", "--resume", _desk.File("parts")).Succeeded();

        Assert.That(interrupted.ExitCode, Is.EqualTo(130));
        Assert.That(interrupted.Error, Is.Empty);
        Assert.That(interrupted.Lines[^2], Is.EqualTo("Interrupted; what was done is saved. Go on with:"));
        Assert.That(interrupted.Lines[^1], Does.StartWith("  orttrainer finetune --resume ").And.EndWith("parts"));
        Assert.That(resumed.Lines, Does.Contain("steps        6 of 4 examples, 3 per epoch"));
        Assert.That(Exported("parts"), Is.EqualTo(Exported("whole")));
    }

    [Test]
    public void Resume_takes_the_folder_from_out_as_well()
    {
        CliRun.With("", new CancellationToken(canceled: true), _desk.Finetune("parts", "--quiet"));

        Assert.That(CliRun.Of("finetune", "--resume", "--out", _desk.File("parts"), "--quiet").ExitCode, Is.EqualTo(0));
    }

    [Test]
    public void Quiet_and_json_tell_of_the_interruption_in_their_own_way()
    {
        CliRun quiet = CliRun.With("", new CancellationToken(canceled: true), _desk.Finetune("a", "--quiet"));
        CliRun json = CliRun.With("", new CancellationToken(canceled: true), _desk.Finetune("b", "--json"));

        Assert.That((quiet.ExitCode, quiet.Out), Is.EqualTo((130, "")));
        Assert.That(quiet.Error,
            Does.StartWith("Interrupted; what was done is saved. Go on with:\n  orttrainer finetune --resume "));
        Assert.That((json.ExitCode, json.Error), Is.EqualTo((130, "")));
        Assert.That(json.Lines[^1], Does.StartWith("{\"event\":\"interrupted\",\"resume\":\""));
    }

    [Test]
    [Platform("Linux")]
    public void A_process_that_gets_sigint_saves_exits_130_and_can_be_resumed()
    {
        string[] words = _desk.Finetune("out", "--json", "--eval-steps", "1000");
        words[Array.IndexOf(words, "--max-steps") + 1] = "100000";
        InterruptedProcess process = InterruptedProcess.At("\"event\":\"step\"", words);

        Assert.That(process.ExitCode, Is.EqualTo(130));
        Assert.That(process.LastLine, Does.StartWith("{\"event\":\"interrupted\""));
        CliRun resumed = CliRun
            .With("", new CancellationToken(canceled: true), "finetune", "--resume", _desk.File("out"));
        Assert.That(resumed.ExitCode, Is.EqualTo(130));
        Assert.That(resumed.Out, Does.Match("going on from step [1-9]"));
    }

    [TestCase(4097, TestName = "Tokenizing")]
    [TestCase(20_000, TestName = "Reading")]
    public void An_interruption_before_the_first_step_ends_at_once_and_writes_nothing(int rows)
    {
        string many = _desk.Write("many.tsv", "text\tlabel\n" + string.Concat(
            Enumerable.Range(0, rows).Select(row => row % 2 == 0 ? "my card\tb\n" : "parcel\td\n")));

        string[] words = _desk.Finetune("out");
        words[Array.IndexOf(words, "--train") + 1] = many;
        words[Array.IndexOf(words, "--eval") + 1] = many;
        words[Array.IndexOf(words, "--test") + 1] = many;

        CliRun run = CliRun.With("", new CancellationToken(canceled: true), words);

        Assert.That((run.ExitCode, run.Error), Is.EqualTo((130, "")));
        Assert.That(run.Out, Is.EqualTo(
            "Interrupted before the first step; nothing was written. The same command starts again.\n"));
        Assert.That(Directory.Exists(_desk.File("out")), Is.False);
    }

    [Test]
    public void An_interrupted_export_writes_nothing()
    {
        CliRun.Of(_desk.Finetune("run", "--quiet")).Succeeded();

        CliRun export = CliRun.With("", new CancellationToken(canceled: true), "export", "--run", _desk.File("run"),
            "--weights", "live", "--out", _desk.File("copy"));

        Assert.That((export.ExitCode, export.Error), Is.EqualTo((130, "Interrupted.\n")));
        Assert.That(Directory.Exists(_desk.File("copy")), Is.False);
    }

    private byte[] Exported(string output) => File.ReadAllBytes(Path.Combine(_desk.File(output), "model.safetensors"));
}
