using System.Text.Json;
using System.Text.Json.Nodes;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Evaluation;
using OrtTrainer.Models;
using OrtTrainer.Reports.Documents;
using OrtTrainer.Text;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Tasks.TokenClassification;

/// <summary>
/// A tag for every word of a text, as for named entities. The first token of a word has its tag; the others are ignored
/// in training and scores.
/// </summary>
internal sealed class TokenClassificationTask : ModelTask
{
    private TokenClassificationTask()
    {
    }

    /// <summary>The task.</summary>
    public static TokenClassificationTask Instance { get; } = new();

    /// <inheritdoc/>
    public override string Name => "token_classification";

    /// <inheritdoc/>
    internal override OutputDistribution Distribution => OutputDistribution.Categorical;

    /// <inheritdoc/>
    internal override bool DecidesClasses => true;

    /// <inheritdoc/>
    internal override IReadOnlyList<Metric> Metrics { get; } =
    [
        Of("f1", sentences => sentences.Entities.F1),
        Of("precision", sentences => sentences.Entities.Precision),
        Of("recall", sentences => sentences.Entities.Recall),
        Of("accuracy", sentences => sentences.Accuracy),
    ];

    /// <inheritdoc/>
    internal override ExampleColumns DefaultColumns { get; } = new(TaggedRow.Words, Label: TaggedRow.Tags);

    /// <inheritdoc/>
    internal override ModelHead Head(int outputs) => new TokenHead(outputs);

    /// <inheritdoc/>
    internal override string DescribeOutputs(int outputs) => $"{outputs} tags";

    /// <inheritdoc/>
    internal override IEnumerable<Example> ReadExamples(DataRow row, ExampleColumns columns) =>
        [TaggedRow.Read(row, columns)];

    /// <inheritdoc/>
    internal override int FewestOutputs => 2;

    /// <inheritdoc/>
    internal override LabelMap FindLabels(string source, IReadOnlyList<Example> examples, ExampleColumns columns) =>
        LabelFields.Enough(
            source, examples.Count, examples.SelectMany(example => TagsOf(example, source)), needed: 2, columns.Label);

    /// <inheritdoc/>
    internal override void RequireUsable(ITextEncoder tokenizer) => _ = WithPlaces(tokenizer, "Token classification");

    /// <inheritdoc/>
    internal override bool TagsWords => true;

    /// <inheritdoc/>
    internal override bool ReadsInWindows => true;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The example is a pair, or the tokenizer gives no places.</exception>
    internal override IReadOnlyList<TokenizedExample> Encode(
        Example example, ITextEncoder tokenizer, int? maxLength, int? stride = null) => example.Pair is null
        ? TokenizedWords.Of(example, WithPlaces(tokenizer, "Token classification"), maxLength, stride)
        : throw new ArgumentException("Tokens are classified in single texts; found a pair.", nameof(example));

    /// <inheritdoc/>
    internal override IEnumerable<string> LeftOut(EncodedDataset data)
    {
        int all = data.Source.Count;
        if (data.Inputs.Count > all)
        {
            int longer = Enumerable.Range(0, all).Count(sentence => data.InputsOf(sentence).Skip(1).Any());
            yield return $"{longer} of {all} examples are longer than {data.MaxLength} tokens and read in windows: "
                + $"{data.Inputs.Count} inputs in all.";
        }

        int words = ((TokenTargets)data.Source.Targets).Ids.Length;
        int without = words - data.Inputs.Sum(input => ((TokenizedWords)input).Decided.Count);
        if (without > 0)
        {
            yield return $"{without} of {words} words have no token: their tags are neither learned nor scored.";
        }

        TaggedExample[] tagged = [.. data.Source.Examples.OfType<TaggedExample>()];
        if (tagged.Count(example => example.HadLongerScheme) is > 0 and var converted)
        {
            yield return $"the tags of {converted} of {all} examples have marks for the last or only word of an entity "
                + "(as in BILOU and IOBES): they are read as B- for the first word and I- for the others (IOB2).";
        }

        if (tagged.Count(example => example.BeganInside) is > 0 and var inside)
        {
            yield return $"in {inside} of {all} examples an entity begins with I- (as in IOB1): it is read as B-.";
        }
    }

