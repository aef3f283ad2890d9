using OrtTrainer.Models;
using OrtTrainer.Runtime;

namespace OrtTrainer.Training;

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

    /// <summary>The number of sequences, B.</summary>
    public int Sequences { get; private set; }

    /// <summary>The number of tokens, T.</summary>
    public int Tokens { get; private set; }

    /// <summary>The number of targets per sequence, K; 0 without targets.</summary>
    public int Outputs { get; private set; }

    /// <summary>Token ids, [T].</summary>
    public ReadOnlySpan<long> InputIds => _inputIds.AsSpan(0, Tokens);

    /// <summary>Where each sequence starts and the last one ends, [B + 1].</summary>
    public ReadOnlySpan<long> Offsets => _offsets.AsSpan(0, Sequences + 1);

    /// <summary>Targets, [B, K].</summary>
    public ReadOnlySpan<float> Targets => _targets.AsSpan(0, Sequences * Outputs);

    /// <summary>Takes the examples at <paramref name="indices"/>, in that order.</summary>
    public void Fill(IReadOnlyList<TokenizedExample> examples, ReadOnlySpan<int> indices)
    {
        Sequences = indices.Length;
        Tokens = 0;
        Outputs = indices.Length > 0 ? examples[indices[0]].Targets.Length : 0;
        foreach (int index in indices)
        {
            Tokens += examples[index].InputIds.Length;
        }

        Grow();
        int at = 0;
        for (int b = 0; b < indices.Length; b++)
        {
            TokenizedExample example = examples[indices[b]];
            _offsets[b] = at;
            for (int i = 0; i < example.InputIds.Length; i++, at++)
            {
                _inputIds[at] = example.InputIds[i];
                _positionIds[at] = i;
                _tokenTypeIds[at] = example.TokenTypeIds[i];
            }

            example.Targets.CopyTo(_targets, b * Outputs);
        }

        _offsets[Sequences] = at;
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
            binding.SetInput(PackedInputs.Targets, Targets, [Sequences, Outputs]);
        }
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

        if (_targets.Length < Sequences * Outputs)
        {
            _targets = new float[Sequences * Outputs];
        }
    }
}
