using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Training.Batches;

/// <summary>
/// A batch with its sequences end to end, without padding: T tokens of B sequences. Filled anew for every step; its
/// arrays are kept and only grow.
/// </summary>
internal sealed class PackedBatch
{
    private readonly ImageBatch _images = new();
    private long[] _inputIds = [];
    private long[] _positionIds = [];
    private long[] _tokenTypeIds = [];
    private long[] _offsets = [];
    private long[] _outputTokens = [];
    private int[] _outputOffsets = [];
    private long[] _targetIds = [];
    private float[] _targets = [];
    private float[] _weights = [];
    private IReadOnlyList<LossInput> _inputs = [];

    /// <summary>The number of sequences, B.</summary>
    public int Sequences { get; private set; }

    /// <summary>The number of tokens, T.</summary>
    public int Tokens { get; private set; }

    /// <summary>The number of rows of targets, R; 0 without targets.</summary>
    public int Rows { get; private set; }

    /// <summary>The number of targets per row, K; 0 without targets, and where they are ids.</summary>
    public int Outputs { get; private set; }

    /// <summary>Token ids, [T].</summary>
    public ReadOnlySpan<long> InputIds => _inputIds.AsSpan(0, Tokens);

    /// <summary>Where each sequence starts and the last one ends, [B + 1].</summary>
    public ReadOnlySpan<long> Offsets => _offsets.AsSpan(0, Sequences + 1);

    /// <summary>Where each sequence's chosen tokens start among all that were chosen, and their number,
    /// [B + 1]; all tokens where none are chosen.</summary>
    public ReadOnlySpan<int> OutputOffsets => _outputOffsets.AsSpan(0, Sequences + 1);

    /// <summary>Targets, [R, K].</summary>
    public ReadOnlySpan<float> Targets => _targets.AsSpan(0, Rows * Outputs);

    /// <summary>Takes the examples at <paramref name="indices"/>, in that order, without targets.</summary>
    public void Fill(IReadOnlyList<TokenizedExample> examples, ReadOnlySpan<int> indices) =>
        Pack(examples, indices, copies: 1);

    /// <summary>Takes the examples at <paramref name="indices"/>, in that order, with what they are trained
    /// towards.</summary>
    /// <param name="examples">The data set.</param>
    /// <param name="indices">Which of it.</param>
    /// <param name="objective">
    /// Its targets, and what its loss reads. If it is twofold, all examples follow once more, every copy counting half:
    /// dropout goes by the place in the batch, so the copies get masks of their own.
    /// </param>
    /// <param name="step">The optimizer step, counted from 0, which may decide what the loss reads.</param>
    public void Fill(
        IReadOnlyList<TokenizedExample> examples, ReadOnlySpan<int> indices, TrainingObjective objective,
        long step = 0)
    {
        int copies = objective.IsTwofold ? 2 : 1;
        Pack(examples, indices, copies);
        BatchRows rows = new(examples, objective.Targets, indices, copies, Offsets, step);
        Label(objective.Targets, rows, objective.Distribution.TakesIds);
        _inputs = objective.Inputs;
        // By index: an enumerator would be allocated.
        for (int i = 0; i < _inputs.Count; i++)
        {
            _inputs[i].Fill(rows);
        }
    }

    /// <summary>Gives the batch to a session; only the inputs named in <paramref name="inputs"/> are set.</summary>
    internal void Bind(Binding binding, IReadOnlySet<string> inputs)
    {
        ReadOnlySpan<long> tokens = [Tokens];
        binding.SetInput(PackedInputs.InputIds, InputIds, tokens);
        binding.SetInput(PackedInputs.Offsets, Offsets, [Sequences + 1]);
        if (inputs.Contains(PackedInputs.PositionIds))
        {
            binding.SetInput(PackedInputs.PositionIds, _positionIds.AsSpan(0, Tokens), tokens);
        }

        if (inputs.Contains(PackedInputs.TokenTypeIds))
        {
            binding.SetInput(PackedInputs.TokenTypeIds, _tokenTypeIds.AsSpan(0, Tokens), tokens);
        }

        _images.Bind(binding, inputs);
        if (inputs.Contains(PackedInputs.OutputTokens))
        {
            int chosen = OutputOffsets[^1];
            binding.SetInput(PackedInputs.OutputTokens, _outputTokens.AsSpan(0, chosen), [chosen]);
        }

        if (inputs.Contains(PackedInputs.LossScale))
        {
            BindTargets(binding, inputs);
        }
    }

