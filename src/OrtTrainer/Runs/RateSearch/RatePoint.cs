namespace OrtTrainer.Runs.RateSearch;

/// <summary>A step of a range test.</summary>
/// <param name="Rate">The learning rate.</param>
/// <param name="Loss">The mean loss of its examples, before the update.</param>
/// <param name="Smoothed">The running mean of the losses so far.</param>
internal readonly record struct RatePoint(double Rate, double Loss, double Smoothed);
