using System.Text.Json;
using OrtTrainer.Cli.Arguments;
using OrtTrainer.Cli.Parsing;
using OrtTrainer.Cli.Rendering;
using OrtTrainer.Common;
using OrtTrainer.Studies.Soups;

namespace OrtTrainer.Cli.Commands;

/// <summary><c>soup</c>: the mean of the weights of finished runs, as one exported model.</summary>
internal static class SoupCommand
{
    public static Task<int> RunAsync(SoupArguments arguments, Terminal terminal, CancellationToken interruption)
    {
        SoupOptions options = OptionErrors.Guard(typeof(SoupArguments), () => new SoupOptions
        {
            Runs = arguments.Runs,
            Output = arguments.OutputFolder,
            Recipe = Words.Parse<SoupRecipe>("--recipe", arguments.Recipe) ?? SoupRecipe.Greedy,
            Weights = Words.Parse<SoupWeights>("--weights", arguments.Weights) ?? SoupWeights.Exported,
            Execution = InferenceSettings.Execution(arguments.Threads),
        });
        SoupResult result = ModelSoup.Make(options, interruption);
        if (arguments.Json)
        {
            terminal.Out.WriteLine(JsonSerializer.Serialize(result, RunJson.Options));
        }
        else
        {
            terminal.WriteLines(SoupLines.Of(result));
        }

        return Task.FromResult(ExitCode.Done);
    }
}
