using System.Collections.Immutable;
using System.Text;
using Google.FlatBuffers;

namespace OrtTrainer.Checkpoints.OnDevice;

/// <summary>
/// A checkpoint of ONNX Runtime's on-device training, open for reading: its parameters as the tensors of a weight file,
/// whoever wrote it.
/// </summary>
internal sealed class DeviceCheckpointFile : Checkpoint
{
    private const string CopyAgain = "The file is truncated or damaged: copy it from the device again.";

    // Root offset and identifier.
    private const int ShortestFile = 8;

    private readonly byte[] _bytes;
    private readonly CheckpointBytes? _data;
    private readonly Dictionary<string, TensorInfo> _tensors = new(StringComparer.Ordinal);

    private DeviceCheckpointFile(string path, byte[] bytes)
        : base(path)
    {
        _bytes = bytes;
        CheckpointTable root = RootOf(path, bytes);
        CheckpointTable module = root.Inner(CheckpointSchema.Root.Module)
            ?? throw Damaged("no parameters", "a module state");
        IsNominal = module.Flag(CheckpointSchema.Module.IsNominal);
        if (module.Flag(CheckpointSchema.Module.HasExternalData))
        {
            _data = CheckpointBytes.Open(path + CheckpointSchema.DataSuffix);
        }

        try
        {
            Trainable = Parameters(module, CheckpointSchema.Module.Trainable, "requires_grad_params");
            Frozen = Parameters(module, CheckpointSchema.Module.Frozen, "frozen_params");
            Names = [.. Trainable, .. Frozen];
            Optimizer = OptimizerOf(root);
            Properties = root.Inner(CheckpointSchema.Root.Properties) is { } bag
                ? PropertiesOf(bag)
                : new Dictionary<string, object>();
        }
        catch
        {
            _data?.Dispose();
            throw;
        }
    }

    /// <summary>All parameters, those that are trained first.</summary>
    public override IReadOnlyList<string> Names { get; }

    /// <summary>The parameters that are trained.</summary>
    public IReadOnlyList<string> Trainable { get; }

    /// <summary>The parameters that stay as they are.</summary>
    public IReadOnlyList<string> Frozen { get; }

    /// <summary>Whether it has names and types of parameters alone, without values.</summary>
    public bool IsNominal { get; }

    /// <summary>Whether values lie in a second file.</summary>
    public bool HasExternalData => _data is not null;

    /// <summary>The state of the optimizer; null where it was not saved.</summary>
    public DeviceOptimizerState? Optimizer { get; }

    /// <summary>Keys with values of type long, float or string.</summary>
    public IReadOnlyDictionary<string, object> Properties { get; }

    /// <summary>Opens a checkpoint and checks all of it but the values of parameters.</summary>
    /// <exception cref="CheckpointException">It is absent, no checkpoint, of another version, truncated or
    /// damaged.</exception>
    public static DeviceCheckpointFile OpenFile(string path)
    {
        string full = System.IO.Path.GetFullPath(path);
        if (Directory.Exists(full))
        {
            throw new CheckpointException(
                full, null, "a folder", "a file: checkpoints of ONNX Runtime are single files since 1.16",
                "Give the file in it. A folder of *.pbseq files is of an older form, which nothing reads.");
        }

        using CheckpointBytes file = CheckpointBytes.Open(full);
        if (file.Length > Array.MaxLength)
        {
            throw new CheckpointException(
                full, null, $"{file.Length} bytes", $"a checkpoint, which has less than {Array.MaxLength}",
                "Check that this is the checkpoint and not its external data.");
        }

        byte[] bytes = new byte[file.Length];
        file.Read(0, bytes, "checkpoint");
        return new DeviceCheckpointFile(full, bytes);
    }

    /// <summary>Whether a file begins as a checkpoint does.</summary>
    /// <param name="path">The path of a file.</param>
    public static bool IsCheckpoint(string path)
    {
        using CheckpointBytes file = CheckpointBytes.Open(path);
        byte[] start = new byte[ShortestFile];
        if (file.Length < start.Length)
        {
            return false;
        }

        file.Read(0, start, "checkpoint");
        return IdentifierOf(start) == CheckpointSchema.Identifier;
    }

