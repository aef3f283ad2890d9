using System.Text.Json;
using System.Text.Json.Nodes;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Evaluation;
using OrtTrainer.Reports.Documents;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Tasks.MultiLabel;

/// <summary>Any number of labels for a text or pair of texts, each on its own.</summary>
internal sealed class MultiLabelTask : ModelTask
{
    private MultiLabelTask()
    {
    }

    /// <summary>The task.</summary>
    public static MultiLabelTask Instance { get; } = new();

    /// <inheritdoc/>
    public override string Name => "multi_label";

    /// <inheritdoc/>
    internal override string ProblemType => "multi_label_classification";

    /// <inheritdoc/>
    internal override OutputDistribution Distribution => OutputDistribution.Independent;

    /// <inheritdoc/>
    internal override bool DecidesClasses => true;

    /// <inheritdoc/>
    internal override bool HasThresholds => true;

    /// <inheritdoc/>
    internal override IReadOnlyList<Metric> Metrics { get; } =
    [
        Of("micro_f1", counts => counts.MicroF1),
        Of("macro_f1", counts => counts.MacroF1),
        Of("weighted_f1", counts => counts.WeightedF1),
        Of("precision", counts => counts.MicroPrecision),
        Of("recall", counts => counts.MicroRecall),
        Of("accuracy", counts => counts.SubsetAccuracy),
    ];

    /// <inheritdoc/>
    internal override bool HasPredictionMean => true;

    /// <summary>One label that some rows have and others lack is a task already.</summary>
    internal override LabelMap FindLabels(string source, IReadOnlyList<Example> examples, ExampleColumns columns) =>
        LabelFields.Enough(
            source,
            examples.Count,
            examples.SelectMany(example => LabelSet.Read(example, source, columns.LabelSeparator)),
            needed: 1,
            columns.Label);

    /// <inheritdoc/>
    internal override IEnumerable<ReportBlock> Report(EvaluatedExamples examples, EncodedDataset data) =>
        MultiLabelReport.Of((MultiLabelExamples)examples, data.Source);

    /// <inheritdoc/>
    internal override EvaluationAccumulator Evaluate(EncodedDataset data)
    {
        LabelSetTargets targets = (LabelSetTargets)data.Targets;
        return new OutputAccumulator(
            targets.Count,
            targets.Outputs,
            Metrics,
            logits => BinaryCrossEntropy.Loss(
                logits, Array.ConvertAll(targets.Applies.ToArray(), Probability), default),
            logits => new MultiLabelExamples(logits, targets.Applies.ToArray(), targets.Outputs));
    }

    /// <inheritdoc/>
    internal override PredictionMean MeanOf(EncodedDataset data) =>
        new LabelSetMean(data.Targets.Count, data.Targets.Outputs);

    /// <inheritdoc/>
    internal override JsonObject AnswerSchema(IReadOnlyList<string> labels) => JsonSchema.Object(
        "The labels that apply.", ["labels", "scores"],
        ("labels", JsonSchema.List(JsonSchema.OneOf(labels, "A label."), "Labels, the most probable first.")),
        ("scores", ScoresSchema(labels, "The probability of every label by itself.")));

    /// <inheritdoc/>
    internal override void Write(Utf8JsonWriter json, TextPrediction prediction, IReadOnlyList<string> labels)
    {
        json.WriteStartArray("labels");
        foreach (string label in prediction.Labels)
        {
            json.WriteStringValue(label);
        }

        json.WriteEndArray();
        WriteScores(json, labels, prediction.Scores);
    }

    /// <inheritdoc/>
    internal override ModelUsage Usage(Example? example)
    {
        Example shown = example ?? new Example(SomeText);
        string printed = ModelUsage.Predicted(shown, "{string.Join(\", \", prediction.Labels)}");
        return shown.Pair is null
            ? ModelUsage.Pipeline(
                "text-classification", "SequenceClassification", printed, [shown.Text], "{ top_k: null }")
            : ModelUsage.Logits("text-classification", printed, shown.Text, shown.Pair);
    }

    /// <inheritdoc/>
    private protected override TaskTargets Targets(
        string source, IReadOnlyList<Example> examples, LabelMap? labels, ExampleColumns columns)
    {
        ArgumentNullException.ThrowIfNull(labels);
        bool[] applies = new bool[examples.Count * labels.Count];
        for (int row = 0; row < examples.Count; row++)
        {
            foreach (string name in LabelSet.Read(examples[row], source, columns.LabelSeparator))
            {
                int id = LabelFields.Known(labels, name, source, examples[row].Line);
                applies[(row * labels.Count) + id] = true;
            }
        }

        return new LabelSetTargets(applies, labels.Count);
    }

    /// <inheritdoc/>
    private protected override TextPrediction Read(
        TokenizedExample input, ReadOnlySpan<float> outputs, IReadOnlyList<string> labels, DecodingOptions options)
    {
        float[] scores = Probabilities.Sigmoid(outputs);
        int[] chosen = [.. Enumerable.Range(0, scores.Length)
            .Where(i => scores[i] >= (options.Thresholds?[i] ?? options.Threshold))
            .OrderByDescending(i => scores[i])];
        return new TextPrediction([.. chosen.Select(i => labels[i])], scores);
    }

    /// <summary>sigmoid(z) is the softmax of (0, z): each decision becomes an example of two classes.</summary>
    private protected override TeacherAudit AuditOf(double[] outputs, Dataset data)
    {
        bool[] applies = ((LabelSetTargets)data.Targets).Applies.ToArray();
        int[] decisions = Array.ConvertAll(applies, yes => yes ? 1 : 0);
        ClassifiedExamples examples = new([.. outputs.SelectMany(z => new[] { 0, z })], decisions, classes: 2);
        int[] predictions = examples.Predictions();
        return TeacherAudit.OfDecisions(Name, data.Count, examples) with
        {
            Decisions = "decisions, label by label",
            Labels = [.. data.Labels!.Names.Select((name, label) =>
            {
                int[] at = [.. Enumerable.Range(0, data.Count).Select(row => (row * data.Outputs) + label)];
                double agreeing = at.Count(i => decisions[i] == predictions[i]);
                return new LabelAudit(
                    name, at.Sum(i => decisions[i]), at.Sum(i => predictions[i]), agreeing / data.Count);
            })],
        };
    }

    private static double Probability(bool applies) => applies ? 1 : 0;

    private static ExamplesMetric<MultiLabelExamples> Of(string name, Func<LabelCounts, double> score) =>
        new(name, examples => score(examples.Counts()));
}
