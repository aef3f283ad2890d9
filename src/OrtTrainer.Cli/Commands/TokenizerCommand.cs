using System.Diagnostics;
using System.Text.Json;
using OrtTrainer.Cli.Arguments;
using OrtTrainer.Cli.Rendering;
using OrtTrainer.Common;
using OrtTrainer.Text.Training;

namespace OrtTrainer.Cli.Commands;

/// <summary><c>tokenizer train</c>: a vocabulary made of texts.</summary>
internal static class TokenizerCommand
{
    public static Task<int> RunAsync(TokenizerArguments arguments, Terminal terminal, CancellationToken interruption)
    {
        TokenizerTrainingOptions options = arguments.Options;
        string folder = arguments.OutputFolder;
        TrainedTokenizer.RequireFree(folder);
        Stopwatch watch = Stopwatch.StartNew();
        TrainedTokenizer trained = TokenizerTraining.Train(options, interruption);
        trained.Save(folder);
        double seconds = watch.Elapsed.TotalSeconds;
        int tokens = trained.Tokenizer.VocabularySize;
        if (arguments.Json)
        {
            terminal.Out.WriteLine(JsonSerializer.Serialize(
                new { trained.Files, trained.Bytes, Tokens = tokens, Seconds = seconds, Output = folder },
                RunJson.Options));
            return Task.FromResult(ExitCode.Done);
        }

        terminal.WriteLines(
        [
            FormattableString.Invariant($"{tokens} tokens from {trained.Bytes / 1e6:0.0} MB in ")
                + FormattableString.Invariant($"{Figures.Count(trained.Files, "file")}, {seconds:0.0} s."),
            .. tokens < options.VocabularySize
                ? [$"Fewer than {options.VocabularySize}: nothing more occurs often enough to be a token."]
                : Array.Empty<string>(),
            $"Written to {ShownPath.Of(folder)}.",
        ]);
        return Task.FromResult(ExitCode.Done);
    }
}
