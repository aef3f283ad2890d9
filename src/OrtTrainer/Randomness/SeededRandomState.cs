namespace OrtTrainer.Randomness;

/// <summary>Where a <see cref="SeededRandom"/> stands: four words, of which at least one is not zero.</summary>
internal readonly record struct SeededRandomState(ulong S0, ulong S1, ulong S2, ulong S3);
