using OrtTrainer.Randomness;

namespace OrtTrainer.Models;

/// <summary>Starting values of parameters without a checkpoint.</summary>
internal static class ParameterInitializer
{
    /// <summary>
    /// Fills <paramref name="values"/>; each parameter has a random sequence of its own, so none depends on another.
    /// </summary>
    /// <param name="parameter">Says how it starts.</param>
    /// <param name="values">Its elements.</param>
    /// <param name="deviation">The standard deviation of <see cref="ParameterInitialization.Normal"/>.</param>
    /// <param name="seed">Fixes the values together with the parameter's name.</param>
    public static void Fill(ParameterSpec parameter, Span<float> values, double deviation, long seed)
    {
        switch (parameter.Initialization)
        {
            case ParameterInitialization.Zeros:
                values.Clear();
                break;
            case ParameterInitialization.Ones:
                values.Fill(1);
                break;
            case ParameterInitialization.ByInputs:
                SeededRandom uniform = SeededRandom.For((ulong)seed, parameter.Name);
                double bound = 1 / Math.Sqrt(parameter.Shape[1]);
                foreach (ref float value in values)
                {
                    value = (float)(bound * ((2 * uniform.NextDouble()) - 1));
                }

                break;
            default:
                SeededRandom random = SeededRandom.For((ulong)seed, parameter.Name);
                deviation = parameter.Initialization == ParameterInitialization.HeNormal
                    ? Math.Sqrt(2.0 * parameter.Shape[1] / parameter.Length)
                    : deviation;
                foreach (ref float value in values)
                {
                    value = (float)(deviation * random.NextGaussian());
                }

                break;
        }
    }
}
