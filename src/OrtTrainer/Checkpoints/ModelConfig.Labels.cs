using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using OrtTrainer.Common;

namespace OrtTrainer.Checkpoints;

/// <summary>Labels, task and architecture: what fine-tuning changes.</summary>
internal sealed partial class ModelConfig
{
    // Names of labels may be in any script; config.json is not put into HTML.
    private static readonly JsonSerializerOptions Written = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>
    /// Label names by class number, from <c>id2label</c>; where that is absent, LABEL_0 … for <c>num_labels</c>
    /// classes, 2 by default, as transformers does.
    /// </summary>
    /// <exception cref="CheckpointException">The numbers are not 0 … n-1 or a name is no text.</exception>
    public IReadOnlyList<string> Id2Label
    {
        get
        {
            if (_fields["id2label"] is not { } node)
            {
                return DefaultLabels();
            }

            if (node is not JsonObject labels || labels.Count == 0)
            {
                throw Wrong("id2label", ToElement(node), "an object of class numbers and names");
            }

            var names = new string?[labels.Count];
            foreach (var (key, value) in labels)
            {
                // Keys stand in any order: "10" comes before "2" in files that were sorted as text.
                if (!int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                    || id >= names.Length
                    || names[id] is not null || value is null || ToElement(value).ValueKind != JsonValueKind.String)
                {
                    throw new CheckpointException(
                        Path, "field id2label", $"the entry {CheckpointException.Quote(key)}",
                        $"class numbers 0 to {names.Length - 1}, each with a name", "Correct the field.");
                }

                names[id] = value.GetValue<string>();
            }

            return names!;
        }
    }

    /// <summary>Whether the labels have names of their own, each a different one, not the defaults LABEL_0 … that say
    /// nothing.</summary>
    public bool NamesLabels => Id2Label is var names && !AreDefaults(names)
        && names.All(name => name.Length > 0) && names.Distinct(StringComparer.Ordinal).Count() == names.Count;

    /// <summary><c>problem_type</c>, such as <c>single_label_classification</c>; null where it is not set.</summary>
    public string? ProblemType => Has("problem_type") ? GetString("problem_type") : null;

    /// <summary>
    /// The class transformers loads, such as BertForSequenceClassification: the first of <c>architectures</c>; null
    /// where none is named.
    /// </summary>
    public string? ClassName =>
        _fields["architectures"] is JsonArray { Count: > 0 } classes && classes[0] is JsonValue first
        && first.TryGetValue(out string? name)
            ? name
            : null;

    /// <summary>Whether these are the names LABEL_0 … of labels that were never named.</summary>
    public static bool AreDefaults(IReadOnlyList<string> labels) =>
        labels.Select((name, id) => name == $"LABEL_{id}").All(isDefault => isDefault);

    /// <summary>The names that transformers gives to so many outputs without names: <c>LABEL_0</c> and so
    /// on.</summary>
    public static IReadOnlyList<string> DefaultLabels(int count) =>
        [.. Enumerable.Range(0, count).Select(id => $"LABEL_{id}")];

    /// <summary>A copy with other labels, task or architecture; what is null stays as it is.</summary>
    /// <param name="labels">Names by class number: sets <c>id2label</c> and <c>label2id</c>.</param>
    /// <param name="problemType">single_label_classification, multi_label_classification or regression.</param>
    /// <param name="architecture">The class transformers loads, such as BertForSequenceClassification.</param>
    /// <exception cref="ArgumentException">No labels, or two with one name.</exception>
    public ModelConfig With(
        IReadOnlyList<string>? labels = null, string? problemType = null, string? architecture = null)
    {
        var fields = ToJson();
        if (labels is not null)
        {
            SetLabels(fields, labels);
        }

        if (problemType is not null)
        {
            fields["problem_type"] = problemType;
        }

        if (architecture is not null)
        {
            fields["architectures"] = new JsonArray(architecture);
        }

        return new ModelConfig(Path, fields);
    }

    /// <summary>A copy with one field set; null removes it.</summary>
    public ModelConfig With(string field, JsonNode? value)
    {
        var fields = ToJson();
        fields.Remove(field);
        if (value is not null)
        {
            fields[field] = value.DeepClone();
        }

        return new ModelConfig(Path, fields);
    }

    /// <summary>Writes <c>config.json</c> into a folder, atomically.</summary>
    /// <exception cref="FileWriteException">The disk is full or the folder may not be written.</exception>
    public void Save(string modelFolder) =>
        AtomicFile.WriteText(
            System.IO.Path.Combine(modelFolder, FileName), _fields.ToJsonString(Written) + "\n");

    private static void SetLabels(JsonObject fields, IReadOnlyList<string> labels)
    {
        if (labels.Count == 0 || labels.Distinct().Count() != labels.Count)
        {
            throw new ArgumentException("Labels must be at least one and have different names.", nameof(labels));
        }

        var id2Label = new JsonObject();
        var label2Id = new JsonObject();
        for (var id = 0; id < labels.Count; id++)
        {
            id2Label[id.ToString(CultureInfo.InvariantCulture)] = labels[id];
            label2Id[labels[id]] = id;
        }

        // transformers derives num_labels from id2label and complains where both are there and differ.
        fields.Remove("num_labels");
        fields["id2label"] = id2Label;
        fields["label2id"] = label2Id;
    }

    private string[] DefaultLabels()
    {
        const int mostLabels = 1_000_000;
        var count = GetInt("num_labels", 2);
        return count is > 0 and <= mostLabels
            ? [.. DefaultLabels(count)]
            : throw new CheckpointException(
                Path, "field num_labels", $"{count}", $"1 to {mostLabels}", "Correct the field.");
    }
}
