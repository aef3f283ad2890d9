namespace OrtTrainer.Tests.Cli;

public sealed class InterruptionTests
{
    private static readonly CancellationToken Cancelled = new(canceled: true);

    private DeskTask _desk = null!;

    [SetUp]
    public void Make() => _desk = new DeskTask();

    [TearDown]
    public void Remove() => _desk.Dispose();

    [Test]
    public void An_interrupted_run_says_how_to_go_on_and_going_on_gives_the_bytes_of_an_uninterrupted_one()
    {
        CliRun.Of(_desk.Finetune("whole", "--quiet")).Succeeded();

        CliRun interrupted = CliRun.InterruptedAt("\noutput ", _desk.Finetune("parts"));
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
        CliRun.InterruptedAt("\noutput ", _desk.Finetune("parts"));

        Assert.That(CliRun.Of("finetune", "--resume", "--out", _desk.File("parts"), "--quiet").ExitCode, Is.EqualTo(0));
    }

    [Test]
    public void Quiet_and_json_tell_of_the_interruption_in_their_own_way()
    {
        CliRun json = CliRun.InterruptedAt("\"event\":\"started\"", _desk.Finetune("out", "--json"));
        CliRun quiet = CliRun.With("", Cancelled, "finetune", "--resume", _desk.File("out"), "--quiet");

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
        CliRun resumed = CliRun.InterruptedAt("\noutput ", "finetune", "--resume", _desk.File("out"));
        Assert.That(resumed.ExitCode, Is.EqualTo(130));
        Assert.That(resumed.Out, Does.Match("going on from step [1-9]"));
    }

    [TestCase(12)]
    [TestCase(20_000)]
    public void An_interruption_before_the_first_step_ends_at_once_and_writes_nothing(int rows)
    {
        string many = _desk.Write("many.tsv", "text\tlabel\n" + string.Concat(
            Enumerable.Range(0, rows).Select(row => row % 2 == 0 ? "my card\tb\n" : "parcel\td\n")));

        string[] words = _desk.Finetune("out");
        words[Array.IndexOf(words, "--train") + 1] = many;
        words[Array.IndexOf(words, "--eval") + 1] = many;
        words[Array.IndexOf(words, "--test") + 1] = many;

        CliRun run = CliRun.With("", Cancelled, words);

        Assert.That((run.ExitCode, run.Error), Is.EqualTo((130, "")));
        Assert.That(run.Out, Is.EqualTo(
            "Interrupted before the first step; nothing was written. The same command starts again.\n"));
        Assert.That(Directory.Exists(_desk.File("out")), Is.False);
    }

    [Test]
    public void An_interrupted_export_writes_nothing()
    {
        CliRun.Of(_desk.Finetune("run", "--quiet")).Succeeded();

        CliRun export = CliRun.With("", Cancelled, "export", "--run", _desk.File("run"),
            "--weights", "live", "--out", _desk.File("copy"));

        Assert.That((export.ExitCode, export.Error), Is.EqualTo((130, "Interrupted.\n")));
        Assert.That(Directory.Exists(_desk.File("copy")), Is.False);
    }

    [Test]
    public void Every_verb_that_is_interrupted_exits_130_and_writes_nothing()
    {
        CliRun.Of(_desk.Finetune("run", "--quiet")).Succeeded();
        string run = _desk.File("run"), output = _desk.File("output");
        string[][] commands =
        [
            ["evaluate", "--model", run, "--data", _desk.Test],
            ["predict", "--model", run, "--input", _desk.Test],
            ["predict", "--model", run, "--input", _desk.Test, "--output", output],
            ["teacher", "--model", run, "--data", _desk.Train, "--cache", output],
            ["compare", run, run],
            ["flatness", run, "--out", output],
            ["soup", run, _desk.File("another"), "--out", output],
            ["bench", "--model", _desk.Model, "--train", _desk.Train, "--threads", "1"],
            ["bench", "--tokenizer", _desk.Model, "--text-file", _desk.Train],
        ];

        foreach (string[] command in commands)
        {
            Assert.That(CliRun.With("", Cancelled, command), Is.EqualTo(new CliRun(130, "", "Interrupted.\n")),
                string.Join(' ', command));
        }

        Assert.That(Path.Exists(output), Is.False);
    }

    [TestCase(false)]
    [TestCase(true)]
    public void Waiting_for_standard_input_is_interrupted_too(bool writesFile)
    {
        CliRun.Of(_desk.Finetune("run", "--quiet")).Succeeded();
        string output = _desk.File("labels.jsonl");
        using SilentStream silent = new();
        using CancellationTokenSource source = new();
        Task interruption = Task.Run(() =>
        {
            silent.Asked.WaitOne();
            source.Cancel();
        });
        string[] to = writesFile ? ["--output", output] : [];

        CliRun predict = CliRun.With(
            silent, source.Token, ["predict", "--model", _desk.File("run"), "--input", "-", .. to]);

        Assert.That(predict, Is.EqualTo(new CliRun(130, "", "Interrupted.\n")));
        Assert.That(File.Exists(output), Is.False);
        Assert.That(interruption.Wait(TimeSpan.FromSeconds(10)), Is.True);
    }

    /// <summary>Standard input of a person who types nothing.</summary>
    private sealed class SilentStream : MemoryStream
    {
        private readonly ManualResetEvent _closed = new(false);

        public ManualResetEvent Asked { get; } = new(false);

        public override int Read(byte[] buffer, int offset, int count)
        {
            Asked.Set();
            _closed.WaitOne();
            return 0;
        }

        protected override void Dispose(bool disposing)
        {
            _closed.Set();
            base.Dispose(disposing);
        }
    }

    private byte[] Exported(string output) => File.ReadAllBytes(Path.Combine(_desk.File(output), "model.safetensors"));
}
