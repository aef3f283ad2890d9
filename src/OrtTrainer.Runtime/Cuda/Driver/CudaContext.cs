using System.Globalization;
using System.Text;

namespace OrtTrainer.Runtime.Cuda.Driver;

/// <summary>
/// The primary context of a device, in which ONNX Runtime's sessions execute too, with a stream of our own: what is put
/// into it runs in that order, and whoever puts something in waits for it before ONNX Runtime runs again. Safe for use
/// from several threads.
/// </summary>
internal sealed unsafe class CudaContext
{
    // Values of cuda.h.
    private const int OutOfMemory = 2;
    private const int NotReady = 600;
    private const int MultiprocessorCount = 16;
    private const int CapabilityMajor = 75;
    private const int CapabilityMinor = 76;
    private const uint NonBlocking = 1;

    // Estimates of a run's memory are rough: what is refused must be sure to fail.
    private const double Doubt = 0.7;

    private readonly int _device;
    private readonly string _name;
    private long _held;

    private CudaContext(CudaDriver driver, int device, string name)
    {
        (Driver, _device, _name) = (driver, device, name);
        IntPtr context;
        Driver.Check(Driver.PrimaryContextRetain(&context, device), "opening the device", name);
        Handle = context;
        Use();
        IntPtr stream;
        Driver.Check(Driver.StreamCreate(&stream, NonBlocking), "making a stream", name);
        Stream = stream;
    }

    public CudaDriver Driver { get; }

    public IntPtr Handle { get; }

    /// <summary>The stream of all that is not ONNX Runtime's.</summary>
    public IntPtr Stream { get; }

    /// <summary>Opens a device.</summary>
    /// <param name="driver">The driver.</param>
    /// <param name="index">The number of the device.</param>
    /// <param name="name">What messages call it.</param>
    /// <exception cref="DeviceException">The driver refuses.</exception>
    public static CudaContext Open(CudaDriver driver, int index, string name) =>
        new(driver, DeviceOf(driver, index, name), name);

    /// <summary>How many devices there are.</summary>
    /// <exception cref="DeviceException">The driver refuses.</exception>
    public static int Count(CudaDriver driver)
    {
        int count;
        driver.Check(driver.DeviceGetCount(&count), "counting the devices");
        return count;
    }

    /// <summary>What a device is.</summary>
    /// <exception cref="DeviceException">The driver refuses.</exception>
    public static (string Hardware, Version Capability, long Memory, int Units) Describe(
        CudaDriver driver, int index, string name)
    {
        int device = DeviceOf(driver, index, name);
        byte* text = stackalloc byte[256];
        driver.Check(driver.DeviceGetName(text, 256, device), "asking for the device's name", name);
        nuint bytes;
        driver.Check(driver.DeviceTotalMem(&bytes, device), "asking for the device's memory", name);
        ReadOnlySpan<byte> all = new(text, 256);
        return (
            Encoding.UTF8.GetString(all[..all.IndexOf((byte)0)]),
            new Version(Attribute(CapabilityMajor), Attribute(CapabilityMinor)), (long)bytes,
            Attribute(MultiprocessorCount));

        int Attribute(int which)
        {
            int value;
            driver.Check(driver.DeviceGetAttribute(&value, which, device), "asking what the device can do", name);
            return value;
        }
    }

    /// <summary>Makes the context that of the calling thread.</summary>
    public void Use() => Driver.Check(Driver.ContextSetCurrent(Handle), "taking up the device", _name);

    /// <summary>Waits for all that was put into <see cref="Stream"/>.</summary>
    /// <exception cref="DeviceException">Some of it has failed.</exception>
    public void Synchronize()
    {
        Use();
        Driver.Check(Driver.StreamSynchronize(Stream), "waiting for the device", _name);
    }

    /// <summary>Whether all that was put into <see cref="Stream"/> is done.</summary>
    /// <exception cref="DeviceException">Some of it has failed.</exception>
    public bool IsDone()
    {
        int result = Driver.StreamQuery(Stream);
        if (result == NotReady)
        {
            return false;
        }

        Driver.Check(result, "waiting for the device", _name);
        return true;
    }

    /// <summary>Bytes that are free, and all.</summary>
    public (long Free, long Total) Memory()
    {
        Use();
        nuint free, total;
        Driver.Check(Driver.MemGetInfo(&free, &total), "asking for free memory", _name);
        return ((long)free, (long)total);
    }

    /// <summary>Memory that holds anything.</summary>
    /// <exception cref="DeviceException">There is no such block.</exception>
    public IntPtr Allocate(nuint bytes)
    {
        Use();
        IntPtr address;
        int result = Driver.MemAlloc(&address, bytes);
        if (result == OutOfMemory)
        {
            throw new DeviceException(_name, Exhausted((long)bytes));
        }

        Driver.Check(result, "allocating memory", _name);
        Interlocked.Add(ref _held, (long)bytes);
        return address;
    }

    /// <summary>Gives memory back, from any thread.</summary>
    /// <returns>Whether the driver took it.</returns>
    public bool Free(IntPtr address, nuint bytes)
    {
        Interlocked.Add(ref _held, -(long)bytes);
        return Driver.ContextSetCurrent(Handle) == 0 && Driver.MemFree(address) == 0;
    }

    /// <summary>Refuses what is sure not to fit.</summary>
    /// <param name="peak">Bytes that are expected in all, those of <see cref="Allocate"/> included.</param>
    /// <exception cref="DeviceException">Even most of it is more than is free.</exception>
    public void RequireRoom(long peak)
    {
        long more = peak - Interlocked.Read(ref _held);
        if (more * Doubt > Memory().Free)
        {
            throw new DeviceException(_name, $"at its peak the run will hold about {Size(peak)}: {Exhausted(more)}");
        }
    }

    /// <summary>What to tell of memory that is not there.</summary>
    /// <param name="wanted">The bytes that were asked for; null where that is not known.</param>
    public string Exhausted(long? wanted)
    {
        (long free, long total) = Memory();
        return (wanted is { } bytes ? $"{Size(bytes)} of memory are wanted, and " : "memory is exhausted: ")
            + $"{Size(free)} of {Size(total)} are free. Lower --batch-size (--accumulation keeps the examples of a "
            + "step) or --max-length, or end what else uses the device.";
    }

    private static string Size(long bytes) => bytes < 1_000_000_000
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.0} GB");

    private static int DeviceOf(CudaDriver driver, int index, string name)
    {
        int device;
        driver.Check(driver.DeviceGet(&device, index), "looking for the device", name);
        return device;
    }

    /// <summary>Gives the primary context back, which ends with its last user.</summary>
    public void Release() => Driver.Check(Driver.PrimaryContextRelease(_device), "closing the device", _name);
}
