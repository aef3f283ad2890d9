using System.Text.Json;
using System.Text.Json.Nodes;
using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Evaluation;
using OrtTrainer.Models;
using OrtTrainer.Reports.Documents;
using OrtTrainer.Text;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Tasks.QuestionAnswering;

/// <summary>
/// The part of a text that answers a question: where it starts and where it ends, each a distribution over the tokens.
/// A long text is read in windows that overlap.
/// </summary>
internal sealed class QuestionAnsweringTask : ModelTask
{
    // As many answers as Hugging Face's example for question answering weighs, and as many others as are printed.
    private const int Weighed = 20;
    private const int Alternatives = 4;

    private QuestionAnsweringTask()
    {
    }

    /// <summary>The task.</summary>
    public static QuestionAnsweringTask Instance { get; } = new();

    /// <summary>The metrics of questions that all have an answer.</summary>
    public static IReadOnlyList<Metric> BasicMetrics { get; } =
    [
        Of("f1", questions => questions.Mean(score => score.F1)),
        Of("exact_match", questions => questions.Mean(score => score.ExactMatch)),
    ];

    /// <summary>The metrics of questions of which some have no answer.</summary>
    public static IReadOnlyList<Metric> AllMetrics { get; } =
    [
        .. BasicMetrics,
        Of("has_answer_f1", questions => questions.Mean(score => score.F1, hasAnswer: true)),
        Of("has_answer_exact_match", questions => questions.Mean(score => score.ExactMatch, hasAnswer: true)),
        Of("no_answer_accuracy", questions => questions.Mean(score => score.ExactMatch, hasAnswer: false)),
        Of("best_f1", questions => questions.Best(span => span.F1).Mean),
        Of("best_exact", questions => questions.Best(span => span.ExactMatch).Mean),
    ];

    /// <inheritdoc/>
    public override string Name => "question_answering";

    /// <inheritdoc/>
    internal override OutputDistribution Distribution => OutputDistribution.Positions;

    /// <inheritdoc/>
    internal override IReadOnlyList<Metric> Metrics => AllMetrics;

    /// <inheritdoc/>
    internal override ExampleColumns DefaultColumns { get; } =
        new(QuestionRows.Question, QuestionRows.Context, QuestionRows.Answers);

    /// <inheritdoc/>
    internal override bool ReadsInWindows => true;

    /// <summary>Start and end, whatever number of labels a configuration has.</summary>
    internal override ModelHead Head(int outputs) => new SpanHead();

    /// <inheritdoc/>
    internal override string DescribeOutputs(int outputs) => "start and end of an answer";

    /// <inheritdoc/>
    internal override IEnumerable<Example> ReadExamples(DataRow row, ExampleColumns columns) =>
        QuestionRows.Read(row, columns);

    /// <summary>None: the answers are parts of the texts.</summary>
    internal override LabelMap? FindLabels(string source, IReadOnlyList<Example> examples, ExampleColumns columns) =>
        examples.Count == 0 || examples.Any(example => Asked(example, source).Place is not null)
            ? null
            : throw new DataFileException(
                source, null, $"none of the {examples.Count} questions has an answer; there is nothing to learn.");

    /// <inheritdoc/>
    internal override LabelMap? LabelsOf(IReadOnlyList<string> names) => null;

    /// <summary>The logits of being the first token, and the last one.</summary>
    internal override int? OutputsWithoutLabels(ModelConfig config) => 2;

    /// <inheritdoc/>
    internal override void RequireUsable(ITextEncoder tokenizer) => _ = WithPlaces(tokenizer, "Question answering");

    /// <inheritdoc/>
    internal override IReadOnlyList<TokenizedExample> Encode(
        Example example, ITextEncoder tokenizer, int? maxLength, int? stride = null) =>
        ContextWindow.Of(QuestionOf(example), WithPlaces(tokenizer, "Question answering"), maxLength, stride);

