using System.CommandLine;
using OrtTrainer.Common;
using OrtTrainer.Packs;
using OrtTrainer.Runtime;

namespace OrtTrainer.Edge;

/// <summary>The command line of the program.</summary>
internal static class EdgeCommand
{
    private const int Failed = 1, BadUsage = 2, Interrupted = 130;

    /// <summary>The command with its options.</summary>
    public static RootCommand Create()
    {
        PackTrainingOptions defaults = new() { Train = "", Output = "" };
        Argument<string> pack = new("PACK") { Description = "a folder that orttrainer pack wrote" };
        Option<string> train = new("--train")
        {
            Description = "labelled texts, as TSV, CSV or JSON Lines", Required = true,
        };
        Option<string?> test = new("--test") { Description = "labelled texts to score on at the end" };
        Option<string> output = new("--out") { Description = "folder of model and checkpoints", Required = true };
        Option<string> text = Of("--text", "column of the text", defaults.TextColumn);
        Option<string> label = Of("--label", "column of the label", defaults.LabelColumn);
        Option<double> epochs = Of("--epochs", "passes over the texts", defaults.Epochs);
        Option<int> batch = Of("--batch-size", "texts per step", defaults.BatchSize);
        Option<double> rate = Of("--lr", "highest learning rate", defaults.LearningRate);
        Option<long> seed = Of("--seed", "fixes order and dropout", defaults.Seed);
        Option<int> length = Of("--max-length", "most tokens of a text", defaults.MaxLength);
        Option<int> threads = Of("--threads", "threads", defaults.Threads);
        Option<int?> every = new("--checkpoint-every") { Description = "steps between checkpoints (an epoch)" };
        Option<double?> seconds = new("--max-seconds") { Description = "stop after so many, with the best so far" };
        Option<string?> memory = new("--max-memory") { Description = "stop above so much, such as 400MB" };
        RootCommand command = new("Trains a pack. The same command goes on where it was killed or a limit stopped it.")
        {
            pack, train, test, output, text, label, epochs, batch, rate, seed, length, threads, every, seconds, memory,
        };
        command.SetAction((parsed, cancellation) => Task.FromResult(Run(
            parsed.GetRequiredValue(pack),
            () => new PackTrainingOptions
            {
                Train = parsed.GetRequiredValue(train),
                Test = parsed.GetValue(test),
                Output = parsed.GetRequiredValue(output),
                TextColumn = parsed.GetRequiredValue(text),
                LabelColumn = parsed.GetRequiredValue(label),
                Epochs = parsed.GetRequiredValue(epochs),
                BatchSize = parsed.GetRequiredValue(batch),
                LearningRate = parsed.GetRequiredValue(rate),
                Seed = parsed.GetRequiredValue(seed),
                MaxLength = parsed.GetRequiredValue(length),
                Threads = parsed.GetRequiredValue(threads),
                CheckpointEvery = parsed.GetValue(every),
                MaxSeconds = parsed.GetValue(seconds),
                MaxMemory = parsed.GetValue(memory) is { } size ? ByteSize.Parse(size)
                    ?? throw new ArgumentException($"--max-memory is '{size}'; {ByteSize.Expected}.") : null,
            },
            cancellation)));
        return command;
    }

    /// <summary>Parses and runs a command line; the exit code.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        ParseResult parsed = Create().Parse(args);
        int code = await parsed.InvokeAsync();
        return parsed.Errors.Count > 0 ? BadUsage : code;
    }

    private static Option<T> Of<T>(string name, string description, T value) =>
        new(name) { Description = description, DefaultValueFactory = _ => value };

    private static int Run(string pack, Func<PackTrainingOptions> read, CancellationToken cancellation)
    {
        PackTrainingOptions options;
        try
        {
            options = read();
        }
        catch (ArgumentException wrong)
        {
            return Say(wrong.Message, BadUsage);
        }

        try
        {
            using PackTraining training = new(Pack.Open(pack), options);
            EdgeLines.Write(training.Run(EdgeLines.Write, cancellation));
            return 0;
        }
        catch (OperationCanceledException)
        {
            return Say("interrupted; the same command goes on from the last checkpoint.", Interrupted);
        }
        catch (Exception failure) when (failure
            is OrtTrainerException or RuntimeFailureException or InvalidDataException or IOException
            or UnauthorizedAccessException)
        {
            return Say(failure.Message, Failed);
        }
    }

    private static int Say(string message, int code)
    {
        Console.Error.WriteLine($"error: {message}");
        return code;
    }
}
