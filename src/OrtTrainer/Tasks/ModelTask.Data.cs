using System.Runtime.ExceptionServices;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Images;
using OrtTrainer.Models;
using OrtTrainer.Text;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tasks;

/// <summary>From files to tokens and targets.</summary>
public abstract partial class ModelTask
{
    /// <summary>The columns read where options name none.</summary>
    internal virtual ExampleColumns DefaultColumns { get; } = new(Label: "label");

    /// <summary>The examples of a file of data, or of a folder for tasks that read folders.</summary>
    /// <param name="file">The file.</param>
    /// <param name="options">How it is read.</param>
    /// <param name="note">Told what the look of the file decided, such as its delimiter; null for nobody.</param>
    /// <param name="cancellation">Ends the reading between two blocks of the file.</param>
    /// <exception cref="DataFileException">It cannot be read.</exception>
    internal virtual IEnumerable<Example> ReadFile(
        string file, DataOptions options, Action<string>? note, CancellationToken cancellation) =>
        TableReader.Read(file, options.Table, note, cancellation).SelectMany(row =>
        {
            IEnumerable<Example> examples = ReadExamples(row, options.Columns);
            examples = row.File == file ? examples : examples.Select(e => e with { SourceFile = row.File });
            return options.Weights is { } weights ? examples.Select(e => weights.Of(row, e)) : examples;
        });

    /// <summary>The examples that a row of a table holds: one, or several where a row is a whole document.</summary>
    /// <exception cref="DataFileException">A column is absent, or its field malformed.</exception>
    internal virtual IEnumerable<Example> ReadExamples(DataRow row, ExampleColumns columns) => [columns.Of(row)];

    /// <summary>
    /// The labels that the rows of a training file have; null for tasks without labels. Checks that there is something
    /// to learn.
    /// </summary>
    /// <param name="source">The file, for messages.</param>
    /// <param name="examples">Its rows.</param>
    /// <param name="columns">Where the labels stand, and what parts several in one field.</param>
    /// <exception cref="DataFileException">A label is malformed, or there are too few different ones.</exception>
    internal abstract LabelMap? FindLabels(string source, IReadOnlyList<Example> examples, ExampleColumns columns);

    /// <summary>Whether it reads plain texts, which have neither columns nor labels.</summary>
    internal virtual bool ReadsPlainTexts => false;

    /// <summary>Whether a row's label field is empty where the task needs a label; such rows cannot be learned
    /// from.</summary>
    internal virtual bool IsUnlabeled(Example example) => false;

    /// <summary>The labels of a model in its order (id2label), as data may write them; null for tasks
    /// without.</summary>
    internal virtual LabelMap? LabelsOf(IReadOnlyList<string> names) => LabelMap.OfModel(names);

    /// <summary>
    /// Reads and tokenizes the data of a run, and splits off what it is evaluated on where no file is given for that.
    /// </summary>
    /// <exception cref="DataFileException">A file cannot be used.</exception>
    /// <exception cref="RunException">Options do not fit the task.</exception>
    internal virtual EncodedSplits Load(DataReading reading)
    {
        (DataOptions options, PretrainedModel model) = (reading.Options, reading.Model);
        RequireOwnOptions(options);
        List<string> notes = [], warnings = [.. Assumption is { } assumed ? new[] { assumed } : []];
        DataSplits splits = LabeledData.Load(
            options, notes.Add, reading.Cancellation, model.OutputNames(Head(model.Config.Id2Label.Count)));
        if (splits.Labels is { } labels && !model.Config.NamesLabels && model.HasOutputs(Head(labels.Count)))
        {
            KnownLabels.SayUnnamed(labels, warnings.Add);
        }

        EncodedDataset train = Encoded(splits.Train);
        EncodedDataset eval = Encoded(splits.Eval);
        EncodedDataset? test = splits.Test is null ? null : Encoded(splits.Test);
        return new(splits.Labels, train, eval, test, splits.EvalOrigin,
        [
            .. warnings, .. DataReport.Of(splits, reading.Cancellation).Warnings(), .. LeftOutOf("train", train),
            .. LeftOutOf("eval", eval), .. LeftOutOf("test", test),
        ])
        {
            Notes = [.. notes.Distinct()],
        };

        EncodedDataset Encoded(Dataset part) =>
            Encode(
                part, reading.Tokenizer, reading.MaxLength, reading.Threads, reading.Cancellation, reading.Stride);

        IEnumerable<string> LeftOutOf(string name, EncodedDataset? part) =>
            part is null ? [] : LeftOut(part).Select(line => $"{name}: {line}");
    }

