using System.Text.Json;
using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Methods;
using OrtTrainer.Runs;
using OrtTrainer.Studies.Flatness;
using OrtTrainer.Tests.Runs;

namespace OrtTrainer.Tests.Studies.Flatness;

public sealed class FlatnessProbeTests
{
    private static readonly FlatnessOptions Quick = new()
    {
        Examples = 40,
        Directions = 2,
        Points = 5,
        Iterations = 30,
        TraceSamples = 2,
        Threads = 1,
    };

    private TinyTask _task = null!;
    private RunSummary _summary = null!;

    private string Run => _task.Output("swa");

    [OneTimeSetUp]
    public void Train()
    {
        _task = new TinyTask();
        _summary = TinyTask.Run(_task.Options("swa") with { MaxSteps = 12, Method = FineTuneMethod.Parse("swa") });
        TinyTask.Run(_task.Options("plain") with { MaxSteps = 3, Method = FineTuneMethod.FineTune });
    }

    [OneTimeTearDown]
    public void Remove() => _task.Dispose();

    [Test]
    public void Live_and_averaged_weights_are_measured_on_the_same_examples()
    {
        FlatnessReport report = Measure(Run, Quick with { Data = "eval" });

        Assert.That(report.Weights.Select(w => w.Name), Is.EqualTo(new[] { "live", "averaged" }));
        Assert.That(report.Examples, Is.EqualTo(24));
        Assert.That(report.Weights.Select(w => w.Score), Is.EqualTo(new[] { _summary.Live, _summary.Averaged!.Value }));
        Assert.That(report.Weights[0].Loss, Is.EqualTo(_summary.EvalLive["loss"]).Within(1e-6));
        Assert.That(report.Weights[1].Loss, Is.EqualTo(_summary.EvalAveraged!["loss"]).Within(1e-6));
        Assert.That((report.Metric, report.Data), Is.EqualTo((_summary.Metric, _task.Eval)));
        Assert.That(report.Notes, Is.Empty);
    }

    [Test]
    public void Every_line_goes_through_the_weights_themselves()
    {
        FlatnessReport report = Measure(Run, Quick);
        (WeightsFlatness live, WeightsFlatness averaged) = (report.Weights[0], report.Weights[1]);
        LossLine line = report.Lines.Single();

        Assert.That(live.Directions.Losses.Select(row => row[2]), Is.All.EqualTo(live.Loss));
        Assert.That(averaged.Directions.MeanScore[2], Is.EqualTo(averaged.Score));
        Assert.That(line.Losses[1], Is.EqualTo(live.Loss));
        Assert.That(line.Losses[3], Is.EqualTo(averaged.Loss).Within(1e-5));
        Assert.That((line.From, line.To), Is.EqualTo(("live", "averaged")));
        Assert.That(live.DirectionalRise, Is.EqualTo(
            ((live.Directions.MeanLoss[0] + live.Directions.MeanLoss[4]) / 2) - live.Loss).Within(1e-12));
    }

    [Test]
    public void To_first_order_the_ascent_rises_by_rho_times_the_gradient_norm()
    {
        WeightsFlatness live = Measure(Run, Quick with { Rho = 1e-3 }).Weights[0];

        Assert.That(live.Sam.Increase, Is.EqualTo(1e-3 * live.GradientNorm).Within(0.02 * 1e-3 * live.GradientNorm));
    }

    [TestCase(1)]
    [TestCase(2)]
    public void The_same_question_gets_the_same_answer_whatever_the_threads(int threads)
    {
        FlatnessReport first = Measure(Run, Quick);
        FlatnessReport second = Measure(Run, Quick with { Threads = threads }) with
        {
            Options = first.Options,
            Seconds = first.Seconds,
        };

        Assert.That(Json(second), Is.EqualTo(Json(first)));
    }

    [Test]
    public void Measuring_leaves_the_run_as_it_was()
    {
        Dictionary<string, string> before = Contents();

        Measure(Run, Quick);

        Assert.That(Contents(), Is.EqualTo(before));
    }

