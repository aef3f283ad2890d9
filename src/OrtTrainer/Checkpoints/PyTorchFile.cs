using OrtTrainer.Checkpoints.PyTorch;

namespace OrtTrainer.Checkpoints;

/// <summary>
/// A <c>pytorch_model.bin</c>, open for reading: what <c>torch.save</c> writes for a state dictionary, as a zip
/// archive or in the older format. No code in it is ever run; a file that names anything but tensors is refused.
/// </summary>
internal sealed class PyTorchFile : Checkpoint
{
    private readonly CheckpointBytes _file;
    private readonly Dictionary<string, TensorView> _tensors;

    private PyTorchFile(CheckpointBytes file, Dictionary<string, TensorView> tensors)
        : base(file.Path)
    {
        _file = file;
        _tensors = tensors;
        Names = [.. tensors.Keys];
    }

    public override IReadOnlyList<string> Names { get; }

    /// <summary>Opens the file and reads which tensors it holds.</summary>
    /// <exception cref="CheckpointException">It is absent, truncated, damaged or holds more than tensors.</exception>
    public static PyTorchFile OpenFile(string path)
    {
        var file = CheckpointBytes.Open(path);
        try
        {
            return new PyTorchFile(file, FindTensors(file, ReadContent(file)));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public override bool TryGet(string name, out TensorInfo info)
    {
        info = _tensors.TryGetValue(name, out var view) ? view.Info : null!;
        return view is not null;
    }

    public override void Dispose() => _file.Dispose();

    internal override ElementReader OpenElements(TensorInfo info) => _tensors[info.Name].Open();

    private static PyTorchContent ReadContent(CheckpointBytes file)
    {
        Span<byte> first = stackalloc byte[(int)Math.Min(16, file.Length)];
        file.Read(0, first, "first bytes");
        if (ZipFormat.Recognises(first))
        {
            return ZipFormat.Read(file);
        }

        if (LegacyFormat.Recognises(first))
        {
            return LegacyFormat.Read(file);
        }

        throw new CheckpointException(
            file.Path, "first bytes", Convert.ToHexString(first), "a zip archive or torch.save's magic number",
            "Check that the download is complete and no pointer of Git LFS.");
    }

    private static Dictionary<string, TensorView> FindTensors(CheckpointBytes file, PyTorchContent content)
    {
        var items = content.Root is PickleDictionary root ? root.Items : [];
        var tensors = new Dictionary<string, TensorView>();
        foreach (var (key, value) in items)
        {
            // Training scripts put counters beside the tensors; they are no weights.
            if (key is string name && value is TensorReference tensor)
            {
                tensors.Add(name, TensorView.Create(file, name, tensor, content));
            }
        }

        if (tensors.Count == 0)
        {
            var keys = string.Join(", ", items.Take(5).Select(item => CheckpointException.Quote($"{item.Key}")));
            throw new CheckpointException(
                file.Path, "saved object", items.Count == 0 ? "no dictionary of tensors" : $"no tensors, but {keys}",
                "a state_dict: names and tensors", "Save model.state_dict(), or the part of the file that holds it.");
        }

        return tensors;
    }
}
