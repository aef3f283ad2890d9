using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Profiling;
using OrtTrainer.Runtime.Updates;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Buckets;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Training;

/// <summary>
/// Runs a training graph: parameters are read from one flat buffer, gradients written into another, both in place. Of
/// tables only the rows of the batch are written; to those that are weights too they are added. The logits are not
/// asked for.
/// </summary>
internal sealed class GradientSession : IDisposable
{
    private const string Name = "training graph";

    /// <summary>Floats between the parts of the loss, a cache line.</summary>
    private const int LossStride = 16;

    private readonly TrainingGraph _graph;
    private readonly GraphSession _session;
    private readonly Binding _binding;
    private readonly RecordedPasses? _recorded;
    private readonly Action<Binding> _bindState;
    private readonly Table[] _tables;
    private readonly WeightBuffer _losses;
    private int _tokens = -1;
    private int _room;

    /// <param name="graph">A training graph.</param>
    /// <param name="options">Threads and kernels.</param>
    /// <param name="parameters">Parameters, laid out as the graph's layout says.</param>
    /// <param name="gradients">Where the gradients go, in the same layout, zero; each run overwrites them, and of
    /// tables the rows that it or the run before picked.</param>
    /// <param name="frozen">The weights that stay as they are, where the graph has some; not disposed here.</param>
    /// <param name="recorded">Passes that are recorded and played back; null for none. Disposed with this.</param>
    public GradientSession(
        TrainingGraph graph, ExecutionOptions options, WeightBuffer parameters, WeightBuffer gradients,
        IFrozenWeights? frozen = null, RecordedPasses? recorded = null)
    {
        _graph = graph;
        _recorded = recorded;
        _session = recorded?.Open(options, Name) ?? GraphSession.FromBytes(graph.Packed.Model, options, Name);
        Written = new BlockMap(graph.Layout.Weights);
        Written.Mark(0, graph.Layout.Weights.Length);
        foreach (WeightSegment still in graph.Still.Select(graph.Layout.SegmentOf))
        {
            Written.Unmark(still.Offset, still.Length);
        }

        _tables =
        [
            .. graph.Tables.Select(view => TableOf(view, view.GradientName, gradients, isShared: false)),
            .. graph.SharedTables.Select(
                view => TableOf(view, TrainingGraph.PickedName(view), gradients, isShared: true)),
        ];

        _losses = new WeightBuffer(parameters.Device, (LossPart.All.Count + 1) * LossStride);
        _bindState = binding => BindState(binding, parameters, gradients, frozen);
        _binding = _session.CreateBinding();
        _bindState(_binding);
        if (recorded is not null)
        {
            FindRoom(recorded.MostTokens);
        }
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
        RecordedPass? pass = _recorded?.Find(batch, BindingFor);
        Binding binding = pass?.Binding ?? _binding;
        batch.Bind(binding, _graph.Packed.Inputs, pass?.Bucket);
        binding.SetInput(PackedInputs.LossScale, [lossScale], []);
        if (_graph.Packed.Inputs.Contains(PackedInputs.DropoutKey))
        {
            binding.SetInput(PackedInputs.DropoutKey, [dropoutKey.First, dropoutKey.Second], [2]);
        }

        if (pass is not null)
        {
            pass.Run(() => Loss);
        }
        else
        {
            BindTables(batch.Tokens);
            _binding.Run();
        }

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
        _recorded?.Dispose();
        _binding.Dispose();
        foreach (Table table in _tables)
        {
            table.Gradient.Dispose();
        }

        _losses.Dispose();
        _session.Dispose();
    }

    private void BindState(
        Binding binding, WeightBuffer parameters, WeightBuffer gradients, IFrozenWeights? frozen)
    {
        foreach (ParameterView view in _graph.Layout.Views)
        {
            long offset = _graph.Layout.OffsetOf(view);
            binding.BindInput(view.Name, parameters, offset, [.. view.Shape]);
            if (_graph.HasGradient(view) && !_graph.Tables.Contains(view))
            {
                binding.BindOutput(view.GradientName, gradients, offset, [.. view.Shape]);
            }
        }

        foreach (ParameterView view in _graph.Frozen)
        {
            (WeightBuffer weights, long offset) = frozen!.Find(view);
            binding.BindInput(view.Name, weights, offset, [.. view.Shape]);
        }

        for (int i = 0; i < LossPart.All.Count; i++)
        {
            if (_graph.Parts.Contains(LossPart.All[i].Output))
            {
                binding.BindOutput(LossPart.All[i].Output, _losses, i * LossStride, []);
            }
        }

        binding.BindOutput(PackedInputs.Loss, _losses, LossPart.All.Count * LossStride, []);
    }

    /// <summary>A binding with all but the batch in it.</summary>
    private Binding BindingFor(int tokens)
    {
        Binding binding = _session.CreateBinding();
        _bindState(binding);
        BindTables(binding, tokens);
        return binding;
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

        if (_recorded is not null)
        {
            FindRoom(tokens);
        }

        BindTables(_binding, tokens);
        _tokens = tokens;
    }

    private void BindTables(Binding binding, int tokens)
    {
        foreach (Table table in _tables)
        {
            binding.BindOutput(table.Output, table.Gradient.Picked(tokens), offset: 0, [tokens, table.Columns]);
        }
    }

    // Recorded passes write where the picked rows lay: where these move for want of room, they are to be made anew.
    private void FindRoom(int tokens)
    {
        if (tokens <= _room)
        {
            return;
        }

        foreach (Table table in _tables)
        {
            _ = table.Gradient.Picked(tokens);
        }

        _recorded!.Forget();
        _room = tokens;
    }

    /// <summary>A table whose picked rows' gradients come out apart.</summary>
    private sealed record Table(string Output, TableGradient Gradient, int Columns, bool IsShared);
}
