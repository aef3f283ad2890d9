using System.Globalization;
using System.Text.Json;
using OrtTrainer.Data;
using OrtTrainer.Methods;
using OrtTrainer.Options;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.Classification;
using OrtTrainer.Tasks.MultiLabel;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Tests.Models;

/// <summary>
/// Every row of methods/losses.json through the graph that trains, in float32: options, targets, loss and gradient.
/// </summary>
public sealed class ObjectiveGoldenTests
{
    private const double Tolerance = 1e-5;

    private static readonly FineTuneOptions Plain = new()
    {
        Model = "model", Output = "out", Data = new DataOptions { Train = "train" }, Method = FineTuneMethod.FineTune,
    };

    [Test]
    public void Every_loss_in_the_graph_gives_value_and_gradient_of_the_reference()
    {
        using JsonDocument golden = Open();
        Assert.Multiple(() =>
        {
            foreach (JsonElement row in golden.RootElement.GetProperty("cases").EnumerateArray())
            {
                int classes = row.GetProperty("K").GetInt32();
                bool multi = row.GetProperty("kind").GetString() == "bce_with_logits";
                string[] labels = multi
                    ? [.. row.GetProperty("params").GetProperty("targets").EnumerateArray().Select(SetOf)]
                    : [.. row.GetProperty("labels").EnumerateArray().Select(l => $"class{l.GetInt32()}")];
                EncodedDataset data = ObjectiveProbe.Data(
                    multi ? MultiLabelTask.Instance : ClassificationTask.Instance, classes, labels);
                (float loss, LossParts terms, float[] gradient) = ObjectiveProbe.Run(
                    OptionsOf(row), data, Flat(row, "logits"), Flat(row, "teacher_logits"));

                Compare(row, loss, gradient, "grad_logits");
                Assert.That(terms.Total, Is.EqualTo(loss), "the parts add up to the loss, bit for bit");
            }
        });
    }

    [Test]
    public void R_drop_in_the_graph_gives_value_and_both_gradients_of_the_reference()
    {
        using JsonDocument golden = Open();
        JsonElement row = golden.RootElement.GetProperty("r_drop");
        int classes = row.GetProperty("logits")[0].GetArrayLength();
        EncodedDataset data = ObjectiveProbe.Data(ClassificationTask.Instance, classes,
            [.. row.GetProperty("labels").EnumerateArray().Select(l => $"class{l.GetInt32()}")]);
        float[] first = Flat(row, "logits");

        (float loss, LossParts terms, float[] gradient) = ObjectiveProbe.Run(
            With(new RDrop { Alpha = row.GetProperty("params").GetProperty("alpha").GetDouble() }),
            data, [.. first, .. Flat(row, "logits2")]);

        Compare(row, loss, gradient[..first.Length], "grad_logits");
        Compare(row, loss, gradient[first.Length..], "grad_logits2");
        Assert.That(terms.Total, Is.EqualTo(loss));
        Assert.That(terms.Penalty, Is.GreaterThan(0));
    }

    private static FineTuneOptions OptionsOf(JsonElement row)
    {
        JsonElement parameters = row.GetProperty("params");
        double Value(string name) => parameters.GetProperty(name).GetDouble();
        FineTuneOptions Smoothing(SmoothingConvention convention) =>
            With(new LabelSmoothing { Epsilon = Value("epsilon"), Convention = convention });
        string kind = row.GetProperty("kind").GetString()!;
        return kind switch
        {
            "cross_entropy" or "bce_with_logits" => Plain,
            "cross_entropy_class_weights" => Plain with
            {
                ClassWeights = new()
                {
                    ByLabel = parameters.GetProperty("weights").EnumerateArray()
                        .Select((w, k) => (k, w.GetDouble())).ToDictionary(w => $"class{w.k}", w => w.Item2),
                },
            },
            "label_smoothing_uniform" => Smoothing(SmoothingConvention.Uniform),
            "label_smoothing_others" => Smoothing(SmoothingConvention.Others),
            "tf_reg" => With(new TfReg { Alpha = Value("alpha"), Confidence = Value("A") }),
            "tf_reg_tempered" => With(new TfReg
            {
                Alpha = Value("alpha"), Confidence = Value("A"), Temperature = Value("tau"),
                TemperatureSquared = parameters.GetProperty("tau_squared").GetBoolean(),
            }),
            "distillation" => With(new Distillation
            {
                Alpha = Value("alpha"), Temperature = Value("tau"),
                TemperatureSquared = parameters.GetProperty("tau_squared").GetBoolean(),
            }),
            "distillation_soft_ce" => With(new Distillation
            {
                Alpha = 1, Temperature = Value("tau"), TemperatureSquared = false,
                Loss = DistillationLoss.SoftCrossEntropy,
            }),
            "distillation_logit_mse" => With(new Distillation { Alpha = 1, Loss = DistillationLoss.LogitError }),
            "confidence_penalty" => With(new ConfidencePenalty { Beta = Value("beta") }),
            "focal" => With(new Focal { Gamma = Value("gamma") }),
            _ => throw new NotSupportedException($"losses.json has kind '{kind}', which no method here has."),
        };
    }

    private static FineTuneOptions With(MethodPart part) => Plain with { Method = FineTuneMethod.Of(part) };

    /// <summary>Relative to the loss, and to the largest element of the gradient.</summary>
    private static void Compare(JsonElement row, float loss, float[] gradient, string name)
    {
        string what = $"{row.GetProperty("kind")} {row.GetProperty("params")}";
        double expected = row.GetProperty("loss").GetDouble();
        Assert.That(loss, Is.EqualTo(expected).Within(Tolerance * Math.Abs(expected)), what);
        float[] wanted = Flat(row, name);
        Assert.That(gradient, Is.EqualTo(wanted).Within(Tolerance * wanted.Max(Math.Abs)), what);
    }

    private static string SetOf(JsonElement targets) => string.Join('|', targets.EnumerateArray()
        .Select((t, k) => (t, k)).Where(x => x.t.GetDouble() > 0.5)
        .Select(x => string.Create(CultureInfo.InvariantCulture, $"class{x.k}")));

    private static JsonDocument Open() =>
        JsonDocument.Parse(File.ReadAllText(SharedFiles.Golden("methods", "losses.json")));

    private static float[] Flat(JsonElement row, string name) => [.. Flatten(row.GetProperty(name))];

    private static IEnumerable<float> Flatten(JsonElement element) => element.ValueKind == JsonValueKind.Array
        ? element.EnumerateArray().SelectMany(Flatten)
        : [(float)element.GetDouble()];
}
