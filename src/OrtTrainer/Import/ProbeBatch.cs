using OrtTrainer.Models;
using OrtTrainer.Runtime;

namespace OrtTrainer.Import;

/// <summary>A few made-up texts or images, to run a model on: the longest is as long as the model takes, within
/// reason, so that windows of attention show.</summary>
internal sealed class ProbeBatch
{
    private const int MostTokens = 300;
    private const int Images = 2;

    private readonly ModelShape _shape;
    private readonly int _paddingId;
    private readonly int[] _lengths;
    private readonly long[][] _ids;

    public ProbeBatch(ModelShape shape, int paddingId)
    {
        (_shape, _paddingId) = (shape, paddingId);
        int longest = Math.Clamp(shape.Positions, 1, MostTokens);
        _lengths = [longest, (longest + 1) / 2, Math.Min(3, longest)];
        Random random = new(0);
        _ids = [.. _lengths.Select(length => Enumerable.Range(0, length).Select(_ => Id(random)).ToArray())];
    }

    /// <summary>Sequences, B.</summary>
    public int Count => _shape.Image is null ? _lengths.Length : Images;

    /// <summary>Tokens of each.</summary>
    public IReadOnlyList<int> Lengths => _lengths;

    /// <summary>Sets the inputs of a model whose rows are filled up with padding.</summary>
    public void BindRows(GraphSession session, Binding binding)
    {
        int longest = _lengths.Max();
        long[] shape = [_lengths.Length, longest];
        long[] Filled(Func<int, int, long> at, long padding) =>
        [
            .. Enumerable.Range(0, _lengths.Length).SelectMany(row => Enumerable.Range(0, longest)
                .Select(column => column < _lengths[row] ? at(row, column) : padding)),
        ];
        foreach (GraphValue input in session.Inputs)
        {
            if (input.Name == PaddedInputs.PixelValues)
            {
                BindPixels(binding);
                continue;
            }

            binding.SetInput(input.Name, input.Name switch
            {
                PaddedInputs.InputIds => Filled((row, column) => _ids[row][column], _paddingId),
                PaddedInputs.AttentionMask => Filled((_, _) => 1, 0),
                PaddedInputs.TokenTypeIds => Filled(TypeOf, 0),
                _ => Filled((_, column) => column, 0),
            }, shape);
        }
    }

    /// <summary>Sets the inputs of a packed graph.</summary>
    public void BindTokens(IReadOnlySet<string> inputs, Binding binding)
    {
        if (inputs.Contains(PackedInputs.PixelValues))
        {
            BindPixels(binding);
            return;
        }

        long[] offsets = new long[_lengths.Length + 1];
        for (int row = 0; row < _lengths.Length; row++)
        {
            offsets[row + 1] = offsets[row] + _lengths[row];
        }

        long[] Tokens(Func<int, int, long> at) =>
            [.. Enumerable.Range(0, _lengths.Length).SelectMany(row =>
                Enumerable.Range(0, _lengths[row]).Select(column => at(row, column)))];
        foreach (string input in inputs)
        {
            long[] values = input switch
            {
                PackedInputs.InputIds => Tokens((row, column) => _ids[row][column]),
                PackedInputs.TokenTypeIds => Tokens(TypeOf),
                PackedInputs.PositionIds => Tokens((_, column) => column),
                _ => offsets,
            };
            binding.SetInput(input, values, [values.Length]);
        }
    }

    private long Id(Random random)
    {
        int id = random.Next(_shape.Vocabulary);
        return id == _paddingId ? (id + 1) % _shape.Vocabulary : id;
    }

    private long TypeOf(int row, int column) => _shape.TokenTypes > 1 && column > _lengths[row] / 2 ? 1 : 0;

    private void BindPixels(Binding binding)
    {
        Random random = new(0);
        float[] pixels = new float[Images * _shape.Image!.Value.Length];
        for (int i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (float)((2 * random.NextDouble()) - 1);
        }

        binding.SetInput(PackedInputs.PixelValues, pixels,
            [Images, _shape.Image.Value.Channels, _shape.Image.Value.Height, _shape.Image.Value.Width]);
    }
}