    /// <inheritdoc/>
    internal override IEnumerable<string> LeftOut(EncodedDataset data)
    {
        QuestionExample[] questions = [.. data.Source.Examples.Cast<QuestionExample>()];
        ILookup<int, ContextWindow> windows = data.ExamplesOfInputs().Zip(data.Inputs.Cast<ContextWindow>())
            .ToLookup(pair => pair.First, pair => pair.Second);
        int all = questions.Length;
        if (data.Inputs.Count > all)
        {
            int longer = windows.Count(group => group.Skip(1).Any());
            yield return $"{longer} of {all} questions are longer than {data.MaxLength} tokens with their context, "
                + $"which is read in windows: {data.Inputs.Count} inputs in all.";
        }

        int[] moved = [.. questions.Where(question => question.Moved > 0).Select(question => question.Moved)];
        if (moved.Length > 0)
        {
            yield return $"{moved.Length} of {all} answers do not stand where the data say, but up to {moved.Max()} "
                + "characters from there: the nearest place is taken.";
        }

        int none = questions.Count(question => question.Place is null);
        if (none > 0)
        {
            yield return $"{none} of {all} questions have no answer in their context: [CLS] stands for none.";
        }

        int parted = Enumerable.Range(0, all).Count(question => questions[question].Place is not null
            && windows[question].All(window => window.Target().Start == ContextWindow.NoAnswer));
        if (parted > 0)
        {
            yield return $"{parted} of {all} answers are in no window as a whole, so that they are learned as none: "
                + "allow more tokens, or a longer stride.";
        }
    }

    /// <inheritdoc/>
    internal override IEnumerable<ReportBlock> Report(EvaluatedExamples examples, EncodedDataset data) =>
        AnswerReport.Of((AnsweredQuestions)examples, data.Source);

    /// <inheritdoc/>
    internal override EvaluationAccumulator Evaluate(EncodedDataset data) => new AnswerAccumulator(data);

    /// <inheritdoc/>
    internal override bool TeachesTokens => true;

    /// <summary>A place is learned from the same place.</summary>
    internal override bool SharesWindows => true;

    /// <summary>The same rows, where the windows are the same.</summary>
    internal override int[]? LearnedRows(EncodedDataset student, EncodedDataset teacher, TokenRows table)
    {
        ContextWindow[] own = [.. student.Inputs.Cast<ContextWindow>()];
        ContextWindow[] others = [.. teacher.Inputs.Cast<ContextWindow>()];
        int differing = Enumerable.Range(0, own.Length)
            .FirstOrDefault(i => i >= others.Length || !own[i].IsOver(others[i]), own.Length);
        if (differing == own.Length && own.Length == others.Length)
        {
            return null;
        }

        QuestionExample question = own[Math.Min(differing, own.Length - 1)].Question;
        throw new RunException($"{student.Source.Source}, line {question.Line}: teacher and student read it as other " +
            $"tokens ({others.Length} windows of at most {teacher.MaxLength} tokens and {own.Length} of at most " +
            $"{student.MaxLength} in all), and what a teacher says of a token is learned by the same token. Take a " +
            "teacher with the student's tokenizer and length, or self-distillation.");
    }

    /// <inheritdoc/>
    internal override TeacherAudit Audit(float[] outputs, EncodedDataset teacher, TokenRows table) =>
        SpanAudit.Of(Name, outputs, (SpanTargets)teacher.Targets);

    /// <inheritdoc/>
    internal override JsonObject? InputSchema => JsonSchema.Object(
        "A question and the text to find its answer in.", [QuestionRows.Question, QuestionRows.Context],
        (QuestionRows.Question, JsonSchema.Text("The question.")),
        (QuestionRows.Context, JsonSchema.Text("The text that has the answer.")),
        ("id", JsonSchema.Text("What the answer is to be known by.")));

    /// <inheritdoc/>
    internal override JsonObject AnswerSchema(IReadOnlyList<string> labels)
    {
        JsonObject best = AnswerPart();
        best["required"] = new JsonArray("answer", "no_answer_score", "alternatives");
        JsonObject properties = best["properties"]!.AsObject();
        properties["answer"]!["type"] = new JsonArray("string", "null");
        properties["id"] = JsonSchema.Text("The question's, where it has one.");
        properties["no_answer_score"] = JsonSchema.Probability("The probability that there is no answer.");
        properties["alternatives"] = JsonSchema.List(AnswerPart(), "The next best answers.");
        return best;

        static JsonObject AnswerPart() => JsonSchema.Object(
            "An answer.", ["answer", "start", "end", "score"],
            ("answer", JsonSchema.Text("The words of the context; null where there is no answer.")),
            ("start", JsonSchema.Count("Where they start, in Unicode code points of the context.")),
            ("end", JsonSchema.Count("Where they end, the end excluded.")),
            ("score", JsonSchema.Probability("Its probability.")));
    }