    /// <summary>Reads and tokenizes a file that a trained model is scored on.</summary>
    /// <exception cref="DataFileException">The file cannot be used.</exception>
    /// <exception cref="RunException">Options do not fit the task.</exception>
    internal virtual EncodedDataset LoadScored(ScoredReading reading)
    {
        DataOptions options = reading.Options;
        RequireOwnOptions(options);
        Dataset data = LabeledData.Read(
            options.Train, options, LabelsOf(reading.Outputs), reading.Note, reading.Cancellation);
        return Encode(
            data, reading.Tokenizer, reading.MaxLength, reading.Threads, reading.Cancellation, reading.Stride);
    }

    /// <summary>What a step learns from, drawn from the examples; null where they are learned from as they
    /// are.</summary>
    /// <param name="options">The options of the data.</param>
    /// <param name="tokenizer">The model's.</param>
    /// <param name="outputs">Values per row of the head's output, K.</param>
    /// <param name="seed">Fixes all draws.</param>
    internal virtual ExampleDraw? DrawOf(DataOptions options, ITextEncoder tokenizer, int outputs, long seed) => null;

    /// <summary>
    /// The examples that an exported model is checked on, and the texts they were made of; null for the texts where the
    /// tokenizer is not to be checked.
    /// </summary>
    internal virtual (IReadOnlyList<TokenizedExample> Examples, IReadOnlyList<Example>? Texts) ExportSample(
        EncodedDataset eval) => (eval.Inputs, eval.Source.Examples);

    /// <summary>Turns the label fields of a file's rows into targets.</summary>
    /// <param name="source">The file, for messages.</param>
    /// <param name="examples">The rows, each with a label.</param>
    /// <param name="labels">The names of the labels; null for tasks without.</param>
    /// <param name="columns">How the fields are read; null for <see cref="DefaultColumns"/>.</param>
    /// <exception cref="DataFileException">No rows, or a row whose label is empty, malformed or unknown.</exception>
    internal Dataset Label(
        string source, IReadOnlyList<Example> examples, LabelMap? labels, ExampleColumns? columns = null) =>
        examples.Count > 0
            ? new Dataset(source, examples, labels, Targets(source, examples, labels, columns ?? DefaultColumns))
            : throw new DataFileException(source, null, "there are no rows in it; expected at least one example.");

    /// <summary>What reads the texts for a model.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <exception cref="FileNotFoundException">There is no tokenizer in it.</exception>
    /// <exception cref="InvalidDataException">It cannot be read.</exception>
    internal virtual ITextEncoder OpenTokenizer(string folder) => Tokenizer.Load(folder);

    /// <summary>Refuses a tokenizer that does not give what the task needs.</summary>
    /// <exception cref="ArgumentException">It does not.</exception>
    internal virtual void RequireUsable(ITextEncoder tokenizer)
    {
    }

    /// <summary>Whether labels are tags of words, which have one token or several.</summary>
    internal virtual bool TagsWords => false;

    /// <summary>The most tokens a window shares with the one before where nothing else is said.</summary>
    internal const int UsualStride = 128;

    /// <summary>Whether examples that are too long are read in windows; otherwise they are cut.</summary>
    internal virtual bool ReadsInWindows => false;

    /// <summary>An example as tokens: one input, or several where it is read in windows.</summary>
    /// <param name="example">The example; its label is not looked at.</param>
    /// <param name="tokenizer">The model's, one that <see cref="RequireUsable"/> accepts.</param>
    /// <param name="maxLength">The most tokens of an input; null for no limit.</param>
    /// <param name="stride">How many tokens a window shares with the one before; null for the task's own
    /// number.</param>
    /// <exception cref="RunException">The example cannot be made to fit.</exception>
    internal virtual IReadOnlyList<TokenizedExample> Encode(
        Example example, ITextEncoder tokenizer, int? maxLength, int? stride = null)
    {
        TokenizedExample whole = Tokenize(example, tokenizer, EncodeOptions.Default);
        return
        [
            maxLength is null || whole.InputIds.Length <= maxLength
                ? whole
                : Tokenize(example, tokenizer, new EncodeOptions { MaxLength = maxLength }) with
                {
                    FullLength = whole.InputIds.Length,
                },
        ];
    }

