using System.Text.Json.Nodes;
using OrtTrainer.Checkpoints;

namespace OrtTrainer.Models;

/// <summary>
/// A folder with low-rank adapters as the library PEFT (Hugging Face) keeps them: adapter_config.json, and
/// adapter_model.safetensors with A and B of each layer and the parameters that were trained whole. They are added to a
/// model while its weights are read.
/// </summary>
internal sealed class PeftAdapter : IDisposable
{
    public const string ConfigName = "adapter_config.json";
    public const string WeightsName = "adapter_model.safetensors";

    /// <summary>What stands before the names of the model's own tensors and layers.</summary>
    public const string Prefix = "base_model.model.";

    private const string DownSuffix = ".lora_A.weight";
    private const string UpSuffix = ".lora_B.weight";
    private const string WeightSuffix = ".weight";
    private const int MostNamed = 3;

    private const string Merge =
        "Merge the adapter with PEFT (merge_and_unload, save_pretrained), and take the model that this writes.";

    // Fields that make something else of the adapters; off are null, false, and what is empty.
    private static readonly string[] Unsupported =
    [
        "use_dora", "use_qalora", "lora_bias", "alpha_pattern", "layer_replication", "target_parameters",
        "trainable_token_indices", "alora_invocation_tokens", "arrow_config",
    ];

    // Starts of A and B that change the model's own weights too.
    private static readonly string[] ChangingStarts = ["pissa", "olora", "corda", "loftq"];

    private readonly SafetensorsFile _file;
    private readonly double _alpha;
    private readonly bool _isStabilized;
    private readonly HashSet<string> _unread;

    private PeftAdapter(SafetensorsFile file, ModelConfig config)
    {
        _file = file;
        _alpha = config.GetFloat("lora_alpha");
        _isStabilized = config.GetBool("use_rslora", false);
        int? rank = IsOff(config.ToJson()["rank_pattern"]) ? config.Size("r", new(1, int.MaxValue)) : null;
        foreach (string name in file.Names)
        {
            RequireKnown(name, rank);
        }

        _unread = [.. file.Names];
    }