    /// <inheritdoc/>
    internal override void Write(Utf8JsonWriter json, TextPrediction prediction, IReadOnlyList<string> labels)
    {
        AnswerPrediction answers = (AnswerPrediction)prediction;
        if (answers.Id is { } id)
        {
            json.WriteString("id", id);
        }

        if (answers.Answer is { } best)
        {
            Write(json, best);
        }
        else
        {
            json.WriteNull("answer");
        }

        json.WriteNumber("no_answer_score", answers.NoAnswerScore);
        json.WriteStartArray("alternatives");
        foreach (TextSpan answer in answers.Spans.Skip(answers.HasAnswer ? 1 : 0).Take(Alternatives))
        {
            json.WriteStartObject();
            Write(json, answer);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <inheritdoc/>
    internal override ModelUsage Usage(Example? example)
    {
        Example shown = example ?? new Example("What jumps over the dog?", SomeText);
        return ModelUsage.Pipeline(
            "question-answering", "QuestionAnswering",
            ModelUsage.Predicted(shown, "{prediction.Spans.FirstOrDefault()?.Text}"),
            [shown.Text, shown.Pair!]);
    }

    /// <inheritdoc/>
    private protected override TaskTargets Targets(
        string source, IReadOnlyList<Example> examples, LabelMap? labels, ExampleColumns columns) =>
        new AnswerTargets([.. examples.Select(example => Asked(example, source))]);

    /// <summary>From answers to the tokens where they start and end.</summary>
    private protected override TaskTargets Align(
        Dataset data, IReadOnlyList<TokenizedExample> inputs, IReadOnlyList<int> sources) =>
        new SpanTargets(
            [.. inputs.Select(input => ((ContextWindow)input).Target())],
            [.. inputs.Select(input => input.InputIds.Length)]);

    /// <inheritdoc/>
    private protected override TextPrediction Read(
        TokenizedExample input, ReadOnlySpan<float> outputs, IReadOnlyList<string> labels, DecodingOptions options) =>
        ReadWindows([input], [outputs.ToArray()], labels, options);

    /// <inheritdoc/>
    private protected override TextPrediction ReadWindows(
        IReadOnlyList<TokenizedExample> windows, IReadOnlyList<float[]> outputs, IReadOnlyList<string> labels,
        DecodingOptions options)
    {
        SpanSearch search = new(Weighed);
        foreach ((TokenizedExample window, float[] logits) in windows.Zip(outputs))
        {
            search.Add((ContextWindow)window, logits);
        }

        QuestionExample question = ((ContextWindow)windows[0]).Question;
        float[] scores = Probabilities.Softmax(
            [.. search.Best.Select(candidate => (float)candidate.Score), (float)search.NoAnswer]);
        bool hasAnswer = search.Best is [SpanCandidate best, ..]
            && !(search.NoAnswer - best.Score > options.NoAnswerThreshold);
        return new AnswerPrediction(
            [.. search.Best.Zip(scores, (candidate, score) => new TextSpan(
                CodePoints.Cut(question.Context, candidate.Place), Type: null, candidate.Place, score))],
            scores[^1],
            hasAnswer)
        {
            Id = question.Id,
        };
    }

    private static void Write(Utf8JsonWriter json, TextSpan answer)
    {
        json.WriteString("answer", answer.Text);
        json.WriteNumber("start", answer.Place.Start);
        json.WriteNumber("end", answer.Place.End);
        json.WriteNumber("score", answer.Score);
    }

    // A pair of texts that comes from no file is a question and its context.
    private static QuestionExample QuestionOf(Example example) => example as QuestionExample
        ?? (example.Pair is { } context
            ? new QuestionExample(example.Text, context, null, null, example.Line)
            : throw new ArgumentException(
                "A question is answered from a context; found the question alone. Give both, as a pair.",
                nameof(example)));

    private static QuestionExample Asked(Example example, string source) =>
        example is QuestionExample { Answers: not null } question
            ? question
            : throw new DataFileException(
                source, example.Line, "the question has no answers: name the column that holds them.");

    private static ExamplesMetric<AnsweredQuestions> Of(string name, Func<AnsweredQuestions, double> score) =>
        new(name, score);
}
