using System.Reflection;
using System.Text;
using CommandLine;
using OrtTrainer.Cli.Arguments;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Generation;
using OrtTrainer.Tasks;

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
            foreach (string option in new[] { "--metric", "--precision" }.Where(arguments.Given.Contains))
            {
                throw new UsageException($"{option} is given with --generate, which prints all scores and writes in "
                    + "float32. Leave one of both out.");
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
    /// <param name="data">Prompts with their completions, or sources with their targets.</param>
    /// <param name="cancellation">Stops between two tokens.</param>
    /// <exception cref="DataFileException">A row has no text that is to be written.</exception>
    public static GenerationScores Of(
        EvaluateArguments arguments, GenerationOptions options, Dataset data, CancellationToken cancellation)
    {
        if (data.Examples.FirstOrDefault(example => example.Pair is null) is { } alone)
        {
            throw new DataFileException(
                data.Source, alone.Line, "there is a text alone; --generate takes prompts with what is to be written "
                + "behind them. Name the columns (--text, --pair).");
        }

        using Generator generator = Generator.Open(
            arguments.ModelFolder, EvaluateCommand.Threads(arguments.Threads), arguments.MaxLength);
        IReadOnlyList<GeneratedText> written = generator.Generate(
            [.. data.Examples.Select(example => example.Text)], options, cancellation);
        if (arguments.Output is { } file)
        {
            AtomicFile.Write(file, stream =>
            {
                using StreamWriter writer = new(stream, new UTF8Encoding(false), leaveOpen: true);
                foreach ((Example example, GeneratedText text) in data.Examples.Zip(written))
                {
                    writer.Write(WrittenLine.Of(example.Text, text, example.Pair) + "\n");
                }
            });
        }

        return GenerationScores.Of(
            [.. written.Select(text => text.Text)], [.. data.Examples.Select(example => example.Pair!)]);
    }
}
