using System.Text.Json.Nodes;

namespace OrtTrainer.Checkpoints;

public sealed class ModelConfig
{
    private readonly JsonObject _o;
    private ModelConfig(string path, JsonObject o) { Path = path; _o = o; }
    public string Path { get; }
    public string ModelType => GetString("model_type");
    public static ModelConfig Open(string folder) { string p = System.IO.Path.Combine(folder, "config.json"); return new(p, (JsonObject)JsonNode.Parse(File.ReadAllText(p))!); }
    public int GetInt(string n, int? d = null) => _o[n]?.GetValue<int>() ?? d ?? throw new InvalidOperationException(n);
    public double GetDouble(string n, double? d = null) => _o[n]?.GetValue<double>() ?? d ?? throw new InvalidOperationException(n);
    public string GetString(string n, string? d = null) => _o[n]?.GetValue<string>() ?? d ?? throw new InvalidOperationException(n);
    public ModelConfig With(string n, int v) { JsonObject c = (JsonObject)_o.DeepClone(); c[n] = v; return new(Path, c); }
}
