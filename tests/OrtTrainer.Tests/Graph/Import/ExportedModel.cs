using OrtTrainer.Checkpoints;
using OrtTrainer.Runtime;

namespace OrtTrainer.Tests.Graph.Import;

/// <summary>A model exported by PyTorch, with inputs and the outputs PyTorch gave.</summary>
internal sealed class ExportedModel : IDisposable
{
    private readonly SafetensorsFile _values;

    public ExportedModel(string path)
    {
        Assume.That(File.Exists(path),
            $"{path} is not there; this test compares with reference material outside the repository.");
        Path = path;
        _values = SafetensorsFile.OpenFile(System.IO.Path.ChangeExtension(path, ".safetensors"));
    }

    public string Path { get; }

    /// <summary>Names of the outputs with stored values.</summary>
    public IEnumerable<string> Outputs =>
        _values.Names.Where(n => n.StartsWith("out.", StringComparison.Ordinal)).Select(n => n[4..]);

    /// <summary>The files whose name satisfies the condition; the folder itself where there is none.</summary>
    public static IEnumerable<TestCaseData> Files(Func<string, bool> wanted)
    {
        string folder = System.IO.Path.Combine(SharedFiles.Goldens, "onnx-exports");
        string[] files = Directory.Exists(folder) ? Directory.GetFiles(folder, "*.onnx") : [folder];
        return files.Where(f => !Directory.Exists(folder) || wanted(System.IO.Path.GetFileName(f)))
            .Order(StringComparer.Ordinal)
            .Select(f => new TestCaseData(f).SetArgDisplayNames(System.IO.Path.GetFileNameWithoutExtension(f)));
    }

    /// <summary>Whether the file is of a model of images, whose graph takes them.</summary>
    public static bool IsOfImages(string file) =>
        file.StartsWith("vit-", StringComparison.Ordinal) || file.StartsWith("resnet-", StringComparison.Ordinal);

    public float[] Output(string name) => ReadFloats(_values, "out." + name);

    /// <summary>Sets every input of the session that has stored values.</summary>
    public void Bind(GraphSession session, Binding binding)
    {
        foreach (GraphValue input in session.Inputs)
        {
            if (!_values.TryGet("in." + input.Name, out TensorInfo info))
            {
                continue;
            }

            if (input.Type == OrtTrainer.Graph.ElementType.Int64)
            {
                long[] data = new long[info.ElementCount];
                _values.ReadInt64s(info.Name, data);
                binding.SetInput(input.Name, data, info.Shape.AsSpan());
            }
            else
            {
                binding.SetInput(input.Name, ReadFloats(_values, info.Name), info.Shape.AsSpan());
            }
        }
    }

    public void Dispose() => _values.Dispose();

    internal static float[] ReadFloats(SafetensorsFile file, string name)
    {
        Assert.That(file.TryGet(name, out TensorInfo info), name);
        float[] values = new float[info.ElementCount];
        file.ReadFloats(name, values);
        return values;
    }
}
