using OrtTrainer.Runtime.Cuda.Launching;
using OrtTrainer.Runtime.Distributed;

namespace OrtTrainer.Runtime.Cuda.Updates;

/// <summary>
/// What an optimizer multiplies with, which differs from tensor to tensor by weight decay and rate: a row of numbers
/// for each group of a layout, and for each block the group it is of.
/// </summary>
internal sealed class BlockCoefficients : IDisposable
{
    private readonly WeightLayout _layout;
    private readonly DeviceArray<int> _groups;
    private readonly DeviceArray<float> _rows;
    private readonly float[] _values;
    private readonly int _width;

    /// <param name="device">Where the kernels run.</param>
    /// <param name="layout">Where the tensors lie.</param>
    /// <param name="width">Numbers of a row.</param>
    public BlockCoefficients(Device device, WeightLayout layout, int width)
    {
        (_layout, _width) = (layout, width);
        _groups = new DeviceArray<int>(device);
        _rows = new DeviceArray<float>(device);
        _groups.Set([.. layout.GroupOfBlocks().Select(group => (int)group)]);
        _values = new float[layout.Groups.Count * width];
    }

    /// <summary>The group of each block of a part, an <c>ArrayView&lt;int&gt;</c>.</summary>
    public KernelArgument GroupsOf(RankPart part) => KernelArgument.Int32s(
        _groups.Address + ((nint)part.Offset / WeightLayout.BlockLength * sizeof(int)),
        part.Length / WeightLayout.BlockLength);

    /// <summary>The rows, an <c>ArrayView&lt;float&gt;</c>.</summary>
    public KernelArgument Rows => _rows.View();

    /// <summary>Sets the rows of a step.</summary>
    /// <param name="row">Fills the row of tensors with weight decay or without, and a factor of the rate.</param>
    public void Set(Action<(bool HasWeightDecay, double RateScale), Span<float>> row)
    {
        for (int group = 0; group < _layout.Groups.Count; group++)
        {
            row(_layout.Groups[group], _values.AsSpan(group * _width, _width));
        }

        _rows.Set(_values);
    }

    public void Dispose()
    {
        _groups.Dispose();
        _rows.Dispose();
    }
}