    [Test]
    public void A_run_without_an_average_is_measured_alone_and_says_so()
    {
        FlatnessReport report = Measure(_task.Output("plain"), Quick);

        Assert.That(report.Weights.Select(w => w.Name), Is.EqualTo(new[] { "live" }));
        Assert.That(report.Lines, Is.Empty);
        Assert.That(report.Notes.Single(), Does.Contain("no averaged weights"));
    }

    [Test]
    public void Another_file_of_weights_is_measured_beside_them()
    {
        string file = Path.Combine(Run, "run", "averaged.safetensors");

        FlatnessReport report = Measure(_task.Output("plain"), Quick with { Weights = file });

        Assert.That(report.Weights[1].Name, Is.EqualTo("averaged.safetensors"));
        Assert.That(report.Weights[1].Loss, Is.EqualTo(Measure(Run, Quick).Weights[1].Loss));
        Assert.That(report.Lines.Single().To, Is.EqualTo("averaged.safetensors"));
    }

    [Test]
    public void A_file_of_data_may_be_another_one()
    {
        FlatnessReport test = Measure(Run, Quick with { Data = _task.Test });

        Assert.That((test.Examples, test.Data), Is.EqualTo((24, _task.Test)));
        Assert.That(test.Weights[0].Score, Is.EqualTo(_summary.TestLive));
    }

    [Test]
    public void A_seed_chooses_the_examples()
    {
        Assert.That(Loss(1, 20), Is.Not.EqualTo(Loss(2, 20)));
        Assert.That(Loss(1, 60), Is.EqualTo(Loss(2, 60)), "all of them");

        double Loss(long seed, int examples) =>
            Measure(Run, Quick with { Seed = seed, Examples = examples, Iterations = 1 }).Weights[0].Loss;
    }

    [Test]
    public void The_plain_task_loss_is_measured_whatever_the_objective()
    {
        RunSummary smoothed = TinyTask.Run(_task.Options("smoothed") with
        {
            MaxSteps = 6,
            Method = FineTuneMethod.Parse("label-smoothing"),
        });

        WeightsFlatness live = Measure(_task.Output("smoothed"), Quick with { Data = "eval", Rho = 1e-3 }).Weights[0];

        Assert.That(live.Loss, Is.EqualTo(smoothed.EvalLive["loss"]).Within(1e-6));
        Assert.That(live.Sam.Increase, Is.EqualTo(1e-3 * live.GradientNorm).Within(0.02 * 1e-3 * live.GradientNorm),
            "the gradient is that of the same loss");
    }

    [Test]
    public void A_folder_without_a_finished_run_is_refused()
    {
        Assert.That(() => Measure("/no/such/run", Quick), Throws.TypeOf<RunException>()
            .With.Message.Contains("there is no finished run").And.Message.Contains("--resume"));
    }

    [Test]
    public void A_file_with_weights_of_another_model_is_refused()
    {
        using OrtTrainer.Tests.Cli.DeskTask other = new();

        Assert.That(() => Measure(Run, Quick with { Weights = Path.Combine(other.Model, "model.safetensors") }),
            Throws.InstanceOf<CheckpointException>());
    }

    [Test]
    public void A_file_of_data_that_is_missing_is_refused() =>
        Assert.That(() => Measure(Run, Quick with { Data = "/no/such.tsv" }), Throws.TypeOf<DataFileException>());

    [Test]
    public void Cancellation_ends_it() =>
        Assert.That(
            () => FlatnessProbe.MeasureAsync(Run, Quick, cancellation: new(canceled: true)).GetAwaiter().GetResult(),
            Throws.InstanceOf<OperationCanceledException>());

    private static FlatnessReport Measure(string run, FlatnessOptions options) =>
        FlatnessProbe.MeasureAsync(run, options).GetAwaiter().GetResult();

    private static string Json(FlatnessReport report) => JsonSerializer.Serialize(report, RunJson.Indented);

    private Dictionary<string, string> Contents() =>
        Directory.EnumerateFiles(Run, "*", SearchOption.AllDirectories).ToDictionary(
            file => file,
            file => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file))));
}
