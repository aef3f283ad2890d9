namespace OrtTrainer.Studies.Reports.Charts;

/// <summary>One observation in a <see cref="BoxRow"/>.</summary>
/// <param name="Name">What the observation is, such as <c>seed 3</c>.</param>
/// <param name="Value">Its value; one that is not finite is left out of the drawing.</param>
internal readonly record struct BoxPoint(string Name, double Value);