    /// <summary>Refuses a checkpoint without values.</summary>
    /// <exception cref="CheckpointException">It is nominal.</exception>
    public void RequireValues()
    {
        if (IsNominal)
        {
            throw new CheckpointException(
                Path, null, "a nominal checkpoint, which has names without values", "one with values",
                "Give the checkpoint that the device saved after training.");
        }
    }

    public override bool TryGet(string name, out TensorInfo info) => _tensors.TryGetValue(name, out info!);

    public override void Dispose() => _data?.Dispose();

    internal override ElementReader OpenElements(TensorInfo info)
    {
        RequireValues();
        return info.File == Path
            ? (offset, destination) => _bytes.AsSpan((int)(info.Offset + offset), destination.Length)
                .CopyTo(destination)
            : (offset, destination) => _data!.Read(info.Offset + offset, destination, $"tensor {info.Name}");
    }

    private static CheckpointTable RootOf(string path, byte[] bytes)
    {
        string found = bytes.Length < ShortestFile ? "" : IdentifierOf(bytes);
        if (found != CheckpointSchema.Identifier)
        {
            throw new CheckpointException(
                path, null,
                bytes.Length < ShortestFile ? $"{bytes.Length} bytes" : $"the file identifier {Quote(found)}",
                $"a checkpoint of ONNX Runtime, whose identifier is \"{CheckpointSchema.Identifier}\"",
                "Give the checkpoint that a device saved, or the file called checkpoint beside training_model.onnx.");
        }

        if (!CheckpointVerification.IsWhole(bytes))
        {
            throw new CheckpointException(
                path, null, $"offsets that lead outside its {bytes.Length} bytes", "a whole checkpoint", CopyAgain);
        }

        CheckpointTable root = CheckpointTable.RootOf(new ByteBuffer(bytes));
        int version = root.Integer(CheckpointSchema.Root.VersionNumber);
        return version == CheckpointSchema.Version ? root : throw new CheckpointException(
            path, "version", $"{version}", $"{CheckpointSchema.Version}",
            "Save it again with ONNX Runtime 1.16 to 1.19, which write that version.");
    }

    private static string IdentifierOf(byte[] bytes) => Encoding.Latin1.GetString(bytes, 4, 4);

    private static string Quote(string identifier) => CheckpointException.Quote(
        string.Concat(identifier.Select(c => char.IsBetween(c, ' ', '~') ? $"{c}" : $"\\x{(int)c:x2}")));

    private string[] Parameters(CheckpointTable module, int field, string what)
    {
        IReadOnlyList<CheckpointTable> tables =
            module.Tables(field) ?? throw Damaged($"no list {what}", "one, empty if need be");
        string[] names = new string[tables.Count];
        for (int i = 0; i < names.Length; i++)
        {
            TensorInfo tensor = Tensor(tables[i], FormattableString.Invariant($"{what}[{i}]"));
            names[i] = tensor.Name;
            if (!_tensors.TryAdd(tensor.Name, tensor))
            {
                throw Damaged($"the parameter {CheckpointException.Quote(tensor.Name)} twice", "each once");
            }
        }

        return names;
    }

