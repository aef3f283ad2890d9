using OrtTrainer.Checkpoints;

namespace OrtTrainer.Models;

/// <summary>
/// How a weight file holds a parameter of shape [out, in] or [out]: under which name, with its inputs first, or as some
/// rows of a tensor that several parameters share.
/// </summary>
/// <param name="Tensor">The name of the tensor in the file.</param>
internal sealed record ParameterStorage(string Tensor)
{
    /// <summary>Whether a matrix lies as [in, out], as the Conv1D layers of GPT-2 do.</summary>
    public bool InputsFirst { get; init; }

    /// <summary>The first of the parameter's outputs among those of the tensor.</summary>
    public long FirstRow { get; init; }

    /// <summary>The outputs of the tensor in all; null where they are the parameter's own.</summary>
    public long? Rows { get; init; }

    /// <summary>
    /// The sizes of the tensor after the first where they are not the parameter's: a matrix that is applied to patches
    /// is stored as the kernel of a convolution, [out, C, height, width].
    /// </summary>
    public IReadOnlyList<long>? Kernel { get; init; }

    /// <summary>Whether the tensor is the parameter, element by element.</summary>
    public bool IsPlain => !InputsFirst && Rows is null;

    /// <summary>The shape of the tensor that holds a parameter of <paramref name="shape"/>.</summary>
    public long[] ShapeFor(IReadOnlyList<long> shape)
    {
        long[] stored = [Rows ?? shape[0], .. Kernel ?? shape.Skip(1)];
        if (InputsFirst && stored.Length == 2)
        {
            Array.Reverse(stored);
        }

        return stored;
    }

    /// <summary>Reads the parameter out of its tensor.</summary>
    /// <param name="file">Holds the tensor.</param>
    /// <param name="tensor">The name the file knows it by.</param>
    /// <param name="shape">The shape of the parameter.</param>
    /// <param name="values">Its elements, row-major.</param>
    /// <exception cref="CheckpointException">The tensor is absent or of another shape, or cannot be read.</exception>
    internal void Read(Checkpoint file, string tensor, IReadOnlyList<long> shape, Span<float> values)
    {
        TensorInfo info = file.Require(tensor, ShapeFor(shape));
        if (IsPlain)
        {
            file.ReadFloats(tensor, values);
            return;
        }

        float[] stored = new float[info.ElementCount];
        file.ReadFloats(tensor, stored);
        Take(shape, stored, values);
    }

    /// <summary>Takes the parameter out of the elements of its tensor.</summary>
    internal void Take(IReadOnlyList<long> shape, ReadOnlySpan<float> stored, Span<float> values)
    {
        Places places = new(this, shape);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = stored[places.Of(i)];
        }
    }

    /// <summary>Puts the parameter where it belongs in the elements of its tensor.</summary>
    internal void Write(IReadOnlyList<long> shape, ReadOnlySpan<float> values, Span<float> stored)
    {
        Places places = new(this, shape);
        for (int i = 0; i < values.Length; i++)
        {
            stored[places.Of(i)] = values[i];
        }
    }

    /// <summary>Where the elements of a parameter lie in its tensor.</summary>
    private readonly struct Places
    {
        private readonly int _columns;
        private readonly int _first;
        private readonly int _rowStep;
        private readonly int _columnStep;

        public Places(ParameterStorage storage, IReadOnlyList<long> shape)
        {
            int rows = checked((int)(storage.Rows ?? shape[0]));
            _columns = checked((int)shape.Skip(1).Aggregate(1L, (n, size) => n * size));
            bool inputsFirst = storage.InputsFirst && shape.Count == 2;
            _rowStep = inputsFirst ? 1 : _columns;
            _columnStep = inputsFirst ? rows : 1;
            _first = checked((int)storage.FirstRow) * _rowStep;
        }

        public int Of(int element) =>
            _first + (element / _columns * _rowStep) + (element % _columns * _columnStep);
    }
}
