namespace OrtTrainer.Studies.Soups;

/// <summary>A run beside the soup.</summary>
/// <param name="Run">Its output folder.</param>
/// <param name="Score">Its weights' score on the evaluation data of the first run; NaN where not defined.</param>
/// <param name="Place">The place in which it went into the soup, from 1; null if it was left out.</param>
public sealed record SoupScore(string Run, double Score, int? Place);
