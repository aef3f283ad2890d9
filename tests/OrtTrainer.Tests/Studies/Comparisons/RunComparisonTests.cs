using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Evaluation;
using OrtTrainer.Methods;
using OrtTrainer.Options;
using OrtTrainer.Prediction;
using OrtTrainer.Runs;
using OrtTrainer.Studies.Comparisons;
using OrtTrainer.Studies.Statistics;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.MultiLabel;
using OrtTrainer.Tasks.Regression;
using OrtTrainer.Tests.Cli;

namespace OrtTrainer.Tests.Studies.Comparisons;

public sealed class RunComparisonTests
{
    private DeskTask _desk = null!;

    [OneTimeSetUp]
    public void Prepare() => _desk = new DeskTask();

    [OneTimeTearDown]
    public void Remove() => _desk.Dispose();

    [Test]
    public async Task Labels_in_another_order_change_nothing_but_that_setting()
    {
        string first = await Run("ordered", Data(["billing", "delivery"]));
        string second = await Run("turned", Data(["delivery", "billing"]));

        RunComparison comparison = RunComparison.Of(first, second);

        // The heads start from the same random numbers and see opposite labels, so the models differ; each must still
        // score what its own run reported.
        Assert.That(comparison.First.Values["loss"], Is.EqualTo(LossOf(first)).Within(1e-4));
        Assert.That(comparison.Second.Values["loss"], Is.EqualTo(LossOf(second)).Within(1e-4));
        Assert.That(comparison.Settings.Select(setting => setting.Name), Is.EqualTo(new[] { "data.model_labels" }));
        Assert.That(comparison.Notes, Has.None.Contains("have changed since"));
    }

    [Test]
    public async Task Regressions_have_an_interval_but_nothing_to_be_right_about()
    {
        string rows = _desk.Write("numbers.tsv", "text\tlabel\n" + string.Concat(Enumerable.Range(0, 12)
            .Select(i => i % 2 == 0 ? $"you charged my card twice\t{i}\n" : $"where is my parcel\t{i / 4.0}\n")));
        DataOptions data = new() { Train = rows, Eval = rows, Task = RegressionTask.Instance };
        string first = await Run("number1", data), second = await Run("number2", data, seed: 2);

        RunComparison comparison = RunComparison.Of(
            first, second, new RunComparisonOptions { Metric = "mse" });

        Assert.That((comparison.McNemar, comparison.BothRight, comparison.NeitherRight),
            Is.EqualTo(((McNemar?)null, (int?)null, (int?)null)));
        Assert.That(comparison.Interval.Difference,
            Is.EqualTo(comparison.Second.Score - comparison.First.Score).Within(1e-12));
        // A lower error is the better one.
        Assert.That(comparison.Verdict, Is.EqualTo(!comparison.Interval.ExcludesZero ? "no difference shown"
            : comparison.Interval.Difference < 0 ? "the second is better" : "the first is better"));
    }

    [Test]
    public async Task Runs_that_lack_test_data_are_named()
    {
        string run = await Run("untested", Data(null));

        Assert.That(() => RunComparison.Of(run, run, new RunComparisonOptions { Test = true }),
            Throws.InstanceOf<RunException>().With.Message.StartsWith($"{run}: the run had no test data;"));
    }

    [Test]
    public async Task Test_data_that_changed_since_the_run_are_noticed()
    {
        string test = _desk.Write("later.tsv", "text\tlabel\nwhere is my parcel\tdelivery\nrefund my card\tbilling\n");
        string run = await Run("tested", Data(null) with { Test = test });
        RunComparisonOptions onTest = new() { Test = true };

        Assert.That(RunComparison.Of(run, run, onTest).Notes, Is.Empty);
        File.WriteAllText(test, "text\tlabel\nwhere is my parcel\tbilling\nrefund my card\tdelivery\n");

        Assert.That(RunComparison.Of(run, run, onTest).Notes, Has.Exactly(2).Matches<string>(note =>
            note!.StartsWith($"{run}: the loss on its test data was ", StringComparison.Ordinal)
            && note.EndsWith("now: the data or the model have changed since", StringComparison.Ordinal)));
    }

    [Test]
    public async Task Reading_the_data_of_a_run_again_can_be_cancelled()
    {
        using FinishedRun run =
            FinishedRun.Open(await Run("read", Data(null) with { Test = _desk.Test }), new PredictorOptions());
        CancellationToken cancelled = new(canceled: true);

        Assert.That(run.EvaluationData(default).Count, Is.EqualTo(6));
        Assert.That(() => run.EvaluationData(cancelled), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(() => run.TestData(cancelled), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(() => run.Read(_desk.Train, cancelled), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public void An_example_is_right_where_all_of_its_labels_are()
    {
        MultiLabelExamples several = new([1, -1, 1, 1, -1, -1], [true, false, true, false, false, false], 2);
        ClassifiedExamples one = new([0, 1, 3, 2], [1, 1], 2);

        Assert.That(several.Right(), Is.EqualTo(new[] { true, false, true }));
        Assert.That(one.Right(), Is.EqualTo(new[] { true, false }));
        Assert.That(new RegressedExamples([1], [1]).Right(), Is.Null);
    }

    private DataOptions Data(string[]? labels) =>
        new() { Train = _desk.Train, Eval = _desk.Eval, ModelLabels = labels };

    private async Task<string> Run(string name, DataOptions data, long seed = 1)
    {
        string output = _desk.File(name);
        await FineTuner.RunAsync(new FineTuneOptions
        {
            Model = _desk.Model,
            Data = data,
            Output = output,
            Method = FineTuneMethod.FineTune,
            MaxSteps = 4,
            BatchSize = 4,
            LearningRate = 0.01,
            Seed = seed,
            Threads = 1,
        });
        return output;
    }

    private static double LossOf(string run) => RunSummary.Read(run).EvalLive["loss"];
}
