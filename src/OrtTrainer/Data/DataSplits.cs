namespace OrtTrainer.Data;

/// <summary>The data of a run: what it learns from, what guides it, and what it is judged on at the end.</summary>
/// <param name="Train">The examples to learn from.</param>
/// <param name="Eval">The examples to choose weights by, never learnt from.</param>
/// <param name="Test">The examples to report on, never chosen by; null where no file was given.</param>
/// <param name="EvalOrigin">Where <paramref name="Eval"/> comes from, in words to print and save.</param>
public sealed record DataSplits(Dataset Train, Dataset Eval, Dataset? Test, string EvalOrigin)
{
    /// <summary>The names of the labels; null for regression.</summary>
    public LabelMap? Labels => Train.Labels;

    /// <summary>
    /// Reads the files, settles the labels and splits off an evaluation part where no file is given for it.
    /// </summary>
    /// <param name="options">The files, and how to read them.</param>
    /// <param name="note">Told what the look of a file decided, such as its delimiter; null for nobody.</param>
    /// <param name="cancellation">Ends the reading between two blocks of a file.</param>
    /// <exception cref="DataFileException">
    /// A file that cannot be read, without rows, with a bad label, with one
    /// class only, or with a label that is not in train.
    /// </exception>
    public static DataSplits Load(
        DataOptions options, Action<string>? note = null, CancellationToken cancellation = default)
    {
        Dataset train = LoadTrain(options, note, cancellation);
        Dataset? test = options.Test is null ? null : Encode(options.Test);
        if (options.Eval is not null)
        {
            return new DataSplits(train, Encode(options.Eval), test, options.Eval);
        }

        if (train.Count < 2)
        {
            throw new DataFileException(
                options.Train, null, "one example cannot be split; add rows, or give a file to evaluate on.");
        }

        (int[] kept, int[] heldOut) = StratifiedSplit.Of(train, options.EvalFraction, options.SplitSeed);
        string origin = FormattableString.Invariant(
            $"{heldOut.Length} of the {train.Count} rows of {options.Train}, stratified, seed {options.SplitSeed}");
        return new DataSplits(train.Take(kept), train.Take(heldOut), test, origin);

        Dataset Encode(string file) => Dataset.Of(
            file, Read(file, options, note, cancellation), options.Task, train.Labels, options.LabelSeparator);
    }

    /// <summary>Reads the file to train on, all of its rows, and settles the labels.</summary>
    /// <inheritdoc cref="Load"/>
    public static Dataset LoadTrain(
        DataOptions options, Action<string>? note = null, CancellationToken cancellation = default)
    {
        List<Example> rows = Read(options.Train, options, note, cancellation);
        LabelMap? labels = options.Task == TaskKind.Regression ? null : Labelled(rows, options);
        return Dataset.Of(options.Train, rows, options.Task, labels, options.LabelSeparator);
    }

    private static List<Example> Read(
        string file, DataOptions options, Action<string>? note, CancellationToken cancellation)
    {
        ExampleColumns columns = new(options.TextColumn, options.PairColumn, options.LabelColumn);
        return [.. TableReader.Read(file, options.Table, note, cancellation).Select(columns.Of)];
    }

    /// <summary>
    /// The model's labels, or those in the rows; either way the rows must show at least two different ones.
    /// </summary>
    private static LabelMap Labelled(List<Example> rows, DataOptions options)
    {
        HashSet<string> found = [.. rows.SelectMany(row =>
            LabelFields.Names(row, options.Train, options.Task, options.LabelSeparator))];
        // One label that some rows have and others lack is a task; of several labels that exclude each other there
        // must be two.
        int needed = options.Task == TaskKind.Classification ? 2 : 1;
        if (rows.Count > 0 && found.Count < needed)
        {
            throw new DataFileException(
                options.Train,
                null,
                found.Count == 0
                    ? $"no row has a label in column '{options.LabelColumn}'; there is nothing to learn."
                    : $"all {rows.Count} rows have the label '{found.Single()}' in column '{options.LabelColumn}'; "
                    + "expected at least two different ones. Is it the right column?");
        }

        return options.ModelLabels is null ? LabelMap.OfData(found) : LabelMap.OfModel(options.ModelLabels);
    }
}
