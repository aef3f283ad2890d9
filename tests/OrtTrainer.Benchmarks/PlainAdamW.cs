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
    private const float Rate = 5e-5f, Beta1 = 0.9f, Beta2 = 0.999f, Epsilon = 1e-8f, Decay = 0.01f, ClipNorm = 1;

    private readonly float[] _first = new float[parameters.Length];
    private readonly float[] _second = new float[parameters.Length];
    private int _step;

    /// <summary>One step.</summary>
    public void Step()
    {
        _step++;
        double[] squares = new double[threads];
        InParts((part, start, length) =>
        {
            // Sums of few elements, so that a float holds them.
            const int Chunk = 4096;
            for (int at = start; at < start + length; at += Chunk)
            {
                ReadOnlySpan<float> values = gradients.Span.Slice(at, Math.Min(Chunk, start + length - at));
                squares[part] += TensorPrimitives.SumOfSquares(values);
            }
        });
        double norm = Math.Sqrt(squares.Sum());
        float clip = norm > ClipNorm ? (float)(ClipNorm / norm) : 1;
        float rate = (float)(Rate * Math.Sqrt(1 - Math.Pow(Beta2, _step)) / (1 - Math.Pow(Beta1, _step)));
        InParts((_, start, length) => Update(start, length, clip, rate));
    }

    private void Update(int start, int length, float clip, float rate)
    {
        Span<float> weights = parameters.Span.Slice(start, length);
        ReadOnlySpan<float> changes = gradients.Span.Slice(start, length);
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

    private void InParts(Action<int, int, int> work) => Parallel.For(0, threads, part =>
    {
        int start = (int)(parameters.Length * part / threads);
        work(part, start, (int)(parameters.Length * (part + 1) / threads) - start);
    });
}
