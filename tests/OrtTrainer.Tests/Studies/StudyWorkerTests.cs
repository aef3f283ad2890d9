using System.Text.Json;
using OrtTrainer.Common;
using OrtTrainer.Options;
using OrtTrainer.Studies;
using OrtTrainer.Tests.Runs;

namespace OrtTrainer.Tests.Studies;

/// <summary>Both ends of a worker process.</summary>
public sealed class StudyWorkerTests
{
    private TinyTask _tiny = null!;

    [SetUp]
    public void Make() => _tiny = new TinyTask();

    [TearDown]
    public void Remove() => _tiny.Dispose();

    [Test]
    public void A_process_of_its_own_gives_the_same_bits()
    {
        FineTuneOptions options = _tiny.Options("here").Resolve();
        TinyTask.Run(options);
        List<WorkerLine> lines = [];

        Run(options with { Output = _tiny.Output("there") }, lines.Add);

        Assert.That(_tiny.RunFile("there", "last.safetensors"), Is.EqualTo(_tiny.RunFile("here", "last.safetensors")));
        Assert.That((lines[0].Step, lines[0].TotalSteps), Is.EqualTo((1L, 40L)));
    }

    [Test]
    public void A_run_that_fails_there_says_why_here()
    {
        FineTuneOptions options = _tiny.Options("out") with { Model = _tiny.Output("none") };

        Assert.That(() => Run(options), Throws.TypeOf<StudyException>().With.Message.Contains(_tiny.Output("none")));
    }

    [Test]
    public void A_program_that_is_no_worker_is_told_by_its_exit_code_and_last_words()
    {
        WorkerProcess wrong = new(WorkerCommand.Of(typeof(ChildRun).Assembly));

        Assert.That(
            () => wrong.RunAsync(_tiny.Options("out"), _ => { }, default).GetAwaiter().GetResult(),
            Throws.TypeOf<StudyException>().With.Message.EqualTo("its process ended with exit code 2: " +
                "Expected the path of an options file. To run the tests: dotnet test."));
    }

    [Test]
    public void A_program_that_is_not_there_is_named()
    {
        WorkerProcess missing = new(new WorkerCommand(_tiny.Output("no-such-program"), []));

        Assert.That(
            () => missing.RunAsync(_tiny.Options("out"), _ => { }, default).GetAwaiter().GetResult(),
            Throws.TypeOf<StudyException>().With.Message.StartsWith("a worker cannot be started by ")
                .And.Message.Contains("no-such-program"));
    }

    [Test]
    public void Cancelled_a_worker_leaves_a_checkpoint_and_another_goes_on_to_the_same_bits()
    {
        FineTuneOptions options = _tiny.Options("whole").Resolve() with { Epochs = 40 };
        TinyTask.Run(options);
        FineTuneOptions parts = options with { Output = _tiny.Output("parts") };
        using CancellationTokenSource source = new();

        Assert.That(() => Run(parts, _ => source.Cancel(), source.Token),
            Throws.InstanceOf<OperationCanceledException>());
        Assert.That(File.Exists(Path.Combine(parts.Output, "run", "summary.json")), Is.False);
        Run(parts);

        Assert.That(_tiny.RunFile("parts", "last.safetensors"), Is.EqualTo(_tiny.RunFile("whole", "last.safetensors")));
    }

    [Test]
    public async Task The_end_of_its_input_stops_a_worker()
    {
        string options = JsonSerializer.Serialize(
            _tiny.Options("out").Resolve() with { Epochs = 1000 }, RunJson.Options);
        using StringReader input = new(options + "\n");
        using StringWriter output = new();

        int code = await StudyWorker.RunAsync(input, output);

        Assert.That(code, Is.EqualTo(130));
        Assert.That(output.ToString(), Does.Not.Contain("failed"));
    }

    [TestCase("")]
    [TestCase("{ \"epochs\": 3 }\n")]
    public async Task A_worker_without_options_fails(string text)
    {
        using StringReader input = new(text);
        using StringWriter output = new();

        Assert.That(await StudyWorker.RunAsync(input, output), Is.EqualTo(1));
        Assert.That(output.ToString(), Does.StartWith("{").And.Contain("\"failed\":\""));
    }

    [Test]
    public void What_a_killed_process_left_before_its_options_is_cleared()
    {
        FineTuneOptions options = _tiny.Options("out").Resolve();
        string run = Path.Combine(options.Output, "run");
        Directory.CreateDirectory(run);
        File.WriteAllText(Path.Combine(run, "lock"), "");
        File.WriteAllText(Path.Combine(run, ".options.json.partial"), "{");

        new InProcessWorker().RunAsync(options, _ => { }, default).GetAwaiter().GetResult();

        Assert.That(new StudyRunFolder(options.Output).IsDone, Is.True);
    }

    [Test]
    public void Anything_else_in_the_folder_of_a_run_is_left_alone()
    {
        FineTuneOptions options = _tiny.Options("out").Resolve();
        Directory.CreateDirectory(options.Output);
        File.WriteAllText(Path.Combine(options.Output, "mine.txt"), "mine");

        Assert.That(() => new InProcessWorker().RunAsync(options, _ => { }, default).GetAwaiter().GetResult(),
            Throws.TypeOf<StudyException>().With.Message.Contains("mine.txt. Move it away."));
        Assert.That(File.ReadAllText(Path.Combine(options.Output, "mine.txt")), Is.EqualTo("mine"));
    }

    [Test]
    public void A_run_that_began_with_other_options_is_refused()
    {
        FineTuneOptions options = _tiny.Options("out").Resolve();
        TinyTask.Run(options);
        File.Delete(Path.Combine(options.Output, "run", "summary.json"));

        Assert.That(
            () => new InProcessWorker().RunAsync(options with { LearningRate = 1 }, _ => { }, default)
                .GetAwaiter().GetResult(),
            Throws.TypeOf<StudyException>().With.Message.Contains(
                "the study file has changed since this run began: learning_rate: 1 was 0.005."));
    }

    private static void Run(
        FineTuneOptions options, Action<WorkerLine>? tell = null, CancellationToken cancellation = default) =>
        new WorkerProcess(ChildStudy.Worker).RunAsync(options, tell ?? (_ => { }), cancellation)
            .GetAwaiter().GetResult();
}