    /// <summary>Gives what a session made of the batch to a sink.</summary>
    /// <param name="binding">Has run.</param>
    /// <param name="head">What a row of its logits is of.</param>
    /// <param name="indices">The places of the examples in their data set, as the batch was filled.</param>
    /// <param name="sink">Takes in the outputs.</param>
    internal void PassOn(Binding binding, OutputRows head, ReadOnlySpan<int> indices, IOutputSink sink)
    {
        int[] starts = new int[indices.Length];
        int[] rows = new int[indices.Length];
        for (int b = 0; b < indices.Length; b++)
        {
            (starts[b], rows[b]) = head.Packed(b, Offsets, OutputOffsets);
        }

        int outputs = checked((int)binding.OutputShape(PackedInputs.Logits)[^1]);
        sink.Add(new OutputBatch(binding.Output(PackedInputs.Logits), outputs, indices, starts, rows));
    }

    /// <summary>Gives targets, and what the loss reads beside them, to a session.</summary>
    internal void BindTargets(Binding binding, IReadOnlySet<string> inputs)
    {
        if (inputs.Contains(PackedInputs.Targets))
        {
            binding.SetInput(PackedInputs.Targets, Targets, [Rows, Outputs]);
        }

        if (inputs.Contains(PackedInputs.TargetIds))
        {
            binding.SetInput(PackedInputs.TargetIds, _targetIds.AsSpan(0, Rows), [Rows, 1]);
        }

        binding.SetInput(PackedInputs.ExampleWeights, _weights.AsSpan(0, Rows), [Rows]);
        for (int i = 0; i < _inputs.Count; i++)
        {
            _inputs[i].Bind(binding);
        }
    }

    private void Label(ExampleTargets targets, BatchRows rows, bool asIds)
    {
        (Rows, Outputs) = (rows.Count, asIds ? 0 : targets.Outputs);
        if (_weights.Length < Rows)
        {
            _weights = new float[Rows];
            _targetIds = new long[Rows];
        }

        if (_targets.Length < Rows * Outputs)
        {
            _targets = new float[Rows * Outputs];
        }

        int at = 0;
        foreach (int row in rows)
        {
            if (asIds)
            {
                _targetIds[at] = targets.Id(row);
            }
            else
            {
                targets.Write(row, _targets.AsSpan(at * Outputs, Outputs));
            }

            _weights[at] = targets.Weight(row) / rows.Copies;
            at++;
        }
    }

    private void Pack(IReadOnlyList<TokenizedExample> examples, ReadOnlySpan<int> indices, int copies)
    {
        Sequences = indices.Length * copies;
        (Rows, Outputs) = (0, 0);
        _inputs = [];
        Tokens = 0;
        foreach (int index in indices)
        {
            Tokens += examples[index].InputIds.Length * copies;
        }

        Grow();
        int at = 0;
        int chosen = 0;
        for (int b = 0; b < Sequences; b++)
        {
            TokenizedExample example = examples[indices[b % indices.Length]];
            _offsets[b] = at;
            _outputOffsets[b] = chosen;
            int outputs = example.OutputTokens?.Length ?? example.InputIds.Length;
            for (int i = 0; i < outputs; i++, chosen++)
            {
                _outputTokens[chosen] = at + (example.OutputTokens?[i] ?? i);
            }

            for (int i = 0; i < example.InputIds.Length; i++, at++)
            {
                _inputIds[at] = example.InputIds[i];
                _positionIds[at] = i;
                _tokenTypeIds[at] = example.TokenTypeIds[i];
            }
        }

        _offsets[Sequences] = at;
        _outputOffsets[Sequences] = chosen;
        _images.Fill(examples, indices, copies);
    }

    private void Grow()
    {
        if (_inputIds.Length < Tokens)
        {
            _inputIds = new long[Tokens];
            _positionIds = new long[Tokens];
            _tokenTypeIds = new long[Tokens];
            _outputTokens = new long[Tokens];
        }

        if (_offsets.Length < Sequences + 1)
        {
            _offsets = new long[Sequences + 1];
            _outputOffsets = new int[Sequences + 1];
        }
    }
}
