using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using OrtTrainer.Data;
using OrtTrainer.Options;
using OrtTrainer.Reports;
using OrtTrainer.Runs;
using OrtTrainer.Tasks;

namespace OrtTrainer.RunReports;

/// <summary>The text of a model card.</summary>
internal static class ModelCardText
{
    private const string SentenceTransformers = "sentence-transformers";

    // What the Hub's own metrics are called, where this program's names differ.
    private static readonly Dictionary<string, string> HubMetrics = new(StringComparer.Ordinal)
    {
        ["mcc"] = "matthews_correlation", ["pearson"] = "pearsonr", ["spearman"] = "spearmanr",
    };

    /// <summary>The whole card.</summary>
    /// <param name="results">The run.</param>
    /// <param name="folder">The model's folder.</param>
    public static string Of(RunResults results, string folder)
    {
        PreparedRun run = results.Run;
        Example? example = run.Data.Eval.Source.Examples.FirstOrDefault(e => !string.IsNullOrWhiteSpace(e.Text));
        ModelUsage usage = run.Data.Task.Usage(example);
        string name = Path.GetFileName(folder);
        StringBuilder text = new();
        AppendHead(text, results, usage, name);
        text.Append(CultureInfo.InvariantCulture, $"\n# {name}\n\n{RunWords.Subject(run)}\n");
        text.Append(CultureInfo.InvariantCulture,
            $"\n## Scores\n\n{RunWords.Decision(results.Summary, run.Options.Method.Averaging is not null)}\n\n");
        AppendScores(text, results.Summary);
        if (run.Data.Labels is { } labels)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"\nLabels: {string.Join(", ", labels.Names.Select(label => $"`{label}`"))}.\n");
        }

        text.Append("\n## Use\n");
        foreach ((string heading, string language, string code) in new[]
        {
            ("C#, with the package OrtTrainer", "csharp", usage.CSharp),
            ("JavaScript, with transformers.js", "js", usage.JavaScript),
            ("Python, with optimum and ONNX Runtime", "python", usage.Python),
        })
        {
            text.Append(CultureInfo.InvariantCulture,
                $"\n{heading}:\n\n```{language}\n{Placed(code, folder, name)}\n```\n");
        }

        AppendTraining(text, results);
        return text.ToString();
    }

    // The parts of YAML that are strings are written as JSON, which YAML reads.
    private static void AppendHead(StringBuilder text, RunResults results, ModelUsage usage, string name)
    {
        (PreparedRun run, RunSummary summary) = (results.Run, results.Summary);
        string library = run.Data.Task.MakesVectors ? SentenceTransformers : "transformers";
        text.Append(CultureInfo.InvariantCulture, $"""
            ---
            base_model: {Quoted(BaseModel(run.Options.Model))}
            library_name: {library}
            pipeline_tag: {usage.PipelineTag}
            tags:
            - onnx
            - transformers.js
            - orttrainer
            metrics:
            - {HubMetric(summary.Metric)}
            model-index:
            - name: {Quoted(name)}
              results:

            """);
        AppendResult(text, usage, "eval", Path.GetFileName(run.Options.Data.Eval ?? run.Options.Data.Train),
            summary.ExportsAverage ? summary.EvalAveraged! : summary.EvalLive);
        if ((summary.ExportsAverage ? summary.TestAveragedScores : summary.TestLiveScores) is { } test)
        {
            AppendResult(text, usage, "test", Path.GetFileName(run.Options.Data.Test!), test);
        }

        text.Append("---\n");
    }

    private static void AppendResult(
        StringBuilder text, ModelUsage usage, string split, string data, IReadOnlyDictionary<string, double> scores)
    {
        KeyValuePair<string, double>[] known = [.. scores.Where(score => double.IsFinite(score.Value))];
        if (known.Length == 0)
        {
            return;
        }

        text.Append(CultureInfo.InvariantCulture, $"""
              - task:
                  type: {usage.PipelineTag}
                dataset:
                  name: {Quoted(data)}
                  type: {Quoted(data)}
                  split: {split}
                metrics:

            """);
        foreach ((string metric, double value) in known)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"    - type: {Quoted(HubMetric(metric))}\n      name: {Quoted(metric)}\n");
            text.Append(CultureInfo.InvariantCulture, $"      value: {value:0.######}\n");
        }
    }

    private static void AppendScores(StringBuilder text, RunSummary summary)
    {
        ReportTable table = RunTables.Scores(summary);
        text.Append(CultureInfo.InvariantCulture, $"| {string.Join(" | ", table.Header)} |\n");
        text.Append(CultureInfo.InvariantCulture,
            $"| {string.Join(" | ", table.Header.Select((_, column) => table.IsText(column) ? "---" : "---:"))} |\n");
        foreach (IReadOnlyList<string> row in table.Rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {string.Join(" | ", row)} |\n");
        }
    }

    private static void AppendTraining(StringBuilder text, RunResults results)
    {
        FineTuneOptions options = results.Run.Options;
        int perStep = options.BatchSize * options.Accumulation;
        text.Append(CultureInfo.InvariantCulture, $"""

            ## Training

            - method `{options.Method}`, learning rate {ReportFigures.Short(options.EffectiveLearningRate)}
            - {ReportFigures.Count(results.Summary.Steps)} optimizer steps of {perStep} examples
            - {options.MaxLength} tokens at most, seed {options.Seed}

            Made with OrtTrainer. `run/options.json` has all settings, `run/report.html` a report.

            """);
    }

    /// <summary>The model's name on the Hub where its folder lies in the Hub's own cache, else the folder's. What its
    /// configuration calls it is what it was made from.</summary>
    internal static string BaseModel(string folder)
    {
        const string Cached = "models--";
        string? repository = folder.Split('/', '\\')
            .LastOrDefault(part => part.StartsWith(Cached, StringComparison.Ordinal));
        return repository is null
            ? Path.GetFileName(Path.TrimEndingDirectorySeparator(folder))
            : repository[Cached.Length..].Replace("--", "/", StringComparison.Ordinal);
    }

    private static string HubMetric(string metric) => HubMetrics.GetValueOrDefault(metric, metric);

    private static string Quoted(string text) => ModelUsage.Quoted(text);

    private static string Placed(string code, string folder, string name)
    {
        string placed = code.Replace("\"{folder}\"", Quoted(name), StringComparison.Ordinal)
            .Replace("\"{parent}\"", Quoted("."), StringComparison.Ordinal)
            .Replace("\"{name}\"", Quoted(name), StringComparison.Ordinal);
        return MaskOf(folder) is { } mask ? placed.Replace("[MASK]", mask, StringComparison.Ordinal) : placed;
    }

    private static string? MaskOf(string folder)
    {
        string file = Path.Combine(folder, "tokenizer_config.json");
        return File.Exists(file) && JsonNode.Parse(File.ReadAllText(file)) is JsonObject tokenizer
            ? tokenizer["mask_token"] switch
            {
                JsonObject token => (string?)token["content"],
                { } token when token.GetValueKind() == JsonValueKind.String => (string?)token,
                _ => null,
            }
            : null;
    }
}
