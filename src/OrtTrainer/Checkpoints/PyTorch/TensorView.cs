using System.Collections.Immutable;

namespace OrtTrainer.Checkpoints.PyTorch;

/// <summary>A tensor with checked bounds: every element it names lies within its storage's bytes.</summary>
internal sealed class TensorView
{
    private readonly CheckpointBytes _file;
    private readonly long[] _strides;
    private readonly long _span;

    private TensorView(CheckpointBytes file, TensorInfo info, long[] strides, long span)
    {
        _file = file;
        _strides = strides;
        _span = span;
        Info = info;
    }

    public TensorInfo Info { get; }

    /// <exception cref="CheckpointException">The storage is missing or shorter than the tensor needs.</exception>
    public static TensorView Create(CheckpointBytes file, string name, TensorReference tensor, PyTorchContent content)
    {
        var part = $"tensor {CheckpointException.Quote(name)}";
        var key = tensor.Storage.Key;
        if (!content.Storages.TryGetValue(key, out var storage))
        {
            throw Bad(file, part, $"no storage {CheckpointException.Quote(key)}", "one for every tensor");
        }

        var size = tensor.Storage.ElementType.Size();
        var inFile = storage.Length / size;
        if (tensor.Storage.Count > inFile)
        {
            throw Bad(file, part, $"{inFile} elements in its storage", $"{tensor.Storage.Count}");
        }

        // A view that repeats elements may be longer than its storage, but not without bounds: the caller allocates by
        // its shape.
        if (tensor.Strides.Length != tensor.Shape.Length || !TensorInfo.TryCount(tensor.Shape, out var count)
            || count > file.Length)
        {
            throw Bad(
                file, part, $"shape {TensorInfo.DescribeShape(tensor.Shape)} with {tensor.Strides.Length} strides",
                "a stride for each dimension and no more elements than the file has bytes");
        }

        var span = Span(tensor, count);
        if (tensor.Offset < 0 || tensor.Offset + span > tensor.Storage.Count)
        {
            throw Bad(
                file, part, $"elements from {tensor.Offset} to {tensor.Offset + span}",
                $"a view within {tensor.Storage.Count} elements");
        }

        var info = new TensorInfo(
            name, tensor.Storage.ElementType, ImmutableArray.Create(tensor.Shape), file.Path,
            storage.Offset + (tensor.Offset * size), count * size);
        return new TensorView(file, info, tensor.Strides, (long)span);
    }

    /// <summary>
    /// Reads in place where the elements stand in row-major order, else gathers them into a copy first.
    /// </summary>
    public Checkpoint.ElementReader Open()
    {
        var part = $"tensor {Info.Name}";
        if (IsRowMajor())
        {
            return (offset, destination) => _file.Read(Info.Offset + offset, destination, part);
        }

        var gathered = Gather(part);
        return (offset, destination) => gathered.AsSpan((int)offset, destination.Length).CopyTo(destination);
    }

    /// <summary>Elements from the first to the last one that the view touches.</summary>
    private static Int128 Span(TensorReference tensor, long count)
    {
        if (count == 0)
        {
            return 0;
        }

        Int128 last = 0;
        for (var i = 0; i < tensor.Shape.Length; i++)
        {
            last += (Int128)(tensor.Shape[i] - 1) * tensor.Strides[i];
        }

        return last + 1;
    }

    private bool IsRowMajor()
    {
        var expected = 1L;
        for (var i = _strides.Length - 1; i >= 0; i--)
        {
            if (Info.Shape[i] != 1 && _strides[i] != expected)
            {
                return Info.ElementCount == 0;
            }

            expected *= Info.Shape[i];
        }

        return true;
    }

    private byte[] Gather(string part)
    {
        var size = Info.ElementType.Size();
        if (_span * size > Array.MaxLength || Info.ByteLength > Array.MaxLength)
        {
            throw new CheckpointException(
                _file.Path, part, $"a strided view over {_span * size} bytes", $"at most {Array.MaxLength}",
                "Save the model with contiguous tensors.");
        }

        var window = new byte[_span * size];
        _file.Read(Info.Offset, window, part);
        var gathered = new byte[Info.ByteLength];
        var indices = new long[_strides.Length];
        var element = 0L;
        for (var at = 0; at < gathered.Length; at += size)
        {
            window.AsSpan((int)element * size, size).CopyTo(gathered.AsSpan(at));

            // Counts the indices up like an odometer, keeping the element's place in step.
            for (var i = indices.Length - 1; i >= 0; i--)
            {
                element += _strides[i];
                if (++indices[i] < Info.Shape[i])
                {
                    break;
                }

                element -= _strides[i] * Info.Shape[i];
                indices[i] = 0;
            }
        }

        return gathered;
    }

    private static CheckpointException Bad(CheckpointBytes file, string part, string found, string expected) =>
        new(file.Path, part, found, expected, "The file is truncated or damaged: download or copy it again.");
}
