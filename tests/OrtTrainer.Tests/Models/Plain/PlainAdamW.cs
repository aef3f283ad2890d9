namespace OrtTrainer.Tests.Models.Plain;

/// <summary>
/// AdamW (Loshchilov and Hutter, 2019) in float64 with bias correction, after clipping by the global norm. A step
/// clears the gradients.
/// </summary>
internal sealed class PlainAdamW
{
    public const double Rate = 1e-3;
    public const double Beta1 = 0.9;
    public const double Beta2 = 0.999;
    public const double Epsilon = 1e-6;
    public const double WeightDecay = 0.01;
    public const double LargestNorm = 1;

    private readonly Dictionary<string, (double[,] First, double[,] Second)> _moments = new(StringComparer.Ordinal);
    private int _steps;

    /// <summary>Biases and the parameters of layer normalization are not drawn towards 0.</summary>
    public static bool Decays(string name) => !name.EndsWith(".bias", StringComparison.Ordinal)
        && !name.EndsWith("LayerNorm.weight", StringComparison.Ordinal)
        && !name.EndsWith("norm.weight", StringComparison.Ordinal)
        && !name.Contains(".ln_", StringComparison.Ordinal);

    public void Step(IReadOnlyDictionary<string, Tensor> parameters)
    {
        _steps++;
        double norm = Math.Sqrt(parameters.Values.Sum(p => p.Gradient.Cast<double>().Sum(g => g * g)));
        double scale = Math.Min(1, LargestNorm / (norm + 1e-6));
        foreach ((string name, Tensor parameter) in parameters)
        {
            (int rows, int columns) = (parameter.Rows, parameter.Columns);
            if (!_moments.TryGetValue(name, out (double[,] First, double[,] Second) m))
            {
                _moments[name] = m = (new double[rows, columns], new double[rows, columns]);
            }

            for (int r = 0; r < rows; r++)
            {
                for (int c = 0; c < columns; c++)
                {
                    double g = scale * parameter.Gradient[r, c];
                    m.First[r, c] = (Beta1 * m.First[r, c]) + ((1 - Beta1) * g);
                    m.Second[r, c] = (Beta2 * m.Second[r, c]) + ((1 - Beta2) * g * g);
                    double mean = m.First[r, c] / (1 - Math.Pow(Beta1, _steps));
                    double root = Math.Sqrt(m.Second[r, c] / (1 - Math.Pow(Beta2, _steps)));
                    double decay = Decays(name) ? WeightDecay * parameter.Value[r, c] : 0;
                    parameter.Value[r, c] -= Rate * ((mean / (root + Epsilon)) + decay);
                }
            }

            Array.Clear(parameter.Gradient);
        }
    }
}
