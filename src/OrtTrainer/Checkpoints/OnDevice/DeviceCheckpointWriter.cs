using Google.FlatBuffers;
using OrtTrainer.Common;

namespace OrtTrainer.Checkpoints.OnDevice;

/// <summary>
/// Writes checkpoints of ONNX Runtime's on-device training, version 2: one FlatBuffer with identifier ODTC and, of
/// large models, a file beside it with the parameters' values.
/// </summary>
internal static class DeviceCheckpointWriter
{
    /// <summary>Where ONNX Runtime's own writer begins to put values into a second file, in bytes.</summary>
    public const long DefaultExternalAbove = 1_800_000_000;

    // As ONNX Runtime's writer does: small tensors stay in the checkpoint.
    private const long SmallestExternal = 64;

    // Names, shapes and tables of a tensor take less than this beside its values.
    private const int TableBytes = 1024;

    private static readonly string[] ReservedEndings =
        ["_grad", "_grad.accumulation.buffer", "_grad.accumulation.out"];

    /// <summary>
    /// Writes a checkpoint completely or not at all: until the last moment what was there stays. One with values in a
    /// second file replaces none, as two files cannot be exchanged in one step.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="content">What goes into it.</param>
    /// <param name="externalAbove">Values of parameters of more bytes than this together go into a second file, called
    /// as the first with <c>.data</c> added.</param>
    /// <exception cref="ArgumentException">A name is used twice or kept for gradients, or an element type is none that
    /// a checkpoint has.</exception>
    /// <exception cref="RunException">The optimizer's state is too large for a checkpoint, or one with a second file
    /// would replace another.</exception>
    /// <exception cref="FileWriteException">A file cannot be written.</exception>
    public static void Write(
        string path, DeviceCheckpoint content, long externalAbove = DefaultExternalAbove)
    {
        string target = Path.GetFullPath(path);
        TensorData[] parameters = [.. content.Trainable, .. content.Frozen];
        Check(parameters, content);
        bool isExternal = !content.IsNominal && parameters.Sum(p => p.ByteLength) > externalAbove;
        Dictionary<string, long> offsets = isExternal ? Offsets(parameters) : [];
        string dataFile = target + CheckpointSchema.DataSuffix;
        if (isExternal)
        {
            if (File.Exists(target))
            {
                throw new RunException(
                    $"{target}: a checkpoint is there, and a new one with its values in a second file would have to " +
                    "replace two files at once. Choose another path, or remove the old one first.");
            }

            AtomicFile.Write(dataFile, stream => WriteData(stream, parameters, offsets));
        }

        FlatBufferBuilder builder = new(SizeOf(content, offsets));
        int root = new Tables(builder, content, offsets).Root();
        builder.Finish(root, CheckpointSchema.Identifier);
        ByteBuffer buffer = builder.DataBuffer;
        ArraySegment<byte> bytes = buffer.ToArraySegment(buffer.Position, buffer.Length - buffer.Position);
        AtomicFile.Write(target, stream => stream.Write(bytes));
        if (!isExternal && File.Exists(dataFile))
        {
            File.Delete(dataFile);
        }
    }

    private static void Check(TensorData[] parameters, DeviceCheckpoint content)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (TensorData parameter in parameters)
        {
            if (!names.Add(parameter.Name)
                || ReservedEndings.Any(end => parameter.Name.EndsWith(end, StringComparison.Ordinal)))
            {
                throw new ArgumentException(
                    $"The parameter name {parameter.Name} is used twice, or ends as ONNX Runtime names gradients.",
                    nameof(content));
            }

            if (CheckpointSchema.NumberOf(parameter.ElementType) is null)
            {
                throw new ArgumentException(
                    $"The parameter {parameter.Name} is {parameter.ElementType}; a checkpoint of ONNX Runtime holds " +
                    $"{CheckpointSchema.KnownTypes}.", nameof(content));
            }
        }