    /// <summary>What the tokens of a data set leave out of it, one line each; none where all is there.</summary>
    internal virtual IEnumerable<string> LeftOut(EncodedDataset data) => data.Lengths.Cut is { } cut ? [cut] : [];

    /// <summary>Tokenizes a data set on several threads; results keep the order.</summary>
    /// <param name="data">The examples.</param>
    /// <param name="tokenizer">The model's.</param>
    /// <param name="maxLength">The most tokens per input.</param>
    /// <param name="threads">At most so many threads, 1 or more.</param>
    /// <param name="cancellation">Stops between two examples.</param>
    /// <param name="stride">How many tokens a window shares with the one before; null for the task's own
    /// number.</param>
    /// <exception cref="DataFileException">An example cannot be made to fit.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    internal EncodedDataset Encode(
        Dataset data, ITextEncoder tokenizer, int maxLength, int threads, CancellationToken cancellation = default,
        int? stride = null)
    {
        IReadOnlyList<TokenizedExample>[] examples = new IReadOnlyList<TokenizedExample>[data.Count];
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = threads, CancellationToken = cancellation };
        try
        {
            Parallel.For(0, data.Count, parallel, EncodeRow);
        }
        catch (AggregateException exception)
        {
            ExceptionDispatchInfo.Throw(exception.InnerExceptions[0]);
        }

        TokenizedExample[] inputs = [.. examples.SelectMany(windows => windows)];
        int[] first = new int[examples.Length + 1];
        for (int example = 0; example < examples.Length; example++)
        {
            first[example + 1] = first[example] + examples[example].Count;
        }

        int[] sources = [.. examples.SelectMany((windows, example) => windows.Select(_ => example))];
        return new EncodedDataset(data, inputs, Align(data, inputs, sources), maxLength) { FirstInputs = first };

        void EncodeRow(int row)
        {
            // The loop itself looks at the token only now and then, and a text may be a book.
            cancellation.ThrowIfCancellationRequested();
            Example example = data.Examples[row];
            try
            {
                examples[row] = Encode(example, tokenizer, maxLength, stride);
            }
            catch (RunException refused)
            {
                throw new DataFileException(
                    example.SourceFile ?? data.Source, example.Line, refused.Message, refused);
            }
        }
    }

    /// <summary>
    /// An example as tokens. What decoding needs beside them, such as places in the text, is in a record derived from
    /// <see cref="TokenizedExample"/>.
    /// </summary>
    private protected virtual TokenizedExample Tokenize(Example example, ITextEncoder tokenizer, EncodeOptions options)
    {
        TokenIds tokens = tokenizer.EncodeIds(example.Text, example.Pair, options);
        return new TokenizedExample(tokens.Ids, tokens.TypeIds);
    }

    /// <summary>
    /// The targets in the rows of the head's output; those of the data where the head answers once per sequence.
    /// </summary>
    /// <param name="data">Examples and their targets.</param>
    /// <param name="inputs">The inputs of all examples, in order, [M].</param>
    /// <param name="sources">The example that each input comes from, [M].</param>
    private protected virtual TaskTargets Align(
        Dataset data, IReadOnlyList<TokenizedExample> inputs, IReadOnlyList<int> sources) => data.Targets;

    private void RequireOwnOptions(DataOptions options)
    {
        if (options.Masking != new MaskingOptions())
        {
            throw new RunException(
                $"Options of masking are given, but the task is {Name}, which masks nothing; leave them out.");
        }

        if (!TakesImages && options.Augmentation != new AugmentationOptions())
        {
            throw new RunException(
                $"Images are to be changed or mixed at random, but the task is {Name}, which has none; leave that " +
                "out.");
        }
    }

    /// <summary>The tokenizer, if it is one that tells the place of every token in its text.</summary>
    /// <param name="tokenizer">The model's.</param>
    /// <param name="reader">What needs the places, for the message.</param>
    /// <exception cref="ArgumentException">It is another.</exception>
    private protected static Tokenizer WithPlaces(ITextEncoder tokenizer, string reader) => tokenizer as Tokenizer
        ?? throw new ArgumentException(
            $"{reader} needs the place of every token in its text, which {tokenizer.GetType().Name} does not give. Use "
            + "the tokenizer of the model's folder.", nameof(tokenizer));

    /// <summary>What the label fields say, a target per example; <see cref="Label"/> documents the rest.</summary>
    private protected abstract TaskTargets Targets(
        string source, IReadOnlyList<Example> examples, LabelMap? labels, ExampleColumns columns);
}
