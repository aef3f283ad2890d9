using OrtTrainer.Graph;
using OrtTrainer.Runtime;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Methods;

/// <summary>
/// What a batch needs beside its tokens to compare a student's layers with a teacher's: means over the tokens of each
/// sequence, and the states of the layers drawn.
/// </summary>
/// <param name="targets">The teacher's layers.</param>
internal sealed class LayerBatch(LayerTargets targets) : LossInput
{
    private const string PoolingName = "pooling";

    private float[] _pooling = [];
    private float[][] _states = [];
    private long[] _poolingShape = [];
    private long[] _stateShape = [];

    internal override void Fill(BatchRows rows)
    {
        FillPooling(rows.Offsets);
        ReadOnlySpan<int> layers = targets.Draw.At(rows.Step);
        int length = rows.Examples.Length * targets.Width;
        if (_states.Length != layers.Length || _states[0].Length < length)
        {
            _states = [.. Enumerable.Range(0, layers.Length).Select(_ => new float[length])];
        }

        for (int i = 0; i < layers.Length; i++)
        {
            for (int b = 0; b < rows.Examples.Length; b++)
            {
                targets.State(rows.Examples[b], layers[i]).CopyTo(_states[i].AsSpan(b * targets.Width));
            }
        }

        _stateShape = [rows.Examples.Length, targets.Width];
    }

    internal override void Bind(Binding binding)
    {
        binding.SetInput(
            PoolingName, _pooling.AsSpan(0, (int)(_poolingShape[0] * _poolingShape[1])), _poolingShape);
        for (int i = 0; i < _states.Length; i++)
        {
            ReadOnlySpan<float> states = _states[i].AsSpan(0, (int)(_stateShape[0] * _stateShape[1]));
            binding.SetInput(StateName(i), states, _stateShape);
        }
    }

    /// <summary>
    /// 1 / length of the sequence for its own tokens, 0 for others, float [B, T]: takes means over tokens.
    /// </summary>
    internal static Value Pooling(GraphBuilder g) => g.Input(PoolingName, TensorType.Float("batch", "tokens"));

    /// <summary>
    /// The mean state in the teacher's layer that the student's layer, counted from 0, is compared with, float
    /// [B, width].
    /// </summary>
    internal static Value TeacherState(GraphBuilder g, int layer, int width) =>
        g.Input(StateName(layer), TensorType.Float("batch", width));

    private static string StateName(int layer) => $"teacher_state_{layer}";

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
