using OrtTrainer.Images;
using OrtTrainer.Models;
using OrtTrainer.Runtime;

namespace OrtTrainer.Training.Batches;

/// <summary>The images of a batch, [B, C, H, W]; none where it is of texts. The array is kept and only grows.</summary>
internal sealed class ImageBatch
{
    private float[] _values = [];
    private ImageShape? _shape;
    private int _count;

    /// <summary>Takes the images of the examples at <paramref name="indices"/>, all of one size.</summary>
    /// <param name="examples">The data set.</param>
    /// <param name="indices">Which of it.</param>
    /// <param name="copies">How often all of them follow one another.</param>
    public void Fill(IReadOnlyList<TokenizedExample> examples, ReadOnlySpan<int> indices, int copies = 1)
    {
        _shape = indices.Length > 0 ? examples[indices[0]].Image?.Shape : null;
        if (_shape is not { Length: var length })
        {
            return;
        }

        _count = indices.Length * copies;
        if (_values.Length < _count * length)
        {
            _values = new float[_count * length];
        }

        for (int b = 0; b < indices.Length; b++)
        {
            examples[indices[b]].Image!.Write(_values.AsSpan(b * length, length));
        }

        for (int copy = 1; copy < copies; copy++)
        {
            int all = indices.Length * length;
            _values.AsSpan(0, all).CopyTo(_values.AsSpan(copy * all));
        }
    }

    /// <summary>Gives them to a session whose graph takes images.</summary>
    public void Bind(Binding binding, IReadOnlySet<string> inputs)
    {
        if (_shape is { } shape && inputs.Contains(PackedInputs.PixelValues))
        {
            binding.SetInput(
                PackedInputs.PixelValues, _values.AsSpan(0, _count * shape.Length),
                [_count, shape.Channels, shape.Height, shape.Width]);
        }
    }
}
