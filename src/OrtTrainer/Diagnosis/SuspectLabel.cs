namespace OrtTrainer.Diagnosis;

/// <summary>A row whose label is probably wrong.</summary>
/// <param name="Row">The row, from 0.</param>
/// <param name="Given">The class that it has.</param>
/// <param name="Likely">The class that it seems to be of.</param>
/// <param name="GivenProbability">The probability of the one.</param>
/// <param name="LikelyProbability">The probability of the other.</param>
internal readonly record struct SuspectLabel(
    int Row, int Given, int Likely, double GivenProbability, double LikelyProbability);
