using OrtTrainer.Models;
using OrtTrainer.Runtime;

namespace OrtTrainer.Training.Batches;

/// <summary>
/// What a batch needs beside its tokens to compare a student's layers with a teacher's. Filled anew for every step; its
/// arrays are kept and only grow.
/// </summary>
internal sealed class LayerBatch
{
    private float[] _pooling = [];
    private float[][] _states = [];
    private long[] _poolingShape = [];
    private long[] _stateShape = [];

    /// <param name="targets">The teacher's layers.</param>
    /// <param name="examples">The examples of the batch, [B].</param>
    /// <param name="offsets">Where each starts among the tokens and the last one ends, [B + 1].</param>
    /// <param name="step">The optimizer step, counted from 0, which decides the layers.</param>
    public void Fill(LayerTargets targets, ReadOnlySpan<int> examples, ReadOnlySpan<long> offsets, long step)
    {
        FillPooling(offsets);
        ReadOnlySpan<int> layers = targets.Draw.At(step);
        int length = examples.Length * targets.Width;
        if (_states.Length != layers.Length || _states[0].Length < length)
        {
            _states = [.. Enumerable.Range(0, layers.Length).Select(_ => new float[length])];
        }

        for (int i = 0; i < layers.Length; i++)
        {
            for (int b = 0; b < examples.Length; b++)
            {
                targets.State(examples[b], layers[i]).CopyTo(_states[i].AsSpan(b * targets.Width));
            }
        }

        _stateShape = [examples.Length, targets.Width];
    }

    /// <summary>Gives it to a session.</summary>
    public void Bind(Binding binding)
    {
        binding.SetInput(
            PackedInputs.Pooling, _pooling.AsSpan(0, (int)(_poolingShape[0] * _poolingShape[1])), _poolingShape);
        for (int i = 0; i < _states.Length; i++)
        {
            ReadOnlySpan<float> states = _states[i].AsSpan(0, (int)(_stateShape[0] * _stateShape[1]));
            binding.SetInput(PackedInputs.TeacherState(i), states, _stateShape);
        }
    }

    private void FillPooling(ReadOnlySpan<long> offsets)
    {
        int sequences = offsets.Length - 1;
        int tokens = (int)offsets[^1];
        int length = checked(sequences * tokens);
        if (_pooling.Length < length)
        {
            _pooling = new float[length];
        }

        _pooling.AsSpan(0, length).Clear();
        for (int b = 0; b < sequences; b++)
        {
            (int first, int end) = ((int)offsets[b], (int)offsets[b + 1]);
            _pooling.AsSpan((b * tokens) + first, end - first).Fill(1f / (end - first));
        }

        _poolingShape = [sequences, tokens];
    }
}
