namespace OrtTrainer.Graph.Operators.Standard;

/// <summary>How windows move over the axes behind batch and channels, as the attributes of a node say it.</summary>
internal sealed class WindowSizes
{
    /// <param name="attributes">Of the node.</param>
    /// <param name="kernel">The sizes of a window.</param>
    /// <exception cref="GraphException">The padding is to be found at run time.</exception>
    public WindowSizes(AttributeList attributes, IReadOnlyList<long> kernel)
    {
        InferenceContext.Require(
            attributes.String("auto_pad", "NOTSET") == "NOTSET" && attributes.Int("ceil_mode", 0) == 0,
            "auto_pad and ceil_mode are not supported; give pads");
        Kernel = kernel;
        Strides = attributes.Ints("strides") ?? Ones(kernel.Count);
        Dilations = attributes.Ints("dilations") ?? Ones(kernel.Count);
        Pads = attributes.Ints("pads") ?? new long[2 * kernel.Count];
    }

    /// <summary>The sizes of a window, an axis each.</summary>
    public IReadOnlyList<long> Kernel { get; }

    /// <summary>From one window to the next.</summary>
    public long[] Strides { get; }

    /// <summary>From one element of a window to the next.</summary>
    public long[] Dilations { get; }

    /// <summary>What is added before each axis, then what is added behind each.</summary>
    public long[] Pads { get; }

    /// <summary>The number of windows along each axis.</summary>
    /// <param name="x">The sizes of the axes, which are fixed where the result is to be.</param>
    /// <param name="unknown">Makes a size that is known at run time only.</param>
    public Dimension[] Windows(IReadOnlyList<Dimension> x, Func<Dimension> unknown) =>
        [.. x.Select((size, axis) => size.IsFixed ? ((Free(size.Size, axis) / Strides[axis]) + 1) : unknown())];

    /// <summary>What is left behind the last window along each axis.</summary>
    /// <param name="x">The sizes of the axes.</param>
    public long[] Rest(IReadOnlyList<Dimension> x) =>
        [.. x.Select((size, axis) => Free(size.Size, axis) % Strides[axis])];

    private long Free(long size, int axis)
    {
        long free = size + Pads[axis] + Pads[axis + Kernel.Count] - (Dilations[axis] * (Kernel[axis] - 1)) - 1;
        InferenceContext.Require(free >= 0, $"a window of {Kernel[axis]} does not fit into an axis of {size}");
        return free;
    }

    private static long[] Ones(int count) => [.. Enumerable.Repeat(1L, count)];
}
