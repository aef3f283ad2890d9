using System.Text.Json.Nodes;
using OrtTrainer.Cli.Arguments;
using OrtTrainer.Cli.Parsing;
using OrtTrainer.Methods;
using OrtTrainer.Options;

namespace OrtTrainer.Cli.Commands;

/// <summary>
/// The options of single methods. One word of the command line, such as --alpha, belongs to several methods and sets
/// the one that runs; with any other it would have no effect, so it is refused.
/// </summary>
internal static class MethodSettings
{
    private const string LabelSmoothing = "label_smoothing";
    private const string TfReg = "tf_reg";
    private const string Distillation = "distillation";
    private const string Annealing = "annealing";
    private const string Rail = "rail";
    private const string Lookahead = "lookahead";

    /// <param name="a">The command line.</param>
    /// <param name="method">The method that runs.</param>
    /// <returns>Options in the form of options.json.</returns>
    /// <exception cref="UsageException">An option does not belong to the method, or a word is unknown.</exception>
    public static JsonObject Of(FinetuneArguments a, FineTuneMethod method)
    {
        JsonObject options = [];
        Set("--alpha", "alpha", a.Alpha, TfReg, Distillation, "r_drop");
        Set("--temperature", "temperature", a.Temperature, TfReg, Distillation, Rail);
        Set("--temperature-squared", "temperature_squared", YesOrNo("--temperature-squared", a.TemperatureSquared),
            TfReg, Distillation, Rail);
        Set("--distillation-loss", "loss", Word(Words.Parse<DistillationLoss>("--distillation-loss",
            a.DistillationLoss)), Distillation);
        Set("--epsilon", "epsilon", a.Epsilon, LabelSmoothing);
        Set("--smoothing", "convention", Word(Words.Parse<SmoothingConvention>("--smoothing", a.Convention)),
            LabelSmoothing);
        Set("--confidence", "confidence", a.Confidence, TfReg);
        Set("--beta", "beta", a.Beta, "confidence_penalty");
        Set("--gamma", "gamma", a.Gamma, "focal");
        Set("--max-temperature", "max_temperature", a.MaxTemperature, Annealing);
        Set("--teacher-share", "teacher_share", a.TeacherShare, Annealing);
        Set("--label-weight", "label_weight", a.LabelWeight, Rail);
        Set("--teacher-weight", "teacher_weight", a.TeacherWeight, Rail);
        Set("--intermediate-weight", "intermediate_weight", a.IntermediateWeight, Rail);
        Set("--map-width", "map_width", a.MapWidth, Rail);
        Set("--rho", "rho", a.Rho, "sam", "asam");
        Set("--eta", "eta", a.Eta, "asam");
        Set("--period", "period", a.Period, Lookahead);
        Set("--share", "share", a.Share, Lookahead);
        Set("--window", "window", a.Window, "lawa");
        Set("--interval", "interval", a.Interval, "lawa");
        Set("--samples", "samples", a.Samples, "swag");
        Set("--scale", "scale", a.Scale, "swag");
        return options;

        void Set(string option, string field, JsonNode? value, params string[] records)
        {
            if (value is null)
            {
                return;
            }

            string? record = PartSettings.Of(method).FirstOrDefault(records.Contains);
            if (record is null)
            {
                IEnumerable<string> owners =
                    PartSettings.ByPart.Where(part => records.Contains(part.Value)).Select(part => part.Key);
                throw new UsageException(
                    $"{option} belongs to the method {string.Join(" or ", owners)}; the method is {method}.");
            }

            JsonObject settings = (JsonObject)(options[record] ??= new JsonObject());
            settings[field] = value;
        }
    }

    /// <summary>balanced, or weights by label.</summary>
    public static ClassWeightOptions? ClassWeights(string? text)
    {
        if (text is null or "balanced")
        {
            return text is null ? null : new() { Balanced = true };
        }

        Dictionary<string, double> weights = [];
        foreach (string part in text.Split(','))
        {
            int equals = part.LastIndexOf('=');
            if (equals <= 0 || !double.TryParse(part.AsSpan(equals + 1),
                    System.Globalization.CultureInfo.InvariantCulture, out double weight)
                || !weights.TryAdd(part[..equals], weight))
            {
                throw new UsageException(
                    $"--class-weights has '{part}'; expected balanced, or a number for every label, such as " +
                    "yes=2,no=1.");
            }
        }

        return new() { ByLabel = weights };
    }

    private static JsonNode? Word<T>(T? value)
        where T : struct, Enum => value is { } known ? Words.Of(known) : null;

    private static bool? YesOrNo(string option, string? word) => word switch
    {
        null => null,
        "yes" => true,
        "no" => false,
        _ => throw new UsageException($"{option} is '{word}'; expected yes or no."),
    };
}
