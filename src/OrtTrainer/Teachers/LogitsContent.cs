namespace OrtTrainer.Teachers;

/// <summary>What a file of logits says, before it is compared with the data.</summary>
/// <param name="Values">[rows, K] in the file's own order of labels.</param>
/// <param name="Rows">Rows.</param>
/// <param name="Outputs">K.</param>
/// <param name="Labels">The names of the columns, or null where the file has none.</param>
/// <param name="RowHashes">A number per text, as <see cref="TextHash.Rows"/> gives it, or null.</param>
/// <param name="Origin">Where they come from, or null.</param>
internal sealed record LogitsContent(
    float[] Values, int Rows, int Outputs, IReadOnlyList<string>? Labels, long[]? RowHashes = null,
    LogitsOrigin? Origin = null);
