using System.Diagnostics;
using System.Globalization;
using Google.Protobuf;
using OrtTrainer.Benchmarking;
using OrtTrainer.Cli.Parsing;
using OrtTrainer.Common;
using OrtTrainer.Generation;
using OrtTrainer.Graph;
using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Text;

namespace OrtTrainer.Benchmarks;

/// <summary>
/// Times how a decoder writes on behind prompts, greedily and to a fixed length: the packed graph with its cache, as
/// <see cref="Generator"/> runs it, the same without a cache, and the padded export with a cache on plain ONNX Runtime,
/// in turns of a batch, the same for each, in one process.
/// </summary>
internal static class GenerationBenchmark
{
    // Idle threads of a plain session spin for a while after its run, on processors that the next way needs.
    private const int PauseMilliseconds = 25;

    private const int Seed = 1;

    /// <summary>Measures.</summary>
    /// <exception cref="RunException">The model cannot be used.</exception>
    public static GenerationResult Run(GenerationArguments arguments, CancellationToken cancellation = default)
    {
        if (arguments.Size is not { } size)
        {
            return Run(arguments.Model!, arguments, cancellation);
        }

        DirectoryInfo folder = Directory.CreateTempSubdirectory("generation-");
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, "config.json"), string.Create(
                CultureInfo.InvariantCulture,
                $$"""
                {
                  "architectures": ["GPT2LMHeadModel"], "model_type": "gpt2", "n_layer": {{size.Layers}},
                  "n_embd": {{size.Width}}, "n_head": {{size.Width / 64}}, "n_positions": 1024,
                  "vocab_size": {{size.Vocabulary}}, "initializer_range": 0.02
                }
                """));
            return Run(folder.FullName, arguments, cancellation);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static GenerationResult Run(
        string folder, GenerationArguments arguments, CancellationToken cancellation)
    {
        Precision precision = Words.Parse<Precision>("--precision", arguments.Precision) ?? Precision.Fp32;
        Device.Default.Require(precision);
        using PretrainedModel model = PretrainedModel.Open(folder, fromScratch: arguments.Random is not null);
        int vocabulary = model.Architecture.Shape.Vocabulary;
        NextTokenHead head = new(vocabulary);
        ParameterLayout layout = PackedGraph.Evaluation(model.Architecture, head).Layout;
        using WeightBuffer weights = new(Device.Default, layout.Length);
        _ = model.Load(layout, weights, Seed);
        int threads = arguments.Threads ?? 2;
        ExecutionOptions execution = new() { IntraOpThreads = threads };
        using CachedGeneration cached = new(
            new PromptDecoder(model.Architecture, layout, weights, execution, precision), vocabulary,
            $"ours with a cache, {OptionWords.Of(precision)}");
        using PlainGeneration plain = new(
            PaddedGraph.Build(model.Architecture, head, layout, weights).ToByteArray(), threads, vocabulary);
        using AnewGeneration anew = new(
            PackedGraph.Inference(model.Architecture, head, layout, weights, Precision.Fp32), execution, vocabulary);
        int[][] prompts = arguments.Prompts is { } file
            ? Prompts(folder, file)
            : Random(vocabulary, arguments.PromptTokens ?? 16);
        return Measure([cached, plain, anew], prompts, threads, arguments, cancellation);
    }

    private static GenerationResult Measure(
        IGenerationWay[] ways, int[][] prompts, int threads, GenerationArguments arguments,
        CancellationToken cancellation)
    {
        int batchSize = arguments.BatchSize ?? 1, count = arguments.NewTokens ?? 60, rounds = arguments.Rounds ?? 10;
        int[] roundsOf = [rounds, rounds, Math.Min(arguments.AnewRounds ?? 2, rounds)];
        List<double>[] seconds = [.. ways.Select(_ => new List<double>())];
        int[] same = new int[ways.Length];

        // The first is not timed: it makes the runtime allocate, and the compiler see what runs often.
        for (int round = -1; round < rounds; round++)
        {
            int[][] batch =
            [
                .. Enumerable.Range((round + 1) * batchSize, batchSize).Select(text => prompts[text % prompts.Length]),
            ];
            int[][]?[] written = new int[ways.Length][][];
            for (int turn = 0; turn < ways.Length; turn++)
            {
                int way = (turn + round + ways.Length) % ways.Length;
                if (round >= roundsOf[way])
                {
                    continue;
                }

                cancellation.ThrowIfCancellationRequested();
                Thread.Sleep(PauseMilliseconds);
                long started = Stopwatch.GetTimestamp();
                written[way] = ways[way].Write(batch, count);
                if (round >= 0)
                {
                    seconds[way].Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
                }
            }

            for (int way = 0; round >= 0 && way < ways.Length; way++)
            {
                same[way] += written[way]?.Zip(written[1]!, (a, b) => a.SequenceEqual(b) ? 1 : 0).Sum() ?? 0;
            }
        }

        return new(
            batchSize, prompts.Average(prompt => prompt.Length), count, threads,
            [.. ways.Select((way, i) => (way, i)).Where(one => roundsOf[one.i] > 0).Select(one => new GenerationTime(
                one.way.Name, seconds[one.i].Count, batchSize * count / Median.Of(seconds[one.i]),
                Median.Of(seconds[one.i].Zip(seconds[1], (own, plain) => plain / own)),
                same[one.i] / (double)(seconds[one.i].Count * batchSize)))]);
    }

    private static int[][] Prompts(string folder, string file)
    {
        Tokenizer tokenizer = Tokenizer.Load(folder);
        return
        [
            .. File.ReadLines(file).Where(line => line.Length > 0)
                .Select(line => tokenizer.EncodeIds(line).Ids).Where(ids => ids.Length > 0),
        ];
    }

    private static int[][] Random(int vocabulary, int length)
    {
        Random random = new(Seed);
        return
        [
            .. Enumerable.Range(0, 64).Select(_ =>
                Enumerable.Range(0, length).Select(_ => random.Next(vocabulary)).ToArray()),
        ];
    }
}
