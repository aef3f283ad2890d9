using OrtTrainer.Randomness;

namespace OrtTrainer.Studies.Tuning;

/// <summary>
/// Probabilities of the values of a list: of each trial a kernel that has its value and, with the weight of one trial
/// shared by all, every other.
/// </summary>
internal sealed class ChoiceParzen : IParzenEstimate
{
    private readonly double[] _probabilities;

    /// <param name="count">Values of the list.</param>
    /// <param name="places">The trials' places in it.</param>
    public ChoiceParzen(int count, IReadOnlyList<double> places)
    {
        double[] weights = ParzenWeights.Of(places.Count);
        // A kernel is 1 / (kernels) of everything and 1 of its own value, made to sum to one.
        double floor = 1.0 / weights.Length;
        double sum = 1 + (count * floor);
        _probabilities = new double[count];
        Array.Fill(_probabilities, weights[^1] / count);
        for (int i = 0; i < places.Count; i++)
        {
            for (int value = 0; value < count; value++)
            {
                _probabilities[value] += weights[i] * (floor + (value == (int)places[i] ? 1 : 0)) / sum;
            }
        }
    }

    /// <inheritdoc/>
    public double Draw(SeededRandom random) => DrawnPlace.Of(_probabilities, random);

    /// <inheritdoc/>
    public double LogDensity(double value) => Math.Log(_probabilities[(int)value]);
}
