using System.Text;
using OrtTrainer.Checkpoints;
using OrtTrainer.Cli.Arguments;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Generation;
using OrtTrainer.Graph;
using OrtTrainer.Runtime;
using OrtTrainer.Tasks.CausalLanguageModel;

namespace OrtTrainer.Cli.Commands;

/// <summary><c>generate</c>: what a model writes behind a prompt, or makes of a source, as it comes; or a JSON line
/// per prompt of a file.</summary>
internal static class GenerateCommand
{
    public static async Task<int> RunAsync(
        GenerateArguments arguments, Terminal terminal, CancellationToken interruption)
    {
        GenerationOptions options = IGenerationArguments.Of(arguments);
        if (arguments.Prompt is not null && (arguments.Input ?? arguments.Output) is not null)
        {
            throw new UsageException("--prompt is one prompt; take either it or --input and --output.");
        }

        OutputFile.Require(arguments, arguments.Input);
        ExecutionOptions execution = InferenceSettings.Execution(arguments);
        Precision precision = InferenceSettings.PrecisionOf(arguments);
        TextSource? source = arguments.Prompt is null
            ? TextSource.Of(arguments, arguments.InputFile, terminal)
            : null;
        using Generator generator = Generator.Open(
            ModelFolder.Require(arguments.ModelFolder), execution, precision, arguments.Adapter);
        if (source is null)
        {
            foreach (string piece in generator.Stream(
                PromptOf(new Example(arguments.Prompt!)), options, interruption))
            {
                terminal.Out.Write(piece);
                terminal.Out.Flush();
            }

            terminal.Out.WriteLine();
            return ExitCode.Done;
        }

        List<Example> prompts = [];
        await foreach (Example row in source.ReadPromptsAsync(generator.PromptColumn, interruption))
        {
            prompts.Add(PromptOf(row));
        }

        if (arguments.Output is { } file)
        {
            AtomicFile.Write(file, stream =>
            {
                using StreamWriter writer = new(stream, new UTF8Encoding(false), leaveOpen: true);
                Write(line => writer.Write(line + "\n"));
            });
        }
        else
        {
            Write(terminal.Out.WriteLine);
        }

        return ExitCode.Done;

        Example PromptOf(Example row) => arguments.Chats && row is not ChatExample
            ? ChatExample.Question(row)
            : row;

        void Write(Action<string> write)
        {
            // A window at a time, so that the first lines come before the last are made.
            foreach (Example[] some in prompts.Chunk(16 * options.BatchSize))
            {
                foreach ((Example prompt, GeneratedText text) in
                    some.Zip(generator.Generate(some, options, interruption)))
                {
                    write(WrittenLine.Of(prompt.Text, text));
                }
            }
        }
    }
}
