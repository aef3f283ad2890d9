using OrtTrainer.Graph;
using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Training;

/// <summary>
/// Makes the statistics of batch normalization for given weights: means over batches of training data, each normalized
/// by itself as in training. Averaged weights need that, since statistics of others are wrong for them (Izmailov et
/// al., 2018, section 3.2); and a few thousand examples are as good as a running mean for the live ones (Wu and
/// Johnson, 2021, section 3).
/// </summary>
internal sealed class StatisticsPass : IDisposable
{
    private const int MostExamples = 2048;

    private readonly PackedGraph _graph;
    private readonly GraphSession _session;
    private readonly WeightBindings _bindings;
    private readonly IReadOnlyList<TokenizedExample> _examples;
    private readonly int[][] _batches;
    private readonly ParameterSpec[] _statistics;
    private readonly PackedBatch _batch = new();

    private StatisticsPass(
        PackedGraph graph, ExecutionOptions execution, IReadOnlyList<TokenizedExample> examples, TrainerOptions options)
    {
        _graph = graph;
        _session = GraphSession.FromBytes(graph.Model, execution, "statistics graph");
        _examples = examples;
        _statistics = [.. graph.Layout.Parameters.Where(parameter => parameter.IsStatistic)];
        _bindings = new WeightBindings(_session, graph.Layout, [.. _statistics.Select(PackedInputs.Statistic)]);

        // Of whole batches alone, if there are any: one example says little of a variance.
        int size = Math.Min(options.PerPass, examples.Count);
        EpochOrder order = new(examples.Count, size, options.Seed);
        _batches =
        [
            .. Enumerable.Range(0, Math.Clamp(MostExamples / size, 1, examples.Count / size))
                .Select(batch => order.ExamplesOf(batch).ToArray()),
        ];
    }

    /// <summary>The pass over a run's training data; null where the model has no statistics.</summary>
    /// <param name="architecture">The encoder.</param>
    /// <param name="head">What stands on it.</param>
    /// <param name="precision">Of products.</param>
    /// <param name="execution">Threads and kernels.</param>
    /// <param name="examples">The training examples.</param>
    /// <param name="options">The size of a batch, and the seed that chooses examples.</param>
    public static StatisticsPass? Of(
        Architecture architecture, ModelHead head, ProductPrecision precision, ExecutionOptions execution,
        IReadOnlyList<TokenizedExample> examples, TrainerOptions options) =>
        PackedGraph.Statistics(architecture, head, precision) is { } graph
            ? new(graph, execution, examples, options)
            : null;

    /// <summary>Replaces the statistics that lie among weights.</summary>
    /// <param name="weights">The weights; all else of them stays.</param>
    /// <param name="cancellation">Stops between batches; the statistics are then those of before.</param>
    public void Refresh(WeightBuffer weights, CancellationToken cancellation = default)
    {
        Binding binding = _bindings.Of(weights);
        double[][] sums = [.. _statistics.Select(statistic => new double[statistic.Length])];
        foreach (int[] indices in _batches)
        {
            cancellation.ThrowIfCancellationRequested();
            _batch.Fill(_examples, indices);
            _batch.Bind(binding, _graph.Inputs);
            binding.Run();
            for (int i = 0; i < sums.Length; i++)
            {
                ReadOnlySpan<float> ofBatch = binding.Output(PackedInputs.Statistic(_statistics[i]));
                for (int channel = 0; channel < ofBatch.Length; channel++)
                {
                    sums[i][channel] += ofBatch[channel];
                }
            }
        }

        foreach ((ParameterSpec statistic, double[] sum) in _statistics.Zip(sums))
        {
            weights.Write(
                _graph.Layout.OffsetOf(statistic), [.. sum.Select(value => (float)(value / _batches.Length))]);
        }
    }

    /// <inheritdoc cref="WeightBindings.Forget"/>
    public void Forget(WeightBuffer weights) => _bindings.Forget(weights);

    public void Dispose()
    {
        _bindings.Dispose();
        _session.Dispose();
    }
}
