using System.Text.Json;
using OrtTrainer.Common;
using OrtTrainer.Options;
using OrtTrainer.Studies.Folds;
using OrtTrainer.Tasks;
using OrtTrainer.Tests.Runs;

namespace OrtTrainer.Tests.Studies.Folds;

/// <summary>Cross-validation of the tiny task.</summary>
public sealed class CrossValidationTests
{
    [Test]
    public async Task Every_row_is_answered_for_once_and_the_pooled_score_is_that_of_the_file()
    {
        using TinyTask tiny = new();

        FoldSummary summary = await CrossValidation.RunAsync(Options(tiny, "cv"), _ => { }, default);

        JsonElement[] lines = [.. Lines(tiny, "cv")];
        Assert.That(lines.Select(line => line.GetProperty("row").GetInt32()), Is.EqualTo(Enumerable.Range(0, 60)));
        Assert.That(lines.GroupBy(line => line.GetProperty("fold").GetInt32()).Select(fold => fold.Count()),
            Is.EqualTo(new[] { 20, 20, 20 }));
        double right = lines.Count(line => line.GetProperty("label").GetString()
            == line.GetProperty("scores").EnumerateObject().MaxBy(p => p.Value.GetDouble()).Name) / 60.0;
        Assert.That(summary.Metrics["accuracy"].Pooled, Is.EqualTo(right).Within(1e-12));
        Assert.That(summary.Metrics["accuracy"].Mean, Is.EqualTo(right).Within(1e-12), "folds of one size");
        Assert.That(summary.Scores, Has.Count.EqualTo(3));
    }

    [Test]
    public async Task Folds_that_are_done_are_kept_and_an_interrupted_one_goes_on()
    {
        using TinyTask tiny = new();
        await CrossValidation.RunAsync(Options(tiny, "whole"), _ => { }, default);
        using CancellationTokenSource stop = new();
        Assert.That(
            async () => await CrossValidation.RunAsync(Options(tiny, "parts"), _ => stop.Cancel(), stop.Token),
            Throws.InstanceOf<OperationCanceledException>());
        string first = Path.Combine(tiny.Output("parts"), "fold-1", "run", "summary.json");
        DateTime made = File.GetLastWriteTimeUtc(first);

        await CrossValidation.RunAsync(Options(tiny, "parts"), _ => { }, default);

        Assert.That(File.GetLastWriteTimeUtc(first), Is.EqualTo(made));
        Assert.That(Text(tiny, "parts"), Is.EqualTo(Text(tiny, "whole")));
    }

    [Test]
    public async Task Numbers_have_a_prediction()
    {
        using TinyTask tiny = new(ModelTask.Named("regression"));

        await CrossValidation.RunAsync(Options(tiny, "cv"), _ => { }, default);

        Assert.That(Lines(tiny, "cv").Select(line => line.GetProperty("prediction").GetDouble()),
            Has.Exactly(60).Matches<double>(double.IsFinite));
    }

    [Test]
    public void A_file_to_evaluate_on_is_refused()
    {
        using TinyTask tiny = new();
        FineTuneOptions options = Options(tiny, "cv");

        Assert.That(
            async () => await CrossValidation.RunAsync(
                options with { Data = options.Data with { Eval = tiny.Eval } }, _ => { }, default),
            Throws.TypeOf<RunException>().With.Message.Contains("leave --eval"));
    }

    private static FineTuneOptions Options(TinyTask tiny, string output)
    {
        FineTuneOptions options = tiny.Options(output);
        DataOptions data = options.Data with { Eval = null, Test = null, Folds = 3 };
        return (options with { Epochs = 1, Data = data }).Resolve();
    }

    private static string Text(TinyTask tiny, string output) =>
        File.ReadAllText(Path.Combine(tiny.Output(output), CrossValidation.PredictionsName));

    private static IEnumerable<JsonElement> Lines(TinyTask tiny, string output) =>
        Text(tiny, output).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement);
}
