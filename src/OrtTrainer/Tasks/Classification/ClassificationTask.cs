using System.Text.Json;
using System.Text.Json.Nodes;
using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Evaluation;
using OrtTrainer.Reports.Documents;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Tasks.Classification;

/// <summary>Exactly one label of several for a text or pair of texts.</summary>
internal class ClassificationTask : ModelTask
{
    private protected ClassificationTask()
    {
    }

    /// <summary>The task.</summary>
    public static ClassificationTask Instance { get; } = new();

    /// <inheritdoc/>
    public override string Name => "classification";

    /// <inheritdoc/>
    internal override string? ProblemType => "single_label_classification";

    /// <inheritdoc/>
    internal override OutputDistribution Distribution => OutputDistribution.Categorical;

    /// <inheritdoc/>
    internal override bool DecidesClasses => true;

    /// <inheritdoc/>
    internal override IReadOnlyList<Metric> Metrics => ClassificationMetrics.All;

    /// <inheritdoc/>
    internal override bool HasPredictionMean => true;

    /// <inheritdoc/>
    internal override int FewestOutputs => 2;

    /// <inheritdoc/>
    internal override LabelMap FindLabels(string source, IReadOnlyList<Example> examples, ExampleColumns columns) =>
        LabelFields.Enough(
            source, examples.Count, examples.Select(example => NameOf(example, source)), needed: 2, columns.Label);

    /// <inheritdoc/>
    internal override bool IsUnlabeled(Example example) =>
        example.Label is { } label && string.IsNullOrWhiteSpace(label);

    /// <inheritdoc/>
    internal override string? FindFailure(EvaluatedExamples examples, IReadOnlyList<string> labels) =>
        MostFrequentLabel.FindFailure((ClassifiedExamples)examples, labels, TakesImages);

    /// <inheritdoc/>
    internal override IEnumerable<ReportBlock> Report(EvaluatedExamples examples, EncodedDataset data) =>
        ClassificationReport.Of((ClassifiedExamples)examples, data.Source);

    /// <inheritdoc/>
    internal override EvaluationAccumulator Evaluate(EncodedDataset data)
    {
        ClassTargets targets = (ClassTargets)data.Targets;
        return new OutputAccumulator(
            targets.Count,
            targets.Outputs,
            Metrics,
            logits => SoftmaxCrossEntropy.Loss(logits, SoftTargets.OneHot(targets.Ids, targets.Outputs), default),
            logits => new ClassifiedExamples(logits, targets.Ids.ToArray(), targets.Outputs));
    }

    /// <inheritdoc/>
    internal override PredictionMean MeanOf(EncodedDataset data) =>
        new ClassMean(data.Targets.Count, data.Targets.Outputs);

    /// <inheritdoc/>
    internal override JsonObject AnswerSchema(IReadOnlyList<string> labels) => JsonSchema.Object(
        "The most probable label.", ["label", "score", "scores"],
        ("label", JsonSchema.OneOf(labels, "The label.")),
        ("score", JsonSchema.Probability("Its probability.")),
        ("scores", ScoresSchema(labels, "The probability of every label; they sum to 1.")));

    /// <inheritdoc/>
    internal override void Write(Utf8JsonWriter json, TextPrediction prediction, IReadOnlyList<string> labels)
    {
        json.WriteString("label", prediction.Label);
        json.WriteNumber("score", prediction.Scores.Max());
        WriteScores(json, labels, prediction.Scores);
    }

    /// <inheritdoc/>
    internal override ModelUsage Usage(Example? example)
    {
        Example shown = example ?? new Example(SomeText);
        string printed = ModelUsage.Predicted(shown, "{prediction.Label} {prediction.Scores.Max():0.000}");
        return shown.Pair is null
            ? ModelUsage.Pipeline("text-classification", "SequenceClassification", printed, [shown.Text])
            : ModelUsage.Logits("text-classification", printed, shown.Text, shown.Pair);
    }

    /// <inheritdoc/>
    private protected override TaskTargets Targets(
        string source, IReadOnlyList<Example> examples, LabelMap? labels, ExampleColumns columns)
    {
        ArgumentNullException.ThrowIfNull(labels);
        return new ClassTargets(
            [.. examples.Select(example =>
                LabelFields.Known(labels, NameOf(example, source), source, example.Line))],
            labels.Count);
    }

    /// <inheritdoc/>
    private protected override TextPrediction Read(
        TokenizedExample input, ReadOnlySpan<float> outputs, IReadOnlyList<string> labels, DecodingOptions options)
    {
        float[] scores = Probabilities.Softmax(outputs);
        return new TextPrediction([labels[Array.IndexOf(scores, scores.Max())]], scores);
    }

    /// <inheritdoc/>
    private protected override TeacherAudit AuditOf(double[] outputs, Dataset data)
    {
        ClassTargets targets = (ClassTargets)data.Targets;
        ClassifiedExamples examples = new(outputs, targets.Ids.ToArray(), targets.Outputs);
        ConfusionMatrix confusion = examples.Confusion();
        return TeacherAudit.OfDecisions(Name, data.Count, examples) with
        {
            Labels = [.. data.Labels!.Names.Select((name, label) => LabelAudit.Of(confusion, name, label))],
        };
    }

    /// <inheritdoc/>
    private protected override bool IsAssumedOf(ModelConfig config) => config.Id2Label.Count != 1;

    private static string NameOf(Example example, string source)
    {
        string name = LabelFields.OnlyItem(LabelFields.Present(example, source), source, example.Line).Trim();
        return name.Length > 0
            ? name
            : throw new DataFileException(
                source, example.Line, "the label is empty. Label the row or take it out.");
    }
}
