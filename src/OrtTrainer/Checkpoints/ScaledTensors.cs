using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace OrtTrainer.Checkpoints;

/// <summary>
/// A <c>.safetensors</c> file in which some tensors are 8-bit integers, each with a scale per row of its first axis in
/// the tensor NAME.scale beside it: they read as float32, q · scale.
/// </summary>
internal sealed class ScaledTensors : Checkpoint
{
    /// <summary>What the name of a tensor of scales ends with.</summary>
    public const string Suffix = ".scale";

    private readonly SafetensorsFile _file;
    private readonly Dictionary<string, float[]> _scales;

    private ScaledTensors(SafetensorsFile file, Dictionary<string, float[]> scales)
        : base(file.Path)
    {
        _file = file;
        _scales = scales;
        Names = [.. file.Names.Where(name =>
            !name.EndsWith(Suffix, StringComparison.Ordinal) || !scales.ContainsKey(name[..^Suffix.Length]))];
    }

    public override IReadOnlyList<string> Names { get; }

    /// <summary>Opens a file; one without scales is given as it is.</summary>
    /// <exception cref="CheckpointException">It is absent, truncated or damaged, or scales are not one per row.
    /// </exception>
    public static Checkpoint OpenFile(string path)
    {
        SafetensorsFile file = SafetensorsFile.OpenFile(path);
        try
        {
            Dictionary<string, float[]> scales = file.Names.Where(name => IsScaled(file, name))
                .ToDictionary(name => name, name => ScalesOf(file, name), StringComparer.Ordinal);
            return scales.Count > 0 ? new ScaledTensors(file, scales) : file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The scale of each row: the largest magnitude is 127 of them.</summary>
    /// <param name="values">Row-major.</param>
    /// <param name="rows">How many rows.</param>
    public static float[] ScalesFor(ReadOnlySpan<float> values, int rows)
    {
        int columns = values.Length / rows;
        float[] scales = new float[rows];
        for (int row = 0; row < rows; row++)
        {
            float largest = 0;
            foreach (float value in values.Slice(row * columns, columns))
            {
                largest = Math.Max(largest, Math.Abs(value));
            }

            scales[row] = largest / sbyte.MaxValue;
        }

        return scales;
    }

    /// <summary>The nearest multiples of the scales.</summary>
    /// <param name="values">Row-major.</param>
    /// <param name="scales">One per row.</param>
    public static sbyte[] Quantize(ReadOnlySpan<float> values, ReadOnlySpan<float> scales)
    {
        int columns = values.Length / scales.Length;
        sbyte[] quantized = new sbyte[values.Length];
        for (int i = 0; i < quantized.Length; i++)
        {
            float scale = scales[i / columns];
            quantized[i] = scale > 0 ? (sbyte)Math.Round(Math.Clamp(values[i] / scale, -127, 127)) : (sbyte)0;
        }

        return quantized;
    }

    public override bool TryGet(string name, out TensorInfo info)
    {
        if (!_file.TryGet(name, out info) || !_scales.ContainsKey(name))
        {
            return info is not null;
        }

        info = new TensorInfo(
            name, ElementType.Float32, info.Shape, info.File, info.Offset, info.ElementCount * sizeof(float));
        return true;
    }

    public override void Dispose() => _file.Dispose();

    internal override ElementReader OpenElements(TensorInfo info)
    {
        _file.TryGet(info.Name, out TensorInfo stored);
        ElementReader read = _file.OpenElements(stored);
        if (!_scales.TryGetValue(info.Name, out float[]? scales))
        {
            return read;
        }

        long columns = Math.Max(1, stored.ElementCount / scales.Length);
        return (offset, destination) =>
        {
            Span<float> values = MemoryMarshal.Cast<byte, float>(destination);
            long first = offset / sizeof(float);
            sbyte[] quantized = new sbyte[values.Length];
            read(first, MemoryMarshal.AsBytes(quantized.AsSpan()));
            for (int i = 0; i < quantized.Length; i++)
            {
                values[i] = quantized[i] * scales[(first + i) / columns];
            }
        };
    }

    private static bool IsScaled(SafetensorsFile file, string name) =>
        file.TryGet(name, out TensorInfo info) && info.ElementType == ElementType.Int8
        && file.TryGet(name + Suffix, out _);

    private static float[] ScalesOf(SafetensorsFile file, string name)
    {
        file.TryGet(name, out TensorInfo info);
        ImmutableArray<long> shape = info.Shape;
        float[] scales = new float[file.Require(name + Suffix, shape.IsEmpty ? 1 : shape[0]).ElementCount];
        file.ReadFloats(name + Suffix, scales);
        return scales;
    }
}
