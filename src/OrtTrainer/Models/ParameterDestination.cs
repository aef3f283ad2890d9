namespace OrtTrainer.Models;

/// <summary>The elements from <paramref name="offset"/> on of a flat buffer.</summary>
public delegate Span<float> ParameterDestination(long offset, int length);
