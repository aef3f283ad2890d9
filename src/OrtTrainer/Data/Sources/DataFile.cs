namespace OrtTrainer.Data.Sources;

/// <summary>A file of data.</summary>
/// <param name="Path">Where it is, as messages call it.</param>
/// <param name="Features">The names of labels that its data set knows.</param>
internal sealed record DataFile(string Path, DatasetFeatures Features);
