namespace OrtTrainer.Training.Batches;

/// <summary>An example as a model takes it.</summary>
/// <param name="InputIds">Token ids with special tokens.</param>
/// <param name="TokenTypeIds">Segment per token: 0 for the first text, 1 for the second.</param>
/// <param name="Targets">Class probabilities, 0/1 per label, or values: [K]. Empty where there is no label.</param>
public sealed record TokenizedExample(int[] InputIds, int[] TokenTypeIds, float[] Targets);