    /// <inheritdoc/>
    internal override IEnumerable<ReportBlock> Report(EvaluatedExamples examples, EncodedDataset data) =>
        TaggedReport.Of((TaggedSentences)examples, data.Source);

    /// <inheritdoc/>
    internal override EvaluationAccumulator Evaluate(EncodedDataset data) => new TagAccumulator(data, Metrics);

    /// <inheritdoc/>
    internal override bool TeachesTokens => true;

    /// <summary>A row for every word, of its first token in the window that decides it.</summary>
    internal override TokenRows TeacherRows(EncodedDataset teacher) => new(
        ((TokenTargets)teacher.Source.Targets).Ids.Length,
        WordRows(teacher, input => input.Decided));

    /// <summary>First tokens learn from the row of their word, whatever tokens the teacher has; later tokens of a word
    /// and words that the teacher has no token for learn from labels alone.</summary>
    internal override int[] LearnedRows(EncodedDataset student, EncodedDataset teacher, TokenRows table)
    {
        bool[] filled = table.Filled();
        return
        [
            .. WordRows(student, input => Enumerable.Range(0, input.FirstTokens.Count)).SelectMany(rows => rows)
                .Select(row => row != TokenRows.None && filled[row] ? row : TokenRows.None),
        ];
    }

    /// <inheritdoc/>
    internal override TeacherAudit Audit(float[] outputs, EncodedDataset teacher, TokenRows table)
    {
        TokenTargets words = (TokenTargets)teacher.Source.Targets;
        bool[] filled = table.Filled();
        int[] rows = [.. Enumerable.Range(0, table.Count).Where(row => filled[row])];
        int[] ids = [.. rows.Select(row => words.Ids[row])];
        double[] logits = [.. rows.SelectMany(row => outputs.AsSpan(row * words.Outputs, words.Outputs).ToArray())];
        ClassifiedExamples examples = new(logits, ids, words.Outputs);
        ConfusionMatrix confusion = examples.Confusion();
        return TeacherAudit.OfDecisions(Name, rows.Length, examples) with
        {
            Decisions = "words",
            Labels = [.. teacher.Source.Labels!.Names.Select((name, label) => LabelAudit.Of(confusion, name, label))],
        };
    }

    /// <inheritdoc/>
    internal override JsonObject? InputSchema => JsonSchema.Object(
        "A text, or its words.", [],
        ("text", JsonSchema.Text("The text.")),
        (TaggedRow.Words, JsonSchema.List(JsonSchema.Text("A word."), "The words, in place of the text.")));

    /// <inheritdoc/>
    internal override JsonObject AnswerSchema(IReadOnlyList<string> labels) => JsonSchema.Object(
        "The entities of the text.", ["entities"],
        ("entities", JsonSchema.List(
            JsonSchema.Object("An entity.", ["text", "type", "start", "end", "score"],
                ("text", JsonSchema.Text("Its words.")),
                ("type", JsonSchema.Text("Its type.")),
                ("start", JsonSchema.Count("Where it starts, in Unicode code points of the text.")),
                ("end", JsonSchema.Count("Where it ends, the end excluded.")),
                ("score", JsonSchema.Probability("The mean probability of its tags."))),
            "Entities, in the order of the text.")));