        if (content.Trainable.FirstOrDefault(p => p.ElementType != ElementType.Float32) is { } other)
        {
            throw new ArgumentException(
                $"The parameter {other.Name} is {other.ElementType}; ONNX Runtime trains Float32 alone.",
                nameof(content));
        }
    }

    /// <summary>Where each parameter lies in the second file; those that stay in the first are left out.</summary>
    private static Dictionary<string, long> Offsets(TensorData[] parameters)
    {
        Dictionary<string, long> offsets = new(StringComparer.Ordinal);
        long next = 0;
        foreach (TensorData parameter in parameters.Where(p => p.ByteLength >= SmallestExternal))
        {
            int alignment = Math.Max(4, parameter.ElementType.Size());
            next = (next + alignment - 1) / alignment * alignment;
            offsets.Add(parameter.Name, next);
            next += parameter.ByteLength;
        }

        return offsets;
    }

    private static void WriteData(Stream stream, TensorData[] parameters, Dictionary<string, long> offsets)
    {
        long written = 0;
        foreach (TensorData parameter in parameters.Where(p => offsets.ContainsKey(p.Name)))
        {
            for (; written < offsets[parameter.Name]; written++)
            {
                stream.WriteByte(0);
            }

            parameter.Visit(stream.Write);
            written += parameter.ByteLength;
        }
    }

    private static int SizeOf(DeviceCheckpoint content, Dictionary<string, long> offsets)
    {
        TensorData[] moments = [.. content.Optimizer?.Moments.Values.SelectMany(m => m) ?? []];
        TensorData[] parameters = [.. content.Trainable, .. content.Frozen];
        long values = moments.Sum(m => m.ByteLength)
            + (content.IsNominal
                ? 0
                : parameters.Where(p => !offsets.ContainsKey(p.Name)).Sum(p => p.ByteLength));
        long texts = content.Properties.Sum(p => p.Key.Length + (p.Value as string ?? "").Length) * 4L;
        long size = values + texts + (TableBytes * (moments.Length + parameters.Length + content.Properties.Count + 8L))
            + (4L * parameters.Sum(p => (long)p.Name.Length));
        return size < Array.MaxLength ? (int)size : throw new RunException(
            $"The checkpoint would have {values} bytes of values in one file, {moments.Sum(m => m.ByteLength)} of them "
            + $"the optimizer's state; expected less than {Array.MaxLength}. Leave the optimizer's state out, or "
            + "freeze more parameters.");
    }

    /// <summary>Adds tables to a buffer, the innermost first.</summary>
    private sealed class Tables(
        FlatBufferBuilder builder, DeviceCheckpoint content, Dictionary<string, long> offsets)
    {
        public int Root()
        {
            int module = ModuleState();
            int groups = content.Optimizer is { } optimizer ? Vector([Group(optimizer)]) : 0;
            int bag = content.Properties.Count > 0 ? PropertyBag() : 0;
            builder.StartTable(CheckpointSchema.Root.Fields);
            builder.AddInt(CheckpointSchema.Root.VersionNumber, CheckpointSchema.Version, 0);
            builder.AddOffset(CheckpointSchema.Root.Module, module, 0);
            builder.AddOffset(CheckpointSchema.Root.OptimizerGroups, groups, 0);
            builder.AddOffset(CheckpointSchema.Root.Properties, bag, 0);
            return builder.EndTable();
        }

        private int ModuleState()
        {
            int trainable = Vector([.. content.Trainable.Select(Parameter)]);
            int frozen = Vector([.. content.Frozen.Select(Parameter)]);
            builder.StartTable(CheckpointSchema.Module.Fields);
            builder.AddOffset(CheckpointSchema.Module.Trainable, trainable, 0);
            builder.AddOffset(CheckpointSchema.Module.Frozen, frozen, 0);
            builder.AddBool(CheckpointSchema.Module.IsNominal, content.IsNominal, false);
            builder.AddBool(CheckpointSchema.Module.HasExternalData, offsets.Count > 0, false);
            return builder.EndTable();
        }

        private int Group(DeviceOptimizerState optimizer)
        {
            int name = builder.CreateString(DeviceOptimizerState.GroupName).Value;
            int states = Vector([.. optimizer.Moments.Select(state => State(state.Key, state.Value))]);
            builder.StartTable(CheckpointSchema.Group.Fields);
            builder.AddOffset(CheckpointSchema.Group.Name, name, 0);
            builder.AddLong(CheckpointSchema.Group.Step, optimizer.Step, 0);
            builder.AddFloat(CheckpointSchema.Group.InitialLearningRate, optimizer.InitialLearningRate, 0);
            builder.AddOffset(CheckpointSchema.Group.States, states, 0);
            return builder.EndTable();
        }

        private int State(string parameter, IReadOnlyList<TensorData> moments)
        {
            int name = builder.CreateString(parameter).Value;
            int tensors = Vector(
                [.. moments.Select((moment, i) => Tensor(moment.Named(DeviceOptimizerState.MomentName(i))))]);
            builder.StartTable(CheckpointSchema.State.Fields);
            builder.AddOffset(CheckpointSchema.State.Parameter, name, 0);
            builder.AddOffset(CheckpointSchema.State.Moments, tensors, 0);
            return builder.EndTable();
        }

        private int PropertyBag()
        {
            int[] Of<T>(Action<T> add) => [.. content.Properties.Where(p => p.Value is T).Select(p =>
                Property(p.Key, () => add((T)p.Value)))];
            int integers = Vector(Of<long>(value => builder.AddLong(CheckpointSchema.Property.Value, value, 0)));
            int floats = Vector(Of<float>(value => builder.AddFloat(CheckpointSchema.Property.Value, value, 0)));
            int strings = Vector([.. content.Properties.Where(p => p.Value is string).Select(p =>
            {
                int text = builder.CreateString((string)p.Value).Value;
                return Property(p.Key, () => builder.AddOffset(CheckpointSchema.Property.Value, text, 0));
            })]);
            builder.StartTable(CheckpointSchema.Bag.Fields);
            builder.AddOffset(CheckpointSchema.Bag.Integers, integers, 0);
            builder.AddOffset(CheckpointSchema.Bag.Floats, floats, 0);
            builder.AddOffset(CheckpointSchema.Bag.Strings, strings, 0);
            return builder.EndTable();
        }

        private int Property(string key, Action addValue)
        {
            int name = builder.CreateString(key).Value;
            builder.StartTable(CheckpointSchema.Property.Fields);
            builder.AddOffset(CheckpointSchema.Property.Name, name, 0);
            addValue();
            return builder.EndTable();
        }

        private int Parameter(TensorData tensor) => offsets.TryGetValue(tensor.Name, out long offset)
            ? Tensor(tensor, offset)
            : Tensor(tensor);

        private int Tensor(TensorData tensor, long externalOffset = CheckpointSchema.Tensor.Inline)
        {
            bool isExternal = externalOffset != CheckpointSchema.Tensor.Inline;
            int name = builder.CreateString(tensor.Name).Value;
            ReadOnlySpan<long> shape = content.IsNominal ? [] : tensor.Shape;
            builder.StartVector(sizeof(long), shape.Length, sizeof(long));
            for (int i = shape.Length - 1; i >= 0; i--)
            {
                builder.AddLong(shape[i]);
            }

            int dimensions = builder.EndVector().Value;
            int data = isExternal ? 0 : Bytes(content.IsNominal ? [] : ValuesOf(tensor));
            builder.StartTable(CheckpointSchema.Tensor.Fields);
            builder.AddOffset(CheckpointSchema.Tensor.Name, name, 0);
            builder.AddOffset(CheckpointSchema.Tensor.Dimensions, dimensions, 0);
            builder.AddInt(CheckpointSchema.Tensor.DataType, CheckpointSchema.NumberOf(tensor.ElementType)!.Value, 0);
            builder.AddOffset(CheckpointSchema.Tensor.RawData, data, 0);
            builder.AddLong(
                CheckpointSchema.Tensor.ExternalOffset, externalOffset, CheckpointSchema.Tensor.Inline);
            return builder.EndTable();
        }

        private static byte[] ValuesOf(TensorData tensor)
        {
            byte[] bytes = new byte[tensor.ByteLength];
            int at = 0;
            tensor.Visit(piece =>
            {
                piece.CopyTo(bytes.AsSpan(at));
                at += piece.Length;
            });
            return bytes;
        }

        private int Bytes(byte[] bytes)
        {
            builder.StartVector(1, bytes.Length, 1);
            builder.Add(bytes);
            return builder.EndVector().Value;
        }

        private int Vector(int[] tables)
        {
            builder.StartVector(sizeof(int), tables.Length, sizeof(int));
            for (int i = tables.Length - 1; i >= 0; i--)
            {
                builder.AddOffset(tables[i]);
            }

            return builder.EndVector().Value;
        }
    }
}
