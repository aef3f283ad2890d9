using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Models;
using OrtTrainer.Randomness;
using OrtTrainer.Tasks;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Benchmarking;

/// <summary>The examples of a benchmark: a data file's, or random tokens of one length.</summary>
/// <param name="Distribution">What the loss is.</param>
/// <param name="Head">What stands on the encoder.</param>
/// <param name="Examples">The examples, tokenized.</param>
/// <param name="Targets">What they are trained towards.</param>
internal sealed record BenchmarkData(
    OutputDistribution Distribution, ModelHead Head, IReadOnlyList<TokenizedExample> Examples, TaskTargets Targets)
{
    /// <summary>Reads or makes the examples.</summary>
    /// <param name="options">Which.</param>
    /// <param name="model">What is measured.</param>
    /// <param name="cancellation">Stops between two blocks of a file or two examples.</param>
    /// <exception cref="ArgumentException">The options give neither data nor a length.</exception>
    /// <exception cref="RunException">The length is more than the model takes.</exception>
    /// <exception cref="DataFileException">The file cannot be used.</exception>
    public static BenchmarkData Of(
        StepBenchmarkOptions options, PretrainedModel model, CancellationToken cancellation = default)
    {
        int positions = model.Architecture.Shape.Positions;
        if (options.FullLength is { } length)
        {
            return length <= positions
                ? Random(length, options, model.Architecture.Shape.Vocabulary)
                : throw new RunException(
                    $"{model.Config.Path}: the model takes {positions} tokens at most; " +
                    $"examples of {length} were asked for.");
        }

        if (options.Data?.Task.MakesVectors == true)
        {
            throw new RunException($"{options.Data.Task} compares the texts of a batch, which is not timed. Take "
                + "another task.");
        }

        EncodedDataset encoded = Read(options, model, cancellation);
        ModelTask task = options.Data!.Task;
        return new(task.Distribution, task.Head(encoded.Targets.Outputs), encoded.Inputs, encoded.Targets);
    }

    /// <summary>Reads and tokenizes the options' data file.</summary>
    /// <param name="options">Which.</param>
    /// <param name="model">What is measured.</param>
    /// <param name="cancellation">Stops between two blocks of the file or two examples.</param>
    /// <exception cref="ArgumentException">The options give no data.</exception>
    /// <exception cref="DataFileException">The file cannot be used.</exception>
    public static EncodedDataset Read(
        StepBenchmarkOptions options, PretrainedModel model, CancellationToken cancellation = default)
    {
        DataOptions data = options.Data
            ?? throw new ArgumentException(
                $"Neither {nameof(options.Data)} nor {nameof(options.FullLength)} is given.");
        Dataset train = LabeledData.LoadTrain(data, cancellation: cancellation);
        int length = Math.Min(options.MaxLength, model.Architecture.Shape.Positions);
        return data.Task.Encode(
            train, data.Task.OpenTokenizer(options.Model), length, Environment.ProcessorCount, cancellation);
    }

    private static BenchmarkData Random(int length, StepBenchmarkOptions options, int vocabulary)
    {
        const int outputs = 2;
        SeededRandom random = SeededRandom.For((ulong)options.Seed, "benchmark");
        TokenizedExample[] examples = [.. Enumerable.Range(0, options.BatchSize).Select(row => new TokenizedExample(
            [.. Enumerable.Range(0, length).Select(_ => random.NextInt(vocabulary))],
            new int[length]))];
        return options.NextTokens
            ? NextTokens(examples, vocabulary)
            : new(OutputDistribution.Categorical, new SequenceHead(outputs), examples, new ClassTargets(
                [.. Enumerable.Range(0, examples.Length).Select(row => row % outputs)], outputs));
    }

    /// <summary>Every token is followed by the next, the last by the first.</summary>
    private static BenchmarkData NextTokens(TokenizedExample[] examples, int vocabulary) => new(
        OutputDistribution.Vocabulary, new NextTokenHead(vocabulary), examples, TokenTargets.Of(
            [.. examples.Select(example => (int[])[.. example.InputIds.Skip(1), example.InputIds[0]])], vocabulary));
}
