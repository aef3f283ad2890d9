using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Profiling;
using OrtTrainer.Runtime.Updates;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Training;

/// <summary>
/// Runs a training graph: parameters are read from one flat buffer, gradients written into another, both in place. Of
/// tables only the rows of the batch are written; to those that are weights too they are added. The logits are not
/// asked for.
/// </summary>
internal sealed class GradientSession : IDisposable
{
    /// <summary>Floats between the parts of the loss, a cache line.</summary>
    private const int LossStride = 16;

    private readonly TrainingGraph _graph;
    private readonly GraphSession _session;
    private readonly Binding _binding;
    private readonly Table[] _tables;
    private readonly WeightBuffer _losses;
    private int _tokens = -1;

    /// <param name="graph">A training graph.</param>
    /// <param name="options">Threads and kernels.</param>
    /// <param name="parameters">Parameters, laid out as the graph's layout says.</param>
    /// <param name="gradients">Where the gradients go, in the same layout, zero; each run overwrites them, and of
    /// tables the rows that it or the run before picked.</param>
    /// <param name="frozen">The weights that stay as they are, where the graph has some; not disposed here.</param>
    public GradientSession(
        TrainingGraph graph, ExecutionOptions options, WeightBuffer parameters, WeightBuffer gradients,
        IFrozenWeights? frozen = null)
    {
        _graph = graph;
        _session = GraphSession.FromBytes(graph.Packed.Model, options, "training graph");
        _binding = _session.CreateBinding();
        foreach (ParameterView view in graph.Layout.Views)
        {
            long offset = graph.Layout.OffsetOf(view);
            _binding.BindInput(view.Name, parameters, offset, [.. view.Shape]);
            if (!view.IsStatistic && !graph.Tables.Contains(view))
            {
                _binding.BindOutput(view.GradientName, gradients, offset, [.. view.Shape]);
            }
        }

        foreach (ParameterView view in graph.Frozen)
        {
            (WeightBuffer weights, long offset) = frozen!.Find(view);
            _binding.BindInput(view.Name, weights, offset, [.. view.Shape]);
        }

        Written = new BlockMap(graph.Layout.Weights);
        Written.Mark(0, graph.Layout.Weights.Length);
        _tables =
        [
            .. graph.Tables.Select(view => TableOf(view, view.GradientName, gradients, isShared: false)),
            .. graph.SharedTables.Select(
                view => TableOf(view, TrainingGraph.PickedName(view), gradients, isShared: true)),
        ];

        _losses = new WeightBuffer(parameters.Device, (LossPart.All.Count + 1) * LossStride);
        for (int i = 0; i < LossPart.All.Count; i++)
        {
            if (graph.Parts.Contains(LossPart.All[i].Output))
            {
                _binding.BindOutput(LossPart.All[i].Output, _losses, i * LossStride, []);
            }
        }

        _binding.BindOutput(PackedInputs.Loss, _losses, LossPart.All.Count * LossStride, []);
    }

    /// <summary>The blocks of the gradients that may hold anything but zeros after the last run.</summary>
    public BlockMap Written { get; }

    /// <summary>The C# kernels the graph runs on; other operators run as ONNX Runtime has them.</summary>
    public IReadOnlyList<string> Kernels => _session.Kernels;

    /// <summary>The loss as the graph itself adds it up; the <see cref="LossParts.Total"/> of the last run.</summary>
    public float Loss => LossAt(LossPart.All.Count);

    /// <summary>One forward and backward pass.</summary>
    /// <param name="batch">The batch, filled for the objective that the graph was built of.</param>
    /// <param name="lossScale">What the sum of the rows' losses is multiplied with; see
    /// <see cref="TrainingObjective.MeanScale"/>.</param>
    /// <param name="dropoutKey">The step's dropout key; ignored by graphs without dropout.</param>
    /// <returns>The parts of the scaled loss.</returns>
    public LossParts Run(PackedBatch batch, float lossScale, DropoutKey dropoutKey)
    {
        batch.Bind(_binding, _graph.Packed.Inputs);
        _binding.SetInput(PackedInputs.LossScale, [lossScale], []);
        if (_graph.Packed.Inputs.Contains(PackedInputs.DropoutKey))
        {
            _binding.SetInput(PackedInputs.DropoutKey, [dropoutKey.First, dropoutKey.Second], [2]);
        }

        BindTables(batch.Tokens);
        _binding.Run();
        foreach (Table table in _tables)
        {
            if (table.IsShared)
            {
                table.Gradient.AddOnto(batch.InputIds);
            }
            else
            {
                table.Gradient.Add(batch.InputIds);
            }
        }

        return LossParts.Of([LossAt(0), LossAt(1), LossAt(2), LossAt(3)]);
    }

    /// <inheritdoc cref="GraphSession.EndProfiling"/>
    public IReadOnlyList<ProfiledRun> EndProfiling() => _session.EndProfiling();

    public void Dispose()
    {
        _binding.Dispose();
        foreach (Table table in _tables)
        {
            table.Gradient.Dispose();
        }

        _losses.Dispose();
        _session.Dispose();
    }

    /// <summary>A part of the loss; those that the graph lacks stay 0.</summary>
    private float LossAt(int part)
    {
        Span<float> value = stackalloc float[1];
        _losses.Read(part * LossStride, value);
        return value[0];
    }

    private Table TableOf(ParameterView view, string output, WeightBuffer gradients, bool isShared)
    {
        WeightSegment segment = _graph.Layout.SegmentOf(view);
        if (!isShared)
        {
            Written.Unmark(segment.Offset, segment.Length);
        }

        return new(
            output, gradients.Device.CreateTableGradient(gradients, segment, Written), segment.Columns, isShared);
    }

    private void BindTables(int tokens)
    {
        if (tokens == _tokens)
        {
            return;
        }

        foreach (Table table in _tables)
        {
            _binding.BindOutput(table.Output, table.Gradient.Picked(tokens), offset: 0, [tokens, table.Columns]);
        }

        _tokens = tokens;
    }

    /// <summary>A table whose picked rows' gradients come out apart.</summary>
    private sealed record Table(string Output, TableGradient Gradient, int Columns, bool IsShared);
}
