using ILGPU;

namespace OrtTrainer.Runtime.Cuda.Launching;

/// <summary>
/// What a kernel's parameter is given: a number, a view of numbers in the device's memory, by its address, or a mask.
/// Held as the bytes that compiled code reads: a number in the first bytes, a view as its address and its length, a
/// mask as its four words.
/// </summary>
internal readonly struct KernelArgument
{
    private KernelArgument(Type type, long first, long second = 0)
    {
        Type = type;
        First = first;
        Second = second;
    }

    /// <summary>All types that a parameter may have.</summary>
    public static IReadOnlySet<Type> Types { get; } = new HashSet<Type>
    {
        typeof(ArrayView<float>), typeof(ArrayView<double>), typeof(ArrayView<long>), typeof(ArrayView<int>),
        typeof(int), typeof(uint), typeof(long), typeof(float), typeof(double), typeof(DeviceMask),
    };

    /// <summary>The type of the parameter.</summary>
    public Type Type { get; }

    /// <summary>The address of a view; the bits of a number; the keys of a mask.</summary>
    public long First { get; }

    /// <summary>The elements of a view; the threshold and the scale of a mask.</summary>
    public long Second { get; }

    public static implicit operator KernelArgument(int number) => new(typeof(int), number);

    public static implicit operator KernelArgument(uint number) => new(typeof(uint), number);

    public static implicit operator KernelArgument(long number) => new(typeof(long), number);

    public static implicit operator KernelArgument(float number) =>
        new(typeof(float), BitConverter.SingleToUInt32Bits(number));

    public static implicit operator KernelArgument(double number) =>
        new(typeof(double), BitConverter.DoubleToInt64Bits(number));

    public static implicit operator KernelArgument(DeviceMask mask) => new(
        typeof(DeviceMask), mask.Key0 | ((long)mask.Key1 << 32),
        mask.Threshold | ((long)BitConverter.SingleToUInt32Bits(mask.Scale) << 32));

    /// <summary>A view of float32 numbers, <c>ArrayView&lt;float&gt;</c> in the kernel.</summary>
    /// <param name="address">Of the first, in the memory of the device.</param>
    /// <param name="length">How many there are, 0 or more.</param>
    public static KernelArgument Floats(nint address, long length) => new(typeof(ArrayView<float>), address, length);

    /// <summary>A view of float64 numbers, <c>ArrayView&lt;double&gt;</c> in the kernel.</summary>
    /// <inheritdoc cref="Floats"/>
    public static KernelArgument Doubles(nint address, long length) => new(typeof(ArrayView<double>), address, length);

    /// <summary>A view of int64 numbers, <c>ArrayView&lt;long&gt;</c> in the kernel.</summary>
    /// <inheritdoc cref="Floats"/>
    public static KernelArgument Int64s(nint address, long length) => new(typeof(ArrayView<long>), address, length);

    /// <summary>A view of int32 numbers, <c>ArrayView&lt;int&gt;</c> in the kernel.</summary>
    /// <inheritdoc cref="Floats"/>
    public static KernelArgument Int32s(nint address, long length) => new(typeof(ArrayView<int>), address, length);
}
