namespace OrtTrainer.Tasks;

/// <summary>What decides between outputs and what a user reads.</summary>
/// <param name="Threshold">The least score of a label that is predicted, 0 to 1, where labels do not exclude each
/// other.</param>
/// <param name="NoAnswerThreshold">By how much the logits of no answer must add up to more than those of the best
/// answer for a question to have none; null where every question is answered.</param>
/// <param name="Thresholds">That score label by label, in the model's order; null for one of all.</param>
internal sealed record DecodingOptions(
    float Threshold = 0.5f, double? NoAnswerThreshold = null, IReadOnlyList<double>? Thresholds = null);
