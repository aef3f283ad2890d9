using OrtTrainer.Graph;
using OrtTrainer.Models;
using OrtTrainer.Runtime;

namespace OrtTrainer.Generation;

/// <summary>
/// A decoder that reads prompts and writes on behind them, by a packed graph: texts have no padding, the head reads the
/// last token of each alone, and keys and values stay where they lie from token to token.
/// </summary>
internal sealed class PromptDecoder : CachedDecoder
{
    private readonly GraphSession _session;
    private readonly Binding _binding;
    private readonly KeyValueCache _cache;
    private readonly bool _hasPositions;
    private readonly int _vocabulary;
    private WeightBuffer? _logits;
    private float[] _kept = [];

    /// <param name="architecture">The decoder.</param>
    /// <param name="layout">Where each parameter lies in the buffer.</param>
    /// <param name="weights">The weights, which are copied.</param>
    /// <param name="execution">Threads and kernels.</param>
    /// <param name="precision">What the operands of linear layers are rounded to.</param>
    /// <exception cref="RuntimeFailureException">ONNX Runtime refuses the graph.</exception>
    public PromptDecoder(
        Architecture architecture, ParameterLayout layout, WeightBuffer weights, ExecutionOptions execution,
        Precision precision = Precision.Fp32)
    {
        _vocabulary = architecture.Shape.Vocabulary;
        NextTokenHead head = new(_vocabulary);
        ExecutionOptions options = execution with { SpinBetweenRuns = true, Precision = precision };
        _session = GraphSession.FromBytes(
            PackedGraph.Decoder(architecture, head, layout, weights, options.Products).Model, options, "decoder");
        _binding = _session.CreateBinding();
        _cache = new KeyValueCache(_session, _binding);
        _hasPositions = _session.Inputs.Any(input => input.Name == PackedInputs.PositionIds);
    }

    public override float[] Start(IReadOnlyList<int[]> prompts, long padId)
    {
        Rows = prompts.Count;
        _cache.Clear(Rows);
        return Read(
            [.. prompts.SelectMany(prompt => prompt, (_, id) => (long)id)],
            [.. prompts.Select(prompt => prompt.Length)]);
    }

    public override float[] Next(ReadOnlySpan<int> ids)
    {
        long[] added = new long[ids.Length];
        int[] counts = new int[ids.Length];
        for (int row = 0; row < added.Length; row++)
        {
            (added[row], counts[row]) = (ids[row], 1);
        }

        return Read(added, counts);
    }

    public override void Reorder(ReadOnlySpan<int> sources)
    {
        _cache.Reorder(sources);
        Rows = sources.Length;
    }

    public override void Dispose()
    {
        _binding.Dispose();
        _session.Dispose();
        _cache.Dispose();
        _logits?.Dispose();
    }

    /// <summary>Reads the newest tokens of each row, one row's after the other's.</summary>
    private float[] Read(long[] ids, int[] counts)
    {
        long[] offsets = new long[counts.Length + 1], last = new long[counts.Length], positions = new long[ids.Length];
        for (int row = 0, token = 0; row < counts.Length; row++)
        {
            for (int i = 0; i < counts[row]; i++)
            {
                positions[token++] = _cache.Lengths[row] + i;
            }

            (offsets[row + 1], last[row]) = (token, token - 1);
        }

        _binding.SetInput(PackedInputs.InputIds, ids, [ids.Length]);
        _binding.SetInput(PackedInputs.Offsets, offsets, [offsets.Length]);
        _binding.SetInput(PackedInputs.OutputTokens, last, [last.Length]);
        if (_hasPositions)
        {
            _binding.SetInput(PackedInputs.PositionIds, positions, [positions.Length]);
        }

        BindLogits();
        _cache.Bind(counts);
        _binding.Run();
        _cache.Added(counts);
        _logits!.Read(0, _kept);
        return _kept;
    }

    /// <summary>In place: to fetch one of many outputs makes ONNX Runtime hand out all of them.</summary>
    private void BindLogits()
    {
        if (_kept.Length != Rows * _vocabulary)
        {
            _kept = new float[Rows * _vocabulary];
            WeightBuffer logits = new(_session.Options.Device, _kept.Length);
            _binding.BindOutput(PackedInputs.Logits, logits, 0, [Rows, _vocabulary]);
            _logits?.Dispose();
            _logits = logits;
        }
    }
}
