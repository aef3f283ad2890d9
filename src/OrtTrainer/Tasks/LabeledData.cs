using OrtTrainer.Data;
using OrtTrainer.Data.Sources;

namespace OrtTrainer.Tasks;

/// <summary>Reads files as a task does.</summary>
internal static class LabeledData
{
    /// <summary>
    /// Reads the files of a run, settles the labels and splits off an evaluation part where no file is given for it.
    /// </summary>
    /// <param name="options">The files, and how to read them.</param>
    /// <param name="note">Told what the look of a file decided, such as its delimiter; null for nobody.</param>
    /// <param name="cancellation">Ends the reading between two blocks of a file.</param>
    /// <param name="known">The names of the outputs of the model that is trained on; null where it has none.</param>
    /// <exception cref="DataFileException">
    /// A file that cannot be read, without rows, with a bad label, with one
    /// class only, or with a label that is not in train.
    /// </exception>
    public static DataSplits Load(
        DataOptions options, Action<string>? note = null, CancellationToken cancellation = default,
        IReadOnlyList<string>? known = null)
    {
        options = WithSplits(options, note);
        Dataset train = LoadTrain(options, note, cancellation, known);
        Dataset? test = options.Test is null ? null : Read(options.Test, options, train.Labels, note, cancellation);
        if (options.Eval is not null)
        {
            Dataset eval = Read(options.Eval, options, train.Labels, note, cancellation);
            return new DataSplits(train, eval, test, options.Eval);
        }

        if (train.Count < 2)
        {
            throw new DataFileException(
                options.Train, null, "one example cannot be split; add rows, or give a file to evaluate on.");
        }

        if (options.Folds is { } folds)
        {
            return Fold(train, test, options, folds);
        }

        (int[] kept, int[] heldOut) = StratifiedSplit.Of(train, options.EvalFraction, options.SplitSeed);
        string origin = FormattableString.Invariant(
            $"{heldOut.Length} of the {train.Count} rows of {options.Train}, stratified, seed {options.SplitSeed}");
        return new DataSplits(train.Take(kept), train.Take(heldOut), test, origin);
    }

    private static DataSplits Fold(Dataset train, Dataset? test, DataOptions options, int folds)
    {
        int fold = options.Fold ?? 1;
        int[] places = FoldSplit.Of(train, folds, options.SplitSeed);
        ILookup<bool, int> parts = Enumerable.Range(0, train.Count).ToLookup(row => places[row] == fold - 1);
        string grouped = options.GroupColumn is { } column ? $", whole groups of {column}" : "";
        string origin = FormattableString.Invariant(
            $"fold {fold} of {folds} of {options.Train}, stratified{grouped}, seed {options.SplitSeed}");
        return new DataSplits(train.Take([.. parts[false]]), train.Take([.. parts[true]]), test, origin);
    }

    /// <summary>Reads the file to train on, all of its rows, and settles the labels.</summary>
    /// <param name="options">The files, and how to read them.</param>
    /// <param name="note">Told what the look of a file decided, such as its delimiter; null for nobody.</param>
    /// <param name="cancellation">Ends the reading between two blocks of a file.</param>
    /// <param name="known">The names of the outputs of the model that is trained on; null where it has none.</param>
    /// <param name="unlabeled">Takes the rows whose label is empty, which are then left out, unless all are such; null
    /// to refuse them.</param>
    /// <inheritdoc cref="Load"/>
    public static Dataset LoadTrain(
        DataOptions options, Action<string>? note = null, CancellationToken cancellation = default,
        IReadOnlyList<string>? known = null, ICollection<UnlabeledRow>? unlabeled = null)
    {
        ModelTask task = options.Task;
        string source = task.TakesImages ? options.Train : DataFiles.Train(options.Train);
        Example[] rows = Labeled([.. Rows(source, options, note, cancellation)], options.Task, unlabeled);
        options.Weights?.Require(source, rows);

        // Looked for even where the model has labels: the rows must show that there is something to learn.
        LabelMap? found = InDeclaredOrder(
            source, options, ByFile(source, rows, (file, some) => task.FindLabels(file, some, options.Columns)));
        LabelMap? labels =
            options.ModelLabels is { } names ? task.LabelsOf(names)
            : found is not null && known is not null ? KnownLabels.Choose(task, source, found, known, note)
            : found;
        return ByFile(source, rows, (file, some) => task.Label(file, some, labels, options.Columns));
    }

