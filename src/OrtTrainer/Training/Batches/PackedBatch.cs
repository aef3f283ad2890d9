using OrtTrainer.Models;
using OrtTrainer.Runtime;

namespace OrtTrainer.Training.Batches;

/// <summary>
/// A batch with its sequences end to end, without padding: T tokens of B sequences. Filled anew for every step; its
/// arrays are kept and only grow.
/// </summary>
public sealed class PackedBatch
{
    private long[] _inputIds = [];
    private long[] _positionIds = [];
    private long[] _tokenTypeIds = [];
    private long[] _offsets = [];
    private float[] _targets = [];
    private float[] _teacher = [];
    private float[] _teacherOffsets = [];
    private float[] _weights = [];
    private long[] _partners = [];
    private LayerBatch? _layers;

    /// <summary>The number of sequences, B.</summary>
    public int Sequences { get; private set; }

    /// <summary>The number of tokens, T.</summary>
    public int Tokens { get; private set; }

    /// <summary>The number of rows of targets: one per sequence, or one per token; 0 without targets.</summary>
    public int Rows { get; private set; }

    /// <summary>The number of targets per row, K; 0 without targets.</summary>
    public int Outputs { get; private set; }

    /// <summary>Token ids, [T].</summary>
    public ReadOnlySpan<long> InputIds => _inputIds.AsSpan(0, Tokens);

    /// <summary>Where each sequence starts and the last one ends, [B + 1].</summary>
    public ReadOnlySpan<long> Offsets => _offsets.AsSpan(0, Sequences + 1);

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
    /// Its targets. If it is twofold, all examples follow once more, every copy counting half: dropout goes by the
    /// place in the batch, so the copies get masks of their own.
    /// </param>
    /// <param name="step">The optimizer step, counted from 0; it decides which layers of a teacher count.</param>
    public void Fill(
        IReadOnlyList<TokenizedExample> examples, ReadOnlySpan<int> indices, TrainingObjective objective,
        long step = 0)
    {
        int copies = objective.IsTwofold ? 2 : 1;
        Pack(examples, indices, copies);
        Label(objective.Targets, indices, copies);
        if (objective.Layers is { } layers)
        {
            (_layers ??= new LayerBatch()).Fill(layers, indices, Offsets, step);
        }
    }

    /// <summary>Gives the batch to a session; only the inputs named in <paramref name="inputs"/> are set.</summary>
    internal void Bind(Binding binding, IReadOnlySet<string> inputs)
    {
        long[] tokens = [Tokens];
        binding.SetInput(PackedInputs.InputIds, InputIds, tokens);
        binding.SetInput(PackedInputs.PositionIds, _positionIds.AsSpan(0, Tokens), tokens);
        binding.SetInput(PackedInputs.Offsets, Offsets, [Sequences + 1]);
        if (inputs.Contains(PackedInputs.TokenTypeIds))
        {
            binding.SetInput(PackedInputs.TokenTypeIds, _tokenTypeIds.AsSpan(0, Tokens), tokens);
        }

        if (inputs.Contains(PackedInputs.Targets))
        {
            BindTargets(binding, inputs);
        }

        if (inputs.Contains(PackedInputs.Pooling))
        {
            (_layers ?? throw new InvalidOperationException(
                "The graph compares layers with a teacher's; the objective has none.")).Bind(binding);
        }
    }

    /// <summary>Gives the targets to a session; only the inputs named in <paramref name="inputs"/> are set.</summary>
    internal void BindTargets(Binding binding, IReadOnlySet<string> inputs)
    {
        long[] rows = [Rows];
        long[] table = [Rows, Outputs];
        binding.SetInput(PackedInputs.Targets, Targets, table);
        binding.SetInput(PackedInputs.TeacherTargets, _teacher.AsSpan(0, Rows * Outputs), table);
        binding.SetInput(PackedInputs.ExampleWeights, _weights.AsSpan(0, Rows), rows);
        if (inputs.Contains(PackedInputs.TeacherOffsets))
        {
            binding.SetInput(PackedInputs.TeacherOffsets, _teacherOffsets.AsSpan(0, Rows), rows);
        }

        if (inputs.Contains(PackedInputs.Partners))
        {
            binding.SetInput(PackedInputs.Partners, _partners.AsSpan(0, Rows), rows);
        }
    }

    /// <summary>Writes the targets' rows, example after example as the head's output has them.</summary>
    private void Label(ExampleTargets targets, ReadOnlySpan<int> indices, int copies)
    {
        Outputs = targets.Outputs;
        Rows = 0;
        foreach (int index in indices)
        {
            Rows += targets.RowsOf(index) * copies;
        }

        GrowRows();
        int apart = Rows / copies;
        for (int b = 0, at = 0; b < Sequences; b++)
        {
            int example = indices[b % indices.Length];
            int rows = targets.RowsOf(example);
            targets.Write(
                example,
                _targets.AsSpan(at * Outputs, rows * Outputs),
                _teacher.AsSpan(at * Outputs, rows * Outputs),
                _teacherOffsets.AsSpan(at, rows),
                _weights.AsSpan(at, rows));
            for (int row = 0; row < rows; row++, at++)
            {
                _weights[at] /= copies;
                _partners[at] = (at + apart) % Rows;
            }
        }
    }

    private void Pack(IReadOnlyList<TokenizedExample> examples, ReadOnlySpan<int> indices, int copies)
    {
        Sequences = indices.Length * copies;
        (Rows, Outputs) = (0, 0);
        Tokens = 0;
        foreach (int index in indices)
        {
            Tokens += examples[index].InputIds.Length * copies;
        }

        Grow();
        int at = 0;
        for (int b = 0; b < Sequences; b++)
        {
            TokenizedExample example = examples[indices[b % indices.Length]];
            _offsets[b] = at;
            for (int i = 0; i < example.InputIds.Length; i++, at++)
            {
                _inputIds[at] = example.InputIds[i];
                _positionIds[at] = i;
                _tokenTypeIds[at] = example.TokenTypeIds[i];
            }
        }

        _offsets[Sequences] = at;
    }

    private void Grow()
    {
        if (_inputIds.Length < Tokens)
        {
            _inputIds = new long[Tokens];
            _positionIds = new long[Tokens];
            _tokenTypeIds = new long[Tokens];
        }

        if (_offsets.Length < Sequences + 1)
        {
            _offsets = new long[Sequences + 1];
        }
    }

    private void GrowRows()
    {
        if (_weights.Length < Rows)
        {
            _weights = new float[Rows];
            _teacherOffsets = new float[Rows];
            _partners = new long[Rows];
        }

        if (_targets.Length < Rows * Outputs)
        {
            _targets = new float[Rows * Outputs];
            _teacher = new float[Rows * Outputs];
        }
    }
}
