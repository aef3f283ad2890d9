using OrtTrainer.Data;
using OrtTrainer.Tasks;

namespace OrtTrainer.Diagnosis;

/// <summary>Data as they are looked through: rows without a label, which training refuses, are told apart, and texts
/// that are null are empty ones.</summary>
/// <param name="Splits">The rows with labels; eval has none where no file is given for it.</param>
/// <param name="Unlabeled">The rows whose label is empty, of all parts.</param>
/// <param name="LeftOut">Which rows of train those are, from 0.</param>
internal sealed record DiagnosedData(DataSplits Splits, IReadOnlyList<TextPlace> Unlabeled, IReadOnlySet<int> LeftOut)
{
    /// <summary>Reads the files; nothing is split off.</summary>
    /// <param name="options">The files, and how to read them.</param>
    /// <param name="note">Told what the look of a file decided, such as its delimiter; null for nobody.</param>
    /// <param name="cancellation">Ends the reading between two blocks of a file.</param>
    /// <exception cref="DataFileException">A file cannot be used, or no row of it has a label.</exception>
    public static DiagnosedData Read(
        DataOptions options, Action<string>? note = null, CancellationToken cancellation = default)
    {
        options = options with { TakesNullTexts = true };
        List<UnlabeledRow> ofTrain = [], ofEval = [], ofTest = [];
        Dataset train = LabeledData.LoadTrain(options, note, cancellation, unlabeled: ofTrain);
        return new DiagnosedData(
            new DataSplits(
                train, PartOf(options.Eval, ofEval) ?? train.Take([]), PartOf(options.Test, ofTest),
                options.Eval ?? "none"),
            [.. PlacesOf("train", ofTrain), .. PlacesOf("eval", ofEval), .. PlacesOf("test", ofTest)],
            ofTrain.Select(row => row.Row).ToHashSet());

        Dataset? PartOf(string? file, List<UnlabeledRow> unlabeled) => file is null
            ? null
            : LabeledData.Read(file, options, train.Labels, note, cancellation, unlabeled);
    }

    private static IEnumerable<TextPlace> PlacesOf(string split, List<UnlabeledRow> rows) =>
        rows.Select(row => new TextPlace(split, row.Example.Line, row.Example.Text, row.Example.Label));
}
