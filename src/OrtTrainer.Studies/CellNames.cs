namespace OrtTrainer.Studies;

/// <summary>Some of the cells of a study.</summary>
/// <param name="Wanted">The names that a cell must have, by axis: model, initialization, task, method.</param>
internal sealed record CellNames(IReadOnlyDictionary<string, string> Wanted)
{
    /// <summary>Whether a cell is among them.</summary>
    /// <param name="names">Its names by axis.</param>
    public bool Have(IReadOnlyDictionary<string, string> names) =>
        Wanted.All(wanted => names[wanted.Key] == wanted.Value);
}
