using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Training.Buckets;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Training.Batches;

/// <summary>
/// A batch with its sequences end to end, without padding: T tokens of B sequences, and a list of their own for the
/// tokens of a decoder beside an encoder. Filled anew for every step; its arrays are kept and only grow.
/// </summary>
internal sealed class PackedBatch
{
    private readonly ImageBatch _images = new();
    private readonly StateBatch _states = new();
    private readonly TokenList _tokens = new();
    private readonly TokenList _decoder = new();
    private long[] _tokenTypeIds = [];
    private long[] _outputTokens = [];
    private int[] _outputOffsets = [];
    private long[] _targetIds = [];
    private float[] _targets = [];
    private float[] _weights = [];
    private IReadOnlyList<LossInput> _inputs = [];

    /// <summary>The number of sequences, B.</summary>
    public int Sequences { get; private set; }

    /// <summary>The number of tokens, T.</summary>
    public int Tokens => _tokens.Count;

    /// <summary>The number of rows of targets, R; 0 without targets.</summary>
    public int Rows { get; private set; }

    /// <summary>The number of targets per row, K; 0 without targets, and where they are ids.</summary>
    public int Outputs { get; private set; }

    /// <summary>Token ids, [T].</summary>
    public ReadOnlySpan<long> InputIds => _tokens.Ids;

    /// <summary>Where each sequence starts and the last one ends, [B + 1].</summary>
    public ReadOnlySpan<long> Offsets => _tokens.Offsets;

    /// <summary>Token ids of the decoder, [U]; none without one.</summary>
    public ReadOnlySpan<long> DecoderIds => _decoder.Ids;

    /// <summary>Where each of the decoder's sequences starts and the last one ends, [B + 1].</summary>
    public ReadOnlySpan<long> DecoderOffsets => _decoder.Offsets;

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
    /// <param name="binding">The session's; with a bucket, its inputs keep their places and fill themselves up.</param>
    /// <param name="inputs">What the graph takes.</param>
    /// <param name="bucket">What the batch is filled up to; null for nothing.</param>
    internal void Bind(Binding binding, IReadOnlySet<string> inputs, Bucket? bucket = null)
    {
        ReadOnlySpan<long> tokens = [Tokens];
        Bind(
            binding, inputs, _tokens, PackedInputs.InputIds, PackedInputs.PositionIds, PackedInputs.Offsets, bucket);
        if (inputs.Contains(PackedInputs.DecoderInputIds))
        {
            Bind(
                binding, inputs, _decoder, PackedInputs.DecoderInputIds, PackedInputs.DecoderPositionIds,
                PackedInputs.DecoderOffsets, bucket: null);
        }

        if (inputs.Contains(PackedInputs.TokenTypeIds))
        {
            binding.SetInput(PackedInputs.TokenTypeIds, _tokenTypeIds.AsSpan(0, Tokens), tokens);
        }

        _images.Bind(binding, inputs);
        _states.Bind(binding, inputs, Tokens);
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

    private static void Bind(
        Binding binding, IReadOnlySet<string> inputs, TokenList tokens, string ids, string positions, string offsets,
        Bucket? bucket)
    {
        if (inputs.Contains(ids))
        {
            binding.SetInput(ids, tokens.Ids, [tokens.Count]);
        }

        if (inputs.Contains(offsets))
        {
            ReadOnlySpan<long> filled = bucket is null ? tokens.Offsets : bucket.FillUp(tokens.Offsets);
            binding.SetInput(offsets, filled, [filled.Length]);
        }

        if (inputs.Contains(positions))
        {
            binding.SetInput(positions, tokens.Positions, [tokens.Count]);
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
        int tokens = 0, decoded = 0;
        foreach (int index in indices)
        {
            tokens += examples[index].InputIds.Length * copies;
            decoded += (examples[index].DecoderIds?.Length ?? 0) * copies;
        }

        Start(tokens, decoded);
        int chosen = 0;
        for (int b = 0; b < Sequences; b++)
        {
            TokenizedExample example = examples[indices[b % indices.Length]];
            _outputOffsets[b] = chosen;
            int first = example.DecoderIds is null ? Tokens : _decoder.Count;
            int outputs = example.OutputTokens?.Length ?? (example.DecoderIds ?? example.InputIds).Length;
            for (int i = 0; i < outputs; i++, chosen++)
            {
                _outputTokens[chosen] = first + (example.OutputTokens?[i] ?? i);
            }

            for (int i = 0; i < example.InputIds.Length; i++)
            {
                _tokenTypeIds[Tokens + i] = example.TokenTypeIds[i];
            }

            _tokens.Add(example.InputIds);
            _decoder.Add(example.DecoderIds);
        }

        _outputOffsets[Sequences] = chosen;
        _images.Fill(examples, indices, copies);
        _states.Fill(examples, indices, copies);
    }

    private void Start(int tokens, int decoded)
    {
        _tokens.Start(Sequences, tokens);
        _decoder.Start(Sequences, decoded);
        if (_tokenTypeIds.Length < tokens)
        {
            _tokenTypeIds = new long[tokens];
        }

        if (_outputTokens.Length < Math.Max(tokens, decoded))
        {
            _outputTokens = new long[Math.Max(tokens, decoded)];
        }

        if (_outputOffsets.Length < Sequences + 1)
        {
            _outputOffsets = new int[Sequences + 1];
        }
    }
}
