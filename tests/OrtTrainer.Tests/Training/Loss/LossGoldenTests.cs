using System.Text.Json;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Tests.Training.Loss;

/// <summary>Every row of methods/losses.json: value and gradient by the logits.</summary>
public class LossGoldenTests
{
    private const double Tolerance = 1e-10;

    [Test]
    public void Every_loss_of_a_batch_gives_value_and_gradient_of_the_reference()
    {
        using var golden = Open();
        Assert.Multiple(() =>
        {
            foreach (var row in golden.RootElement.GetProperty("cases").EnumerateArray())
            {
                var gradient = new double[Flat(row, "logits").Length];
                var loss = Loss(row, gradient);
                Compare(row.GetProperty("kind").GetString()!, row, loss, gradient, "grad_logits");
            }
        });
    }

    [Test]
    public void R_drop_gives_value_and_both_gradients_of_the_reference()
    {
        using var golden = Open();
        var row = golden.RootElement.GetProperty("r_drop");
        var (first, second) = (Flat(row, "logits"), Flat(row, "logits2"));
        var (gradient, gradient2) = (new double[first.Length], new double[second.Length]);
        var classes = row.GetProperty("logits")[0].GetArrayLength();
        var targets = SoftTargets.OneHot(Labels(row), classes);
        var alpha = row.GetProperty("params").GetProperty("alpha").GetDouble();
        var loss = RDropReference.Loss(first, second, targets, alpha, gradient, gradient2);
        Compare("r_drop", row, loss, gradient, "grad_logits");
        Compare("r_drop", row, loss, gradient2, "grad_logits2");
    }

    [Test]
    public void Ignored_tokens_count_neither_in_the_loss_nor_in_the_mean()
    {
        using var golden = Open();
        var row = golden.RootElement.GetProperty("token");
        var logits = Flat(row, "logits");
        var classes = row.GetProperty("logits")[0][0].GetArrayLength();
        var targets = SoftTargets.SmoothedUniform(
            Labels(row), classes, row.GetProperty("params").GetProperty("epsilon").GetDouble());
        var gradient = new double[logits.Length];
        Compare("token", row, SoftmaxCrossEntropy.Loss(logits, targets, gradient), gradient, "grad_logits");
    }

    private static double Loss(JsonElement row, double[] gradient)
    {
        var (logits, teacher, labels) = (Flat(row, "logits"), Flat(row, "teacher_logits"), Labels(row));
        var classes = row.GetProperty("K").GetInt32();
        var parameters = row.GetProperty("params");
        double Value(string name) => parameters.GetProperty(name).GetDouble();
        var oneHot = SoftTargets.OneHot(labels, classes);
        double CrossEntropy(SoftTargets targets) => SoftmaxCrossEntropy.Loss(logits, targets, gradient);
        SoftTargets VirtualTeacher() => SoftTargets.SmoothedOthers(labels, classes, 1 - Value("A"));
        double Distil(Func<double, SoftTargets> teacherAt)
        {
            var distillation = new KnowledgeDistillationReference
            {
                Alpha = Value("alpha"),
                Temperature = Value("tau"),
                TemperatureSquared = parameters.GetProperty("tau_squared").GetBoolean(),
            };
            return distillation.Loss(logits, oneHot, teacherAt(distillation.Temperature), gradient);
        }

        var kind = row.GetProperty("kind").GetString();
        return kind switch
        {
            "cross_entropy" => CrossEntropy(oneHot),
            "cross_entropy_class_weights" => CrossEntropy(
                SoftTargets.OneHot(labels, classes, parameters.GetProperty("weights").Deserialize<double[]>())),
            "label_smoothing_uniform" => CrossEntropy(SoftTargets.SmoothedUniform(labels, classes, Value("epsilon"))),
            "label_smoothing_others" => CrossEntropy(SoftTargets.SmoothedOthers(labels, classes, Value("epsilon"))),
            "tf_reg" => CrossEntropy(oneHot.Mix(Value("alpha"), VirtualTeacher())),
            "tf_reg_tempered" => Distil(VirtualTeacher().Tempered),
            "distillation" => Distil(tau => SoftTargets.FromLogits(teacher, classes, tau)),
            "distillation_soft_ce" => SoftmaxCrossEntropy.Loss(
                logits, SoftTargets.FromLogits(teacher, classes, Value("tau")), gradient, Value("tau")),
            "distillation_logit_mse" => MeanSquaredError.Loss(logits, teacher, gradient),
            "confidence_penalty" => ConfidencePenaltyReference.Loss(logits, oneHot, Value("beta"), gradient),
            "focal" => FocalReference.Loss(logits, labels, Value("gamma"), gradient),
            "bce_with_logits" => BinaryCrossEntropy.Loss(logits, Flat(parameters, "targets"), gradient),
            _ => throw new NotSupportedException($"losses.json has kind '{kind}', which no loss here implements."),
        };
    }

    private static void Compare(string kind, JsonElement row, double loss, double[] gradient, string name)
    {
        var expected = row.GetProperty("loss").GetDouble();
        Assert.That(loss, Is.EqualTo(expected).Within(Tolerance * Math.Max(1, Math.Abs(expected))), kind);
        Assert.That(gradient, Is.EqualTo(Flat(row, name)).Within(Tolerance), $"{kind} {row.GetProperty("params")}");
    }

    private static JsonDocument Open() =>
        JsonDocument.Parse(File.ReadAllText(SharedFiles.Golden("methods", "losses.json")));

    private static int[] Labels(JsonElement row) => [.. Flatten(row.GetProperty("labels")).Select(value => (int)value)];

    private static double[] Flat(JsonElement row, string name) => [.. Flatten(row.GetProperty(name))];

    private static IEnumerable<double> Flatten(JsonElement element) =>
        element.ValueKind == JsonValueKind.Array ? element.EnumerateArray().SelectMany(Flatten) : [element.GetDouble()];
}
