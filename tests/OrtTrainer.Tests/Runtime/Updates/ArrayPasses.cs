using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Updates;
using OrtTrainer.Training.Averaging;

namespace OrtTrainer.Tests.Runtime.Updates;

/// <summary>What one optimizer step reads and writes, for tests that write their numbers into arrays.</summary>
internal readonly record struct ArrayStep
{
    public ArrayStep()
    {
    }

    public required float[] Parameters { get; init; }

    public required float[] Gradients { get; init; }

    public required double LearningRate { get; init; }

    public double GradientScale { get; init; } = 1;

    public BlockMap? NonZeroGradients { get; init; }

    public float[]? Average { get; init; }

    public double AverageWeight { get; init; }
}

/// <summary>Passes over buffers of the default device with the values of arrays, which are changed as they
/// are.</summary>
internal static class ArrayPasses
{
    public static WeightBuffer Buffer(params ReadOnlySpan<float> values)
    {
        WeightBuffer buffer = new(Device.Default, values.Length);
        buffer.Write(0, values);
        return buffer;
    }

    public static float[] ToArray(this WeightBuffer buffer) => buffer.Read(0, (int)buffer.Length);

    public static void Step(this Optimizer optimizer, ArrayStep step)
    {
        using WeightBuffer parameters = Buffer(step.Parameters);
        using WeightBuffer gradients = Buffer(step.Gradients);
        using WeightBuffer? average = step.Average is null ? null : Buffer(step.Average);
        optimizer.Step(new StepInputs
        {
            Parameters = parameters,
            Gradients = gradients,
            LearningRate = step.LearningRate,
            GradientScale = step.GradientScale,
            NonZeroGradients = step.NonZeroGradients,
            Average = average,
            AverageWeight = step.AverageWeight,
        });
        parameters.Read(0, step.Parameters);
        average?.Read(0, step.Average);
    }

    public static double Measure(this GradientNorm norm, float[] gradients)
    {
        using WeightBuffer buffer = Buffer(gradients);
        return norm.Measure(buffer);
    }

    public static void Climb(this WeightAscent ascent, float[] weights, float[] gradients) =>
        Change(weights, gradients, ascent.Climb);

    public static void Return(this WeightAscent ascent, float[] weights) => Change(weights, ascent.Return);

    public static void Mix(this WeightMix mix, float[] weights, ulong key) => Change(weights, w => mix.Mix(w, key));

    public static void Unmix(this WeightMix mix, float[] weights, float[] gradients) =>
        Change(weights, gradients, mix.Unmix);

    public static void Start(this AveragedWeights average, float[] weights) => Change(weights, average.Start);

    public static void Update(this AveragedWeights average, float[] weights, long step) =>
        Change(weights, w => average.Update(w, step));

    public static void Variance(this WeightMoments moments, float[] variance) => Change(variance, moments.Variance);

    private static void Change(float[] values, Action<WeightBuffer> pass)
    {
        using WeightBuffer buffer = Buffer(values);
        pass(buffer);
        buffer.Read(0, values);
    }

    private static void Change(float[] weights, float[] gradients, Action<WeightBuffer, WeightBuffer> pass) =>
        Change(weights, w => Change(gradients, g => pass(w, g)));
}
