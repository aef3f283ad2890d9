using System.Text.Json;
using OrtTrainer.Graph;

namespace OrtTrainer.Runtime.Profiling;

/// <summary>
/// The file of ONNX Runtime's profiler: a list of Chrome's trace events, written as each ends. A run's nodes therefore
/// stand before the event of the run.
/// </summary>
internal static class ProfileFile
{
    private const string KernelSuffix = "_kernel_time";

    /// <summary>Reads the runs, in order.</summary>
    /// <exception cref="JsonException">The file is no JSON.</exception>
    /// <exception cref="KeyNotFoundException">An event lacks a field: another version of ONNX Runtime wrote
    /// it.</exception>
    public static IReadOnlyList<ProfiledRun> Read(Stream file)
    {
        using JsonDocument document = JsonDocument.Parse(file);
        List<ProfiledRun> runs = [];
        List<ProfiledNode> nodes = [];
        foreach (JsonElement entry in document.RootElement.EnumerateArray())
        {
            string name = Text(entry, "name");
            string category = Text(entry, "cat");
            if (category == "Node" && name.EndsWith(KernelSuffix, StringComparison.Ordinal))
            {
                nodes.Add(Node(name[..^KernelSuffix.Length], entry));
            }
            else if (category == "Session" && name == "model_run")
            {
                runs.Add(new ProfiledRun(Seconds(entry), nodes));
                nodes = [];
            }
        }

        return runs;
    }

    private static ProfiledNode Node(string name, JsonElement entry)
    {
        JsonElement args = entry.GetProperty("args");
        return new(
            name, Text(args, "op_name"), Seconds(entry), Tensors(args, "input_type_shape"),
            Tensors(args, "output_type_shape"));
    }

    /// <summary>Tensors, each as an object of its type and shape: <c>[{"float":[2,3]}, {"int64":[]}]</c>.</summary>
    private static ProfiledTensor[] Tensors(JsonElement args, string list) =>
        [.. args.GetProperty(list).EnumerateArray().SelectMany(tensor => tensor.EnumerateObject()).Select(
            tensor => new ProfiledTensor(
                TypeOf(tensor.Name), [.. tensor.Value.EnumerateArray().Select(size => size.GetInt64())]))];

    private static ElementType? TypeOf(string word) =>
        Enum.TryParse(word, ignoreCase: true, out ElementType type) && type != ElementType.String ? type : null;

    private static double Seconds(JsonElement entry) => entry.GetProperty("dur").GetInt64() / 1e6;

    private static string Text(JsonElement entry, string field) => entry.GetProperty(field).GetString()!;
}
