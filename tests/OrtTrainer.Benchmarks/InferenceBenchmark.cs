using System.Diagnostics;
using Google.Protobuf;
using OrtTrainer.Benchmarking;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Export;
using OrtTrainer.Graph.Onnx;
using OrtTrainer.Models;
using OrtTrainer.Prediction;
using OrtTrainer.Runtime;
using OrtTrainer.Tasks;
using OrtTrainer.Text;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Benchmarks;

/// <summary>
/// Times the whole way from texts to logits, with our tokenizer: the packed graph as our predictor and as training
/// runs it, and the padded export, plain and fused, on plain ONNX Runtime and in ML.NET, in turns of a few batches, the
/// same for each, in one process. A head that the model lacks is random.
/// </summary>
internal static class InferenceBenchmark
{
    // Idle threads of a plain session spin for a while after its run, on processors that the next way needs.
    private const int PauseMilliseconds = 25;

    // A way in use finds its weights where its last batch left them, not where another way's weights put them out.
    private const int BatchesInARow = 8;

    /// <summary>Measures.</summary>
    /// <param name="options">Model, data and batches.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <exception cref="RunException">The model cannot be used, or its outputs are not one row a text.</exception>
    /// <exception cref="DataFileException">The data cannot be used.</exception>
    public static InferenceResult Run(StepBenchmarkOptions options, CancellationToken cancellation = default)
    {
        using PretrainedModel model = PretrainedModel.Open(options.Model);
        EncodedDataset data = BenchmarkData.Read(options, model, cancellation);
        ModelTask task = options.Data!.Task;
        ModelHead head = task.Head(data.Targets.Outputs);
        if (head.Rows != OutputRows.PerSequence || head.ExportedNames is not [PaddedInputs.Logits])
        {
            throw new RunException($"{task} has no row of logits a text, which is what is timed. Take another task.");
        }

        Device.Default.Require(options.Precision);
        PackedGraph graph = PackedGraph.Evaluation(model.Architecture, head, options.Precision);
        using WeightBuffer weights = new(Device.Default, graph.Layout.Length);
        _ = model.Load(graph.Layout, weights, options.Seed);
        ModelProto export = PaddedGraph.Build(model.Architecture, head, graph.Layout, weights);
        ExecutionOptions execution = new() { IntraOpThreads = options.Threads, UseKernels = options.Kernels };
        using PackedInference packed = new(graph, weights, execution);
        using PredictorInference predictor = new(new PackedModel(
            model.Architecture, head, graph.Layout, weights, options.Precision, execution, options.Model));
        using PlainInference int8 = new(
            Int8Graph.Of(export).ToByteArray(), options.Threads, "padded export, int8, plain ONNX Runtime");
        using MlNetInference mlNet = new(
            export.ToByteArray(), [.. export.Graph.Input.Select(input => input.Name)], options.BatchSize,
            data.Inputs.Max(input => input.InputIds.Length), options.Threads);
        using PlainInference plain = new(
            export.ToByteArray(), options.Threads, "padded export, plain ONNX Runtime");
        using PlainInference? fused = PaddedGraph.NotFused(model.Architecture, head) is null
            ? new PlainInference(
                PaddedGraph.Build(model.Architecture, head, graph.Layout, weights, isFused: true).ToByteArray(),
                options.Threads, "padded export, fused, plain ONNX Runtime")
            : null;
        IInferenceWay[] ways = [predictor, packed, int8, mlNet, .. fused is null ? [] : new[] { fused }, plain];
        return Measure(ways, task, data, options, cancellation);
    }

    private static InferenceResult Measure(
        IInferenceWay[] ways, ModelTask task, EncodedDataset data, StepBenchmarkOptions options,
        CancellationToken cancellation)
    {
        Tokenizer tokenizer = Tokenizer.Load(options.Model);
        List<double>[] seconds = [.. ways.Select(_ => new List<double>())];
        long tokens = 0;
        int turn = 0;
        double[] differences = new double[ways.Length];

        // As many untimed: the first batches of every length make the runtime allocate.
        for (int first = -options.Batches, count; first < options.Batches; first += count)
        {
            count = Math.Min(BatchesInARow, (first < 0 ? 0 : options.Batches) - first);
            float[][][] logits = new float[ways.Length][][];

            // Each goes first in turn, which shares out what one leaves behind for the next in caches and clock rate.
            for (int j = 0; j < ways.Length; j++)
            {
                int way = (j + turn) % ways.Length;
                logits[way] = new float[count][];
                Thread.Sleep(PauseMilliseconds);
                for (int i = 0; i < count; i++)
                {
                    cancellation.ThrowIfCancellationRequested();
                    Example[] texts = Texts(data, (first + i + options.Batches) % options.Batches, options.BatchSize);
                    long started = Stopwatch.GetTimestamp();
                    TokenizedExample[] batch =
                        [.. texts.SelectMany(text => task.Encode(text, tokenizer, data.MaxLength))];
                    logits[way][i] = ways[way].Run(batch);
                    if (first >= 0)
                    {
                        seconds[way].Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
                        tokens += way == 0 ? batch.Sum(example => example.InputIds.Length) : 0;
                    }
                }
            }

            for (int way = 0; way < ways.Length; way++)
            {
                for (int i = 0; i < count; i++)
                {
                    differences[way] = Math.Max(differences[way], Difference(logits[way][i], logits[^1][i]));
                }
            }

            turn++;
        }

        return new(
            options.Batches, options.BatchSize, tokens, options.Threads,
            [.. ways.Select((way, i) => new InferenceTime(
                way.Name, Median.Of(seconds[i]), seconds[i].Sum() / tokens,
                Median.Of(seconds[^1].Zip(seconds[i], (theirs, own) => theirs / own)), differences[i]))]);
    }

    private static Example[] Texts(EncodedDataset data, int batch, int size) =>
        [.. Enumerable.Range(batch * size, size).Select(row => data.Source.Examples[row % data.Source.Count])];

    private static double Difference(float[] a, float[] b) =>
        a.Zip(b, (x, y) => (double)Math.Abs(x - y)).Max();
}