    /// <summary>Reads a file with labels that are settled.</summary>
    /// <param name="file">The file.</param>
    /// <param name="options">How it is read.</param>
    /// <param name="labels">The names of the labels; null for tasks without.</param>
    /// <param name="note">Told what the look of the file decided, such as its delimiter; null for nobody.</param>
    /// <param name="cancellation">Ends the reading between two blocks of the file.</param>
    /// <param name="unlabeled">Takes the rows whose label is empty, which are then left out, unless all are such; null
    /// to refuse them.</param>
    /// <exception cref="DataFileException">It cannot be read, or has no rows, or a bad or unknown label.</exception>
    public static Dataset Read(
        string file, DataOptions options, LabelMap? labels, Action<string>? note = null,
        CancellationToken cancellation = default, ICollection<UnlabeledRow>? unlabeled = null) =>
        ByFile(
            file, Labeled([.. Rows(file, options, note, cancellation)], options.Task, unlabeled), (source, rows) =>
            options.Task.Label(source, rows, labels, options.Columns));

    private static Example[] Labeled(Example[] rows, ModelTask task, ICollection<UnlabeledRow>? unlabeled)
    {
        UnlabeledRow[] found = unlabeled is null ? [] :
        [
            .. rows.Index().Where(row => task.IsUnlabeled(row.Item))
                .Select(row => new UnlabeledRow(row.Index, row.Item)),
        ];
        if (found.Length == 0 || found.Length == rows.Length)
        {
            return rows;
        }

        foreach (UnlabeledRow row in found)
        {
            unlabeled!.Add(row);
        }

        return [.. rows.Where(row => !task.IsUnlabeled(row))];
    }

    // A folder with splits stands for the one that its place among the options asks for.
    private static DataOptions WithSplits(DataOptions options, Action<string>? note)
    {
        if (options.Task.TakesImages)
        {
            return options;
        }

        DataOptions settled = options with
        {
            Train = DataFiles.Train(options.Train),
            Eval = options.Eval is { } eval ? DataFiles.Eval(eval) : DataFiles.OwnEval(options.Train),
            Test = options.Test is { } test ? DataFiles.Test(test) : null,
        };
        if (options.Eval is null && settled.Eval is not null)
        {
            note?.Invoke($"{settled.Eval} is evaluated on, the data set's own split; name another with --eval.");
        }

        return settled;
    }

    /// <summary>The labels in the order of the data set's own features, where those name all that were found.</summary>
    private static LabelMap? InDeclaredOrder(string source, DataOptions options, LabelMap? found) =>
        found is not null && !options.Task.TakesImages
        && DataFiles.LabelsOf(source, options.Columns.Label) is { } declared && found.Names.All(declared.Contains)
            ? options.Task.LabelsOf(declared)
            : found;

    /// <summary>
    /// Reads what all rows say; where that fails at a row of one file of several, says in which, which a line alone
    /// does not.
    /// </summary>
    private static T ByFile<T>(string source, Example[] rows, Func<string, IReadOnlyList<Example>, T> read)
    {
        try
        {
            return read(source, rows);
        }
        catch (DataFileException failure) when (
            failure.Line is not null && rows.Any(row => row.SourceFile is not null))
        {
            foreach (IGrouping<string, Example> file in rows.GroupBy(row => row.SourceFile ?? source))
            {
                try
                {
                    _ = read(file.Key, [.. file]);
                }
                catch (DataFileException whole) when (whole.Line is null)
                {
                    // A file alone may have too few labels; what failed was a row.
                }
            }

            throw;
        }
    }

    private static IEnumerable<Example> Rows(
        string file, DataOptions options, Action<string>? note, CancellationToken cancellation) =>
        options.Task.ReadFile(file, options, note, cancellation);
}
