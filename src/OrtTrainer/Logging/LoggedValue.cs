namespace OrtTrainer.Logging;

/// <summary>A number of a run at a step.</summary>
/// <param name="Name">What it is, such as <c>train/loss</c> or <c>eval/live/accuracy</c>.</param>
/// <param name="Value">The number, which may be none (NaN).</param>
internal readonly record struct LoggedValue(string Name, double Value);
