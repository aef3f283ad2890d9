using OrtTrainer.Randomness;

namespace OrtTrainer.Studies.Tuning;

/// <summary>A density that was estimated from the values of some trials.</summary>
internal interface IParzenEstimate
{
    /// <summary>A value drawn from it.</summary>
    double Draw(SeededRandom random);

    /// <summary>The logarithm of the density at a value; of the probability where values are discrete.</summary>
    double LogDensity(double value);
}
