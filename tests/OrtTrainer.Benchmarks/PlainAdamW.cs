using System.Numerics;
using System.Numerics.Tensors;
using OrtTrainer.Runtime;

namespace OrtTrainer.Benchmarks;

/// <summary>
/// Clipping and AdamW as a program without a pass of its own has them: a loop for the norm and one for the update, in
/// vectors, on all threads.
/// </summary>
/// <param name="parameters">Updated; not disposed here.</param>
/// <param name="gradients">Read.</param>
/// <param name="threads">1 or more.</param>
internal sealed class PlainAdamW(WeightBuffer parameters, WeightBuffer gradients, int threads)
{
    /// <summary>Elements that are copied from a buffer and back at a time, in the nearest cache.</summary>
    private const int Chunk = 4096;

    private const float Rate = 5e-5f, Beta1 = 0.9f, Beta2 = 0.999f, Epsilon = 1e-8f, Decay = 0.01f, ClipNorm = 1;

    private readonly float[] _first = new float[parameters.Length];
    private readonly float[] _second = new float[parameters.Length];
    private int _step;

    /// <summary>One step.</summary>
    public void Step()
    {
        _step++;
        double[] squares = new double[threads];
        InChunks((part, start, changes) =>
        {
            gradients.Read(start, changes);
            squares[part] += TensorPrimitives.SumOfSquares<float>(changes);
        });
        double norm = Math.Sqrt(squares.Sum());
        float clip = norm > ClipNorm ? (float)(ClipNorm / norm) : 1;
        float rate = (float)(Rate * Math.Sqrt(1 - Math.Pow(Beta2, _step)) / (1 - Math.Pow(Beta1, _step)));
        InChunks((_, start, changes) =>
        {
            Span<float> weights = stackalloc float[Chunk];
            weights = weights[..changes.Length];
            gradients.Read(start, changes);
            parameters.Read(start, weights);
            Update(start, weights, changes, clip, rate);
            parameters.Write(start, weights);
        });
    }

    private void Update(int start, Span<float> weights, ReadOnlySpan<float> changes, float clip, float rate)
    {
        int length = weights.Length;
        Span<float> first = _first.AsSpan(start, length), second = _second.AsSpan(start, length);
        Vector<float> epsilon = new(Epsilon);
        int i = 0;
        for (; i <= length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector<float> g = new Vector<float>(changes[i..]) * clip;
            Vector<float> m = (new Vector<float>(first[i..]) * Beta1) + (g * (1 - Beta1));
            Vector<float> v = (new Vector<float>(second[i..]) * Beta2) + (g * g * (1 - Beta2));
            Vector<float> w = new Vector<float>(weights[i..]) * (1 - (Rate * Decay));
            (w - (m * rate / (Vector.SquareRoot(v) + epsilon))).CopyTo(weights[i..]);
            m.CopyTo(first[i..]);
            v.CopyTo(second[i..]);
        }

        for (; i < length; i++)
        {
            float g = changes[i] * clip;
            first[i] = (first[i] * Beta1) + (g * (1 - Beta1));
            second[i] = (second[i] * Beta2) + (g * g * (1 - Beta2));
            weights[i] = (weights[i] * (1 - (Rate * Decay)))
                - (first[i] * rate / (MathF.Sqrt(second[i]) + Epsilon));
        }
    }

    private void InChunks(ChunkWork work) => Parallel.For(0, threads, part =>
    {
        int end = (int)(parameters.Length * (part + 1) / threads);
        Span<float> room = stackalloc float[Chunk];
        for (int start = (int)(parameters.Length * part / threads); start < end; start += Chunk)
        {
            work(part, start, room[..Math.Min(Chunk, end - start)]);
        }
    });

    private delegate void ChunkWork(int part, int start, Span<float> room);
}