    /// <inheritdoc/>
    internal override void Write(Utf8JsonWriter json, TextPrediction prediction, IReadOnlyList<string> labels)
    {
        json.WriteStartArray("entities");
        foreach (TextSpan entity in prediction.Spans)
        {
            json.WriteStartObject();
            json.WriteString("text", entity.Text);
            json.WriteString("type", entity.Type);
            json.WriteNumber("start", entity.Place.Start);
            json.WriteNumber("end", entity.Place.End);
            json.WriteNumber("score", entity.Score);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <inheritdoc/>
    internal override ModelUsage Usage(Example? example)
    {
        Example shown = new(example?.Text ?? SomeText);
        return ModelUsage.Pipeline(
            "token-classification", "TokenClassification",
            ModelUsage.Predicted(
                shown, "{string.Join(\", \", prediction.Spans.Select(span => $\"{span.Type} {span.Text}\"))}"),
            [shown.Text]);
    }

    /// <inheritdoc/>
    private protected override TaskTargets Targets(
        string source, IReadOnlyList<Example> examples, LabelMap? labels, ExampleColumns columns)
    {
        ArgumentNullException.ThrowIfNull(labels);
        return TokenTargets.Of(
            [.. examples.Select(example => TagsOf(example, source)
                .Select(tag => LabelFields.Known(labels, tag, source, example.Line)).ToArray())],
            labels.Count);
    }

    /// <summary>From a class per word to one per token.</summary>
    private protected override TaskTargets Align(
        Dataset data, IReadOnlyList<TokenizedExample> inputs, IReadOnlyList<int> sources)
    {
        TokenTargets words = (TokenTargets)data.Targets;
        int[][] tokens = [.. inputs.Zip(sources, (input, sentence) =>
            Spread((TokenizedWords)input, words.IdsOf(sentence), GoingOn(data, sentence)))];
        return TokenTargets.Of(tokens, words.Outputs);
    }

    /// <inheritdoc/>
    private protected override TextPrediction Read(
        TokenizedExample input, ReadOnlySpan<float> outputs, IReadOnlyList<string> labels, DecodingOptions options) =>
        ReadWindows([input], [outputs.ToArray()], labels, options);

    /// <summary>The entities; labels and scores are their types and scores.</summary>
    private protected override TextPrediction ReadWindows(
        IReadOnlyList<TokenizedExample> windows, IReadOnlyList<float[]> outputs, IReadOnlyList<string> labels,
        DecodingOptions options)
    {
        TextSpan[] entities = EntityDecoding.Read([.. windows.Cast<TokenizedWords>()], outputs, labels);
        return new TextPrediction(
            [.. entities.Select(entity => entity.Type!)], [.. entities.Select(entity => entity.Score)])
        {
            Spans = entities,
        };
    }

    /// <summary>The place among all words of the word that each token of an input is the first of.</summary>
    private static int[][] WordRows(EncodedDataset data, Func<TokenizedWords, IEnumerable<int>> chosen)
    {
        TokenTargets words = (TokenTargets)data.Source.Targets;
        return [.. data.Inputs.Cast<TokenizedWords>().Zip(data.ExamplesOfInputs(), (input, sentence) =>
        {
            int[] rows = new int[input.InputIds.Length];
            Array.Fill(rows, TokenRows.None);
            foreach (int word in chosen(input))
            {
                if (input.FirstTokens[word] is var token && token != TokenizedWords.None)
                {
                    rows[token] = words.FirstRow(sentence) + word;
                }
            }

            return rows;
        })];
    }

    /// <summary>
    /// For each tag that of the later tokens of its word, [K]: B-LOC goes on as I-LOC, where there is such a tag. Null
    /// where they have none.
    /// </summary>
    private static int[]? GoingOn(Dataset data, int sentence) =>
        data.Examples[sentence] is TaggedExample { TagsEveryToken: true }
            ? [.. data.Labels!.Names.Select((tag, id) => tag is ['B', '-', ..]
                && data.Labels.IdOf("I-" + tag[2..]) is >= 0 and var inside ? inside : id)]
            : null;

    private static int[] Spread(TokenizedWords input, ReadOnlySpan<int> classes, int[]? goingOn)
    {
        int[] ids = new int[input.InputIds.Length];
        Array.Fill(ids, CategoricalTargets.Ignored);
        for (int token = 0; goingOn is not null && token < ids.Length; token++)
        {
            if (input.WordOfTokens[token] is var word && word != TokenizedWords.None)
            {
                ids[token] = goingOn[classes[word]];
            }
        }

        for (int word = 0; word < classes.Length; word++)
        {
            if (input.FirstTokens[word] is var token && token != TokenizedWords.None)
            {
                ids[token] = classes[word];
            }
        }

        return ids;
    }

    private static IReadOnlyList<string> TagsOf(Example example, string source) =>
        (example as TaggedExample)?.Tags
        ?? throw new DataFileException(source, example.Line, "the row has no tags: name the column that holds them.");

    private static ExamplesMetric<TaggedSentences> Of(string name, Func<TaggedSentences, double> score) =>
        new(name, score);
}