    /// <summary>Opens a folder.</summary>
    /// <exception cref="CheckpointException">A file is missing or damaged, or what it holds is no plain
    /// LoRA.</exception>
    public static PeftAdapter Open(string folder)
    {
        ModelConfig config = ModelConfig.LoadFile(Path.Combine(folder, ConfigName));
        RequireLora(config);
        SafetensorsFile file = SafetensorsFile.OpenFile(Path.Combine(folder, WeightsName));
        try
        {
            return new(file, config);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Whether a parameter was trained whole.</summary>
    /// <param name="names">What its tensor may be called.</param>
    public bool HasWhole(IReadOnlyList<string> names) => Find(names, "") is not null;

    /// <summary>Reads a parameter that was trained whole.</summary>
    /// <param name="parameter">The parameter.</param>
    /// <param name="names">What its tensor may be called.</param>
    /// <param name="values">Its elements.</param>
    /// <exception cref="CheckpointException">It has another shape.</exception>
    public void Read(ParameterSpec parameter, IReadOnlyList<string> names, Span<float> values)
    {
        string name = Find(names, "")!;
        _file.TryGet(name, out TensorInfo info);
        if (!info.Shape.SequenceEqual(parameter.Storage.ShapeFor(parameter.Shape)))
        {
            throw Misfit(name, info, parameter.Storage.ShapeFor(parameter.Shape));
        }

        parameter.Storage.Read(_file, name, parameter.Shape, values);
        _unread.Remove(name);
    }

    /// <summary>Adds scale · B·A to the weights of a layer that has an adapter, and nothing to others.</summary>
    /// <param name="parameter">The parameter.</param>
    /// <param name="names">What its tensor may be called.</param>
    /// <param name="values">Its elements, [out, in].</param>
    /// <exception cref="CheckpointException">The adapter is of a layer of another shape.</exception>
    public void AddTo(ParameterSpec parameter, IReadOnlyList<string> names, Span<float> values)
    {
        string[] layers =
        [
            .. names.Where(name => name.EndsWith(WeightSuffix, StringComparison.Ordinal))
                .Select(name => name[..^WeightSuffix.Length]),
        ];
        if (Find(layers, DownSuffix) is not { } down || Find(layers, UpSuffix) is not { } up)
        {
            return;
        }

        _file.TryGet(down, out TensorInfo a);
        _file.TryGet(up, out TensorInfo b);
        int rank = checked((int)a.Shape[0]);
        long outputs = parameter.Storage.Rows ?? parameter.Shape[0];
        long inputs = parameter.Shape.Skip(1).Aggregate(1L, (n, size) => n * size);
        if (parameter.Shape.Count != 2 || parameter.Storage.Kernel is not null || a.Shape[1] != inputs)
        {
            throw Misfit(down, a, [rank, inputs]);
        }

        if (b.Shape[0] != outputs)
        {
            throw Misfit(up, b, [outputs, rank]);
        }

        float[] first = new float[a.ElementCount], second = new float[b.ElementCount];
        _file.ReadFloats(down, first);
        _file.ReadFloats(up, second);
        int start = checked((int)parameter.Storage.FirstRow * rank);
        double scale = _alpha / (_isStabilized ? Math.Sqrt(rank) : rank);
        LowRankProduct.AddTo(values, first, second.AsSpan(start), rank, (float)scale);
        _unread.Remove(down);
        _unread.Remove(up);
    }

    /// <summary>Makes sure that all of the adapter is in the model, once its parameters have been read.</summary>
    /// <param name="model">The model's folder.</param>
    /// <exception cref="CheckpointException">Some of it belongs to layers that the model does not have.</exception>
    public void RequireRead(string model)
    {
        if (_unread.Count > 0)
        {
            string others = _unread.Count > MostNamed ? $" and {_unread.Count - MostNamed} more" : "";
            throw new CheckpointException(
                _file.Path,
                $"tensor {string.Join(", ", _unread.Order(StringComparer.Ordinal).Take(MostNamed))}{others}",
                "layers that the model does not have", $"those of the model in {model}",
                "Give the model that the adapter was trained on (--model).");
        }
    }

    public void Dispose() => _file.Dispose();

    private static void RequireLora(ModelConfig config)
    {
        JsonObject fields = config.ToJson();
        if (config.GetString("peft_type") is var type && type != "LORA")
        {
            throw new CheckpointException(
                config.Path, "field peft_type", $"\"{CheckpointException.Shorten(type)}\"", "\"LORA\"", Merge);
        }

        foreach (string field in Unsupported.Where(field => !IsOff(fields[field])))
        {
            throw new CheckpointException(
                config.Path, $"field {field}", CheckpointException.Shorten(fields[field]!.ToJsonString()),
                "no such field, as of plain LoRA", Merge);
        }

        if (config.GetString("bias", "none") is var bias && bias != "none")
        {
            throw new CheckpointException(
                config.Path, "field bias", $"\"{CheckpointException.Shorten(bias)}\"", "\"none\"", Merge);
        }

        if (fields["init_lora_weights"] is JsonValue value && value.TryGetValue(out string? start)
            && ChangingStarts.Any(name => start.StartsWith(name, StringComparison.OrdinalIgnoreCase)))
        {
            throw new CheckpointException(
                config.Path, "field init_lora_weights", $"\"{CheckpointException.Shorten(start)}\", which changes the "
                + "model beside the adapter", "true or \"gaussian\"", Merge);
        }
    }

    private static bool IsOff(JsonNode? node) => node switch
    {
        null or JsonObject { Count: 0 } or JsonArray { Count: 0 } => true,
        JsonValue value => value.TryGetValue(out bool isOn) && !isOn,
        _ => false,
    };

    /// <summary>A and B come in pairs of one rank; what else is of LoRA is no plain one.</summary>
    private void RequireKnown(string name, int? rank)
    {
        if (!name.StartsWith(Prefix, StringComparison.Ordinal))
        {
            throw Unknown(name);
        }

        string? partner = name.EndsWith(DownSuffix, StringComparison.Ordinal) ? name[..^DownSuffix.Length] + UpSuffix
            : name.EndsWith(UpSuffix, StringComparison.Ordinal) ? name[..^UpSuffix.Length] + DownSuffix
            : null;
        if (partner is null)
        {
            if (name.Contains(".lora_", StringComparison.Ordinal))
            {
                throw Unknown(name);
            }

            return;
        }

        _file.TryGet(name, out TensorInfo info);
        if (!_file.TryGet(partner, out TensorInfo other))
        {
            throw new CheckpointException(
                _file.Path, $"tensor {CheckpointException.Quote(name)}", "no tensor beside it",
                CheckpointException.Quote(partner), "Write or download the file again.");
        }

        bool isDown = partner.EndsWith(UpSuffix, StringComparison.Ordinal);
        (TensorInfo a, TensorInfo b) = isDown ? (info, other) : (other, info);
        if (a.Shape.Length != 2 || b.Shape.Length != 2 || a.Shape[0] != b.Shape[1]
            || a.Shape[0] != (rank ?? a.Shape[0]) || a.Shape[0] == 0)
        {
            string ranks = rank is { } one ? $"{one}" : "r";
            throw new CheckpointException(
                _file.Path, $"tensor {CheckpointException.Quote(a.Name)}",
                $"A {TensorInfo.DescribeShape(a.Shape.AsSpan())} and B {TensorInfo.DescribeShape(b.Shape.AsSpan())}",
                $"A [{ranks}, inputs] and B [outputs, {ranks}] of a linear layer",
                "Check that both files belong together.");
        }
    }

    private CheckpointException Unknown(string name) => new(
        _file.Path, $"tensor {CheckpointException.Quote(name)}", "something else than plain LoRA has",
        $"tensors such as \"{Prefix}…{DownSuffix}\" and \"…{UpSuffix}\", and parameters of the model", Merge);

    private CheckpointException Misfit(string name, TensorInfo found, long[] expected) => new(
        _file.Path, $"tensor {CheckpointException.Quote(name)}",
        $"shape {TensorInfo.DescribeShape(found.Shape.AsSpan())}",
        $"shape {TensorInfo.DescribeShape(expected)}, as the model has it",
        "Give the model that the adapter was trained on (--model), with its labels (id2label of config.json).");

    private string? Find(IEnumerable<string> names, string suffix) =>
        names.Select(name => Prefix + name + suffix).FirstOrDefault(name => _file.TryGet(name, out _));
}
