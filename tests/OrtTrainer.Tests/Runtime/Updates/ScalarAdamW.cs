namespace OrtTrainer.Tests.Runtime.Updates;

/// <summary>AdamW written down element by element in float32: what the vector pass must give bit for bit.</summary>
internal sealed class ScalarAdamW(int length, float beta1, float beta2, float epsilon)
{
    public float[] First { get; } = new float[length];

    public float[] Second { get; } = new float[length];

    public void Step(
        Span<float> weights, ReadOnlySpan<float> gradients, Func<int, double> decay, double rate, float scale, int step)
    {
        var stepSize = (float)(rate / (1 - Math.Pow((double)(decimal)beta1, step)));
        var correction = (float)(1 / Math.Sqrt(1 - Math.Pow((double)(decimal)beta2, step)));
        for (var i = 0; i < weights.Length; i++)
        {
            var gradient = gradients[i] * scale;
            First[i] = MathF.FusedMultiplyAdd((float)(1 - (double)(decimal)beta1), gradient - First[i], First[i]);
            Second[i] = MathF.FusedMultiplyAdd(
                beta2, Second[i], (float)(1 - (double)(decimal)beta2) * gradient * gradient);
            var denominator = MathF.FusedMultiplyAdd(MathF.Sqrt(Second[i]), correction, epsilon);
            weights[i] -= MathF.FusedMultiplyAdd(
                (float)(rate * decay(i)), weights[i], stepSize * First[i] / denominator);
        }
    }
}
