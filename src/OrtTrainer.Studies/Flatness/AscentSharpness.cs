namespace OrtTrainer.Studies.Flatness;

/// <summary>How much the loss rises by one ascent step to the border of a ball round the weights.</summary>
/// <param name="Rho">The ball's radius.</param>
/// <param name="Loss">The loss after the step.</param>
/// <param name="Increase">That loss less the loss at the weights: the sharpness. Weight decay is no part of
/// it.</param>
internal sealed record AscentSharpness(double Rho, double Loss, double Increase);
