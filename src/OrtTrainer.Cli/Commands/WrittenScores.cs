using System.Reflection;
using System.Text;
using CommandLine;
using OrtTrainer.Cli.Arguments;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Generation;
using OrtTrainer.Graph;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.CausalLanguageModel;

namespace OrtTrainer.Cli.Commands;

/// <summary>What <c>evaluate --generate</c> adds: the model writes behind every prompt, and what comes is
/// scored.</summary>
internal static class WrittenScores
{
    /// <summary>Options that are given without what they need, or do not go with it.</summary>
    /// <returns>How texts are written; null where none are.</returns>
    /// <exception cref="UsageException">There are such options.</exception>
    public static GenerationOptions? Asked(EvaluateArguments arguments)
    {
        if (arguments.Generate)
        {
            if (arguments.Given.Contains("--metric"))
            {
                throw new UsageException(
                    "--metric is given with --generate, which prints all scores. Leave one of both out.");
            }

            return arguments.Limit is null or >= 1
                ? IGenerationArguments.Of(arguments)
                : throw new UsageException($"--limit is {arguments.Limit}; expected 1 or more.");
        }

        string? unused = typeof(IGenerationArguments).GetProperties()
            .Select(property => property.GetCustomAttribute<OptionAttribute>()?.LongName).OfType<string>()
            .Concat(["limit", "output"]).Select(name => "--" + name).FirstOrDefault(arguments.Given.Contains);
        return unused is null
            ? null
            : throw new UsageException($"{unused} says how texts are written and scored; add --generate.");
    }

    /// <summary>Refuses a task whose models do not write.</summary>
    /// <exception cref="UsageException">It is one.</exception>
    public static void Require(ModelTask task)
    {
        if (!task.WritesTexts)
        {
            throw new UsageException($"--generate is for models that write; the task of this one is {task.Name}.");
        }
    }

    /// <summary>Lets the model write and scores it.</summary>
    /// <param name="arguments">The model, and where its texts go.</param>
    /// <param name="options">How they are written.</param>
    /// <param name="precision">What the operands of products are rounded to.</param>
    /// <param name="data">Prompts with their completions, sources with their targets, or chats, of which the
    /// assistant's last message is what is to be written.</param>
    /// <param name="cancellation">Stops between two tokens.</param>
    /// <exception cref="DataFileException">A row has no text that is to be written.</exception>
    public static GenerationScores Of(
        EvaluateArguments arguments, GenerationOptions options, Precision precision, Dataset data,
        CancellationToken cancellation)
    {
        (Example Prompt, string Reference)[] rows = [.. data.Examples.Select(example => RowOf(data, example))];
        using Generator generator = Generator.Open(
            arguments.ModelFolder, InferenceSettings.Execution(arguments),
            arguments.MaxLength, precision, arguments.Adapter);
        IReadOnlyList<GeneratedText> written =
            generator.Generate([.. rows.Select(row => row.Prompt)], options, cancellation);
        if (arguments.Output is { } file)
        {
            AtomicFile.Write(file, stream =>
            {
                using StreamWriter writer = new(stream, new UTF8Encoding(false), leaveOpen: true);
                foreach (((Example prompt, string reference), GeneratedText text) in rows.Zip(written))
                {
                    writer.Write(WrittenLine.Of(prompt.Text, text, reference) + "\n");
                }
            });
        }

        return GenerationScores.Of(
            [.. written.Select(text => text.Text)], [.. rows.Select(row => row.Reference)]);
    }

    /// <summary>What the model reads of a row, and what it is to write.</summary>
    private static (Example Prompt, string Reference) RowOf(Dataset data, Example example)
    {
        if (example is not ChatExample chat)
        {
            return example.Pair is { } reference
                ? (new Example(example.Text, Line: example.Line), reference)
                : throw new DataFileException(
                    data.Source, example.Line, "there is a text alone; --generate takes prompts with what is to be "
                    + "written behind them. Name the columns (--text, --pair).");
        }

        return chat.LastAnswer is var (question, answer)
            ? (question, answer)
            : throw new DataFileException(
                data.Source, example.Line, "nothing stands before the assistant's last message, which --generate lets "
                + "the model write anew. Put the message of the user before it, or take the row out.");
    }
}