    private TensorInfo Tensor(CheckpointTable table, string place)
    {
        string name = table.Text(CheckpointSchema.Tensor.Name) ?? throw Damaged("no name", "one", place);
        string part = $"tensor {CheckpointException.Quote(name)}";
        int number = table.Integer(CheckpointSchema.Tensor.DataType);
        ElementType type = CheckpointSchema.TypeOf(number)
            ?? throw Damaged($"data type {number}", $"one of {CheckpointSchema.KnownTypes}", part);
        long[] shape = table.Longs(CheckpointSchema.Tensor.Dimensions) ?? throw Damaged("no dims", "some", part);
        if (!TensorInfo.TryCount(shape, out long count) || count > long.MaxValue / sizeof(long))
        {
            throw Damaged($"dims {TensorInfo.DescribeShape(shape)}", "sizes whose product fits", part);
        }

        long length = count * type.Size();
        long offset = table.Long(CheckpointSchema.Tensor.ExternalOffset, CheckpointSchema.Tensor.Inline);
        if (IsNominal)
        {
            return new(name, type, [.. shape], Path, 0, length);
        }

        if (offset != CheckpointSchema.Tensor.Inline)
        {
            CheckpointBytes data = _data ?? throw Damaged(
                $"external_data_offset {offset}", "values in the file, as it says it has no external data", part);
            return offset >= 0 && length <= data.Length - offset
                ? new(name, type, ImmutableArray.Create(shape), data.Path, offset, length)
                : throw new CheckpointException(
                    data.Path, part, $"{data.Length} bytes in the file", $"{length} bytes from byte {offset} on",
                    CopyAgain);
        }

        (int start, int bytes) = table.Bytes(CheckpointSchema.Tensor.RawData) ?? (0, 0);
        return bytes == length
            ? new(name, type, ImmutableArray.Create(shape), Path, start, length)
            : throw Damaged(
                $"{bytes} bytes of values", $"{length} for {type} {TensorInfo.DescribeShape(shape)}", part);
    }

    private DeviceOptimizerState? OptimizerOf(CheckpointTable root)
    {
        foreach (CheckpointTable group in root.Tables(CheckpointSchema.Root.OptimizerGroups) ?? [])
        {
            // The runtime reads no other.
            if (group.Text(CheckpointSchema.Group.Name) != DeviceOptimizerState.GroupName)
            {
                continue;
            }

            Dictionary<string, IReadOnlyList<TensorData>> moments = new(StringComparer.Ordinal);
            foreach (CheckpointTable state in group.Tables(CheckpointSchema.Group.States) ?? [])
            {
                string parameter = state.Text(CheckpointSchema.State.Parameter)
                    ?? throw Damaged("no name", "the name of a parameter", "optimizer_states");
                TensorData[] tensors =
                [
                    .. (state.Tables(CheckpointSchema.State.Moments) ?? [])
                        .Select((table, i) => Moment(table, parameter, i)),
                ];
                if (!moments.TryAdd(parameter, tensors))
                {
                    throw Damaged($"a state of {CheckpointException.Quote(parameter)} twice", "each once");
                }
            }

            return new(
                group.Long(CheckpointSchema.Group.Step), group.Float(CheckpointSchema.Group.InitialLearningRate),
                moments);
        }

        return null;
    }

    private TensorData Moment(CheckpointTable table, string parameter, int index)
    {
        string part = $"optimizer state of {CheckpointException.Quote(parameter)}";
        TensorInfo info = Tensor(table, part);
        if (info.Name != DeviceOptimizerState.MomentName(index) || info.ElementType != ElementType.Float32
            || info.File != Path || info.ElementCount > int.MaxValue)
        {
            throw Damaged(
                $"{info}", $"{DeviceOptimizerState.MomentName(index)}: Float32, with its values in the file", part);
        }

        float[] values = new float[info.ElementCount];
        _bytes.AsSpan((int)info.Offset, (int)info.ByteLength).CopyTo(
            System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()));
        return TensorData.Floats(info.Name, info.Shape.AsSpan(), values);
    }

    private Dictionary<string, object> PropertiesOf(CheckpointTable bag)
    {
        Dictionary<string, object> properties = new(StringComparer.Ordinal);
        Add(CheckpointSchema.Bag.Integers, property => property.Long(CheckpointSchema.Property.Value));
        Add(CheckpointSchema.Bag.Floats, property => property.Float(CheckpointSchema.Property.Value));
        Add(CheckpointSchema.Bag.Strings, property => property.Text(CheckpointSchema.Property.Value) ?? "");
        return properties;

        void Add(int field, Func<CheckpointTable, object> value)
        {
            foreach (CheckpointTable property in bag.Tables(field) ?? [])
            {
                string name = property.Text(CheckpointSchema.Property.Name)
                    ?? throw Damaged("no name", "one", "property_bag");
                properties[name] = value(property);
            }
        }
    }

    private CheckpointException Damaged(string found, string expected, string? part = null) =>
        new(Path, part, found, expected, CopyAgain);
}
