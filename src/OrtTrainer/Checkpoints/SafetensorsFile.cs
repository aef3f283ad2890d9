namespace OrtTrainer.Checkpoints;

/// <summary>A <c>.safetensors</c> file, open for reading.</summary>
internal sealed class SafetensorsFile : Checkpoint
{
    private readonly CheckpointBytes _file;
    private readonly Dictionary<string, TensorInfo> _tensors;

    private SafetensorsFile(CheckpointBytes file, SafetensorsHeader header)
        : base(file.Path)
    {
        _file = file;
        _tensors = header.Tensors.ToDictionary(tensor => tensor.Name);
        Names = [.. header.Tensors.Select(tensor => tensor.Name)];
        Metadata = header.Metadata;
    }

    public override IReadOnlyList<string> Names { get; }

    /// <summary>The strings under <c>__metadata__</c>, such as <c>format</c>: <c>pt</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Opens the file and reads its header.</summary>
    /// <exception cref="CheckpointException">It is absent, truncated or damaged.</exception>
    public static SafetensorsFile OpenFile(string path)
    {
        var file = CheckpointBytes.Open(path);
        try
        {
            return new SafetensorsFile(file, SafetensorsHeader.Read(file));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public override bool TryGet(string name, out TensorInfo info) => _tensors.TryGetValue(name, out info!);

    public override void Dispose() => _file.Dispose();

    internal override ElementReader OpenElements(TensorInfo info) =>
        (offset, destination) => _file.Read(info.Offset + offset, destination, $"tensor {info.Name}");
}
