using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Diagnosis;
using OrtTrainer.Tasks;

namespace OrtTrainer.Cli.Commands;

/// <summary>Options of a run to start from, each with its reason, in the form of options.json with comments.</summary>
internal sealed class OptionsProposal
{
    private static readonly JsonSerializerOptions Format = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly List<(string Name, object Value, string Reason)> _data = [];
    private readonly List<(string Name, object Value, string Reason)> _run = [];

    /// <param name="options">The data, its columns and task.</param>
    /// <param name="train">The rows to train on.</param>
    /// <param name="lengths">Tokens of their texts; null where no model counts them.</param>
    /// <param name="model">The model; null for none.</param>
    public OptionsProposal(DataOptions options, Dataset train, LengthSummary? lengths, string? model)
    {
        ProposeData(options, train);
        if (model is not null)
        {
            _run.Add(("model", model, "the model that training begins from"));
        }

        ProposeSteps(train.Count);
        if (lengths is not null)
        {
            _run.Add(("max_length", MaxLengthOf(lengths),
                $"99 of 100 texts have at most {lengths.Percentile99} tokens, the longest {lengths.Maximum}; longer " +
                "texts are cut after it, by the exported model too"));
        }

        int[] counts = [.. train.Targets.Summarize(train.Labels).LabelCounts.Select(label => label.Value)];
        if (train.Targets is ClassTargets && counts.Min() > 0
            && (double)counts.Max() / counts.Min() is >= DataDiagnosis.Imbalanced and var ratio)
        {
            _run.Add(("class_weights", new Dictionary<string, bool> { ["balanced"] = true }, string.Create(
                CultureInfo.InvariantCulture,
                $"the most frequent label has {ratio:0.0} times the rows of the rarest")));
        }
    }

    /// <summary>As text: a line per option, its reason before it.</summary>
    public string ToText()
    {
        StringBuilder text = new("{\n");
        foreach ((string name, object value, string reason) in _run)
        {
            Append(text, "  ", name, value, reason, isLast: false);
        }

        text.Append("  \"data\": {\n");
        foreach ((int place, (string name, object value, string reason)) in _data.Index())
        {
            Append(text, "    ", name, value, reason, place == _data.Count - 1);
        }

        return text.Append("  }\n}\n").ToString();
    }

    private void ProposeData(DataOptions options, Dataset train)
    {
        _data.Add(("train", options.Train, $"{train.Count} rows"));
        if (options.Eval is { } eval)
        {
            _data.Add(("eval", eval, "chooses the weights"));
        }
        else
        {
            _data.Add(("eval_fraction", train.Count < 500 ? 0.2 : 0.1,
                "share of the rows that chooses the weights, split off by label; give a file as eval instead"));
        }

        if (options.Test is { } test)
        {
            _data.Add(("test", test, "scored once, at the end"));
        }

        if (options.Table != new TableOptions())
        {
            _data.Add(("table", JsonSerializer.SerializeToNode(options.Table, RunJson.Options)!, "how files are read"));
        }

        _data.Add(("task", options.Task.Name, options.Task.DescribeOutputs(train.Outputs)));
        _data.Add(("text_column", options.Columns.Text, "the text"));
        if (options.Columns.Pair is { } pair)
        {
            _data.Add(("pair_column", pair, "the second text"));
        }

        if (options.Columns.Label is { } label)
        {
            _data.Add(("label_column", label, "the label"));
        }
    }

    private void ProposeSteps(int rows)
    {
        (double epochs, int batch) = rows switch
        {
            < 500 => (10, 8),
            < 2_000 => (6, 16),
            < 20_000 => (3, 32),
            _ => (2, 32),
        };
        _run.Add(("epochs", epochs, $"passes over {rows} rows; fewer rows need more passes"));
        _run.Add(("batch_size", batch, "examples per step"));
    }

    // Eights, which kernels like; a margin costs nothing, since batches are packed without padding.
    private static int MaxLengthOf(LengthSummary lengths) =>
        Math.Min(lengths.MaxLength, Math.Max(16, (lengths.Percentile99 + 7) / 8 * 8));

    private static void Append(
        StringBuilder text, string indent, string name, object value, string reason, bool isLast) =>
        text.Append($"{indent}// {reason}\n{indent}\"{name}\": {JsonSerializer.Serialize(value, Format)}")
            .Append(isLast ? "\n" : ",\n");
}
