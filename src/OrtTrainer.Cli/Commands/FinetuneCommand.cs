using OrtTrainer.Cli.Arguments;
using OrtTrainer.Cli.Rendering;
using OrtTrainer.Data;
using OrtTrainer.Options;
using OrtTrainer.Prediction;
using OrtTrainer.Tasks;

namespace OrtTrainer.Cli.Commands;

/// <summary><c>finetune</c>: trains and exports, or goes on with a run that was interrupted.</summary>
internal static class FinetuneCommand
{
    public static Task<int> RunAsync(
        FinetuneArguments arguments, Terminal terminal, CancellationToken interruption) =>
        arguments.Folds is not null
        ? FoldsCommand.RunAsync(arguments, terminal, interruption)
        : RunCommand.RunAsync(
            "finetune", arguments, threads => FinetuneSettings.Of(arguments, threads), NextSteps, terminal,
            interruption);

    private static IEnumerable<string> NextSteps(FineTuneOptions options)
    {
        string folder = ShownPath.Of(options.Output);
        yield return "";
        if (EmbeddedDefault.IsUsedBy(options))
        {
            using Predictor predictor = Predictor.Open(options.Output);
            IReadOnlyList<TextPrediction> predictions =
                predictor.Predict([.. EmbeddedDefault.Samples.Select(text => new Example(text))]);
            foreach ((string text, TextPrediction prediction) in EmbeddedDefault.Samples.Zip(predictions))
            {
                yield return FormattableString.Invariant(
                    $"  {prediction.Label,-10} {prediction.Scores.Max():0.00}  {text}");
            }

            yield return "";
        }

        yield return $"Exported to {folder}. To predict with it:";
        yield return $"  {CliApp.Name} predict --model {folder} --input FILE";
    }
}
