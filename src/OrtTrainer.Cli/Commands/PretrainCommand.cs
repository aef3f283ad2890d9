using OrtTrainer.Cli.Arguments;
using OrtTrainer.Cli.Rendering;
using OrtTrainer.Options;

namespace OrtTrainer.Cli.Commands;

/// <summary><c>pretrain</c>: learns masked tokens of plain texts, or goes on with a run that was interrupted.</summary>
internal static class PretrainCommand
{
    public static Task<int> RunAsync(
        PretrainArguments arguments, Terminal terminal, CancellationToken interruption) =>
        RunCommand.RunAsync(
            "pretrain", arguments, threads => PretrainSettings.Of(arguments, threads), NextSteps, terminal,
            interruption);

    private static IEnumerable<string> NextSteps(FineTuneOptions options)
    {
        string folder = ShownPath.Of(options.Output);
        yield return "";
        yield return $"Exported to {folder}. To fine-tune it:";
        yield return $"  {CliApp.Name} finetune --model {folder} --train FILE";
    }
}
