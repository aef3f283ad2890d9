using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Evaluation;
using OrtTrainer.Reports.Documents;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Tasks.Regression;

/// <summary>One number for a text or pair of texts.</summary>
internal sealed class RegressionTask : ModelTask
{
    private RegressionTask()
    {
    }

    /// <summary>The task.</summary>
    public static RegressionTask Instance { get; } = new();

    /// <inheritdoc/>
    public override string Name => "regression";

    /// <inheritdoc/>
    internal override string ProblemType => "regression";

    /// <inheritdoc/>
    internal override OutputDistribution Distribution => OutputDistribution.Continuous;

    /// <inheritdoc/>
    internal override IReadOnlyList<Metric> Metrics { get; } =
    [
        Of("spearman", r => Correlation.Spearman(r.Predictions, r.Targets)),
        Of("pearson", r => Correlation.Pearson(r.Predictions, r.Targets)),
        Of("kendall_tau", r => Correlation.KendallTauB(r.Predictions, r.Targets)),
        Of("mse", r => Correlation.MeanSquaredError(r.Predictions, r.Targets), higherIsBetter: false),
    ];

    /// <inheritdoc/>
    internal override bool HasPredictionMean => true;

    /// <summary>Numbers are not named.</summary>
    internal override LabelMap? FindLabels(
        string source, IReadOnlyList<Example> examples, ExampleColumns columns) => null;

    /// <summary>Numbers are not named.</summary>
    internal override LabelMap? LabelsOf(IReadOnlyList<string> names) => null;

    /// <inheritdoc/>
    internal override bool IsUnlabeled(Example example) =>
        example.Label is { } label && string.IsNullOrWhiteSpace(label);

    /// <inheritdoc/>
    internal override int? OutputsWithoutLabels(ModelConfig config) => 1;

    /// <inheritdoc/>
    internal override string DescribeOutputs(int outputs) => Name;

    /// <inheritdoc/>
    internal override IEnumerable<ReportBlock> Report(EvaluatedExamples examples, EncodedDataset data) =>
        RegressionReport.Of((RegressedExamples)examples, data.Source);

    /// <inheritdoc/>
    internal override EvaluationAccumulator Evaluate(EncodedDataset data)
    {
        double[] truth = Doubles(data.Targets);
        return new OutputAccumulator(
            truth.Length,
            data.Targets.Outputs,
            Metrics,
            values => MeanSquaredError.Loss(values, truth, default),
            values => new RegressedExamples(values, truth));
    }

    /// <inheritdoc/>
    internal override PredictionMean MeanOf(EncodedDataset data) => new NumberMean(data.Targets.Count);

    /// <inheritdoc/>
    internal override JsonObject AnswerSchema(IReadOnlyList<string> labels) => JsonSchema.Object(
        "A number.", ["score"], ("score", JsonSchema.Number("The number.")));

    /// <inheritdoc/>
    internal override void Write(Utf8JsonWriter json, TextPrediction prediction, IReadOnlyList<string> labels) =>
        json.WriteNumber("score", prediction.Scores[0]);

    /// <inheritdoc/>
    internal override ModelUsage Usage(Example? example)
    {
        Example shown = example ?? new Example(SomeText);
        return ModelUsage.Logits(
            "text-classification", ModelUsage.Predicted(shown, "{prediction.Scores[0]:0.000}"), shown.Text, shown.Pair);
    }

    /// <inheritdoc/>
    private protected override TaskTargets Targets(
        string source, IReadOnlyList<Example> examples, LabelMap? labels, ExampleColumns columns) =>
        new NumberTargets([.. examples.Select(example => Number(example, source))]);

    /// <inheritdoc/>
    private protected override TextPrediction Read(
        TokenizedExample input, ReadOnlySpan<float> outputs, IReadOnlyList<string> labels, DecodingOptions options) =>
        new([], outputs.ToArray());

    /// <inheritdoc/>
    private protected override TeacherAudit AuditOf(double[] outputs, Dataset data)
    {
        double[] truth = Doubles(data.Targets);
        return new TeacherAudit
        {
            Task = Name,
            Rows = data.Count,
            MeanSquaredError = Correlation.MeanSquaredError(outputs, truth),
            Pearson = Defined(Correlation.Pearson(outputs, truth)),
            Spearman = Defined(Correlation.Spearman(outputs, truth)),
        };
    }

    /// <inheritdoc/>
    private protected override bool IsAssumedOf(ModelConfig config) => config.Id2Label.Count == 1;

    /// <summary>
    /// The finite number in a field, written with a decimal point whatever the machine's culture; a comma only in a
    /// file whose fields are separated by semicolons, as where both are in use. Null where there is none.
    /// </summary>
    internal static float? NumberIn(string field, bool decimalComma)
    {
        string plain = decimalComma ? field.Replace(',', '.') : field;
        bool parsed = float.TryParse(plain, NumberStyles.Float, CultureInfo.InvariantCulture, out float number);
        return parsed && float.IsFinite(number) ? number : null;
    }

    private static float Number(Example example, string source)
    {
        string field = LabelFields.Present(example, source);
        return NumberIn(field, example.DecimalComma)
            ?? throw new DataFileException(
                source, example.Line, $"the label is '{field}'; regression needs a finite number such as 3.25.");
    }

    private static double[] Doubles(TaskTargets targets) =>
        Array.ConvertAll(((NumberTargets)targets).Values.ToArray(), value => (double)value);

    private static double? Defined(double value) => double.IsNaN(value) ? null : value;

    private static ExamplesMetric<RegressedExamples> Of(
        string name, Func<RegressedExamples, double> score, bool higherIsBetter = true) =>
        new(name, score) { HigherIsBetter = higherIsBetter };
}
