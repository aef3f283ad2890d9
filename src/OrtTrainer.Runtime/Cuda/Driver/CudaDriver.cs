using System.Runtime.InteropServices;

namespace OrtTrainer.Runtime.Cuda.Driver;

/// <summary>
/// NVIDIA's driver as a library, whose functions are looked up by name: there is nothing to link to where it is
/// missing. Names and signatures are those of cuda.h; a function with a suffix is the one that cuda.h's name stands
/// for.
/// </summary>
internal sealed unsafe class CudaDriver
{
    /// <summary>The oldest version that runs what was built with CUDA 13, as cuDriverGetVersion counts.</summary>
    public const int LeastVersion = 13000;

    /// <summary>CUDA 13 has no code for older ones: Turing is 7.5.</summary>
    public static readonly Version LeastCapability = new(7, 5);

    private static readonly Lazy<(CudaDriver? Driver, string? Problem)> OfSystem = new(() => Load(FileName));

    private readonly string _file;

    private CudaDriver(string file, IntPtr library)
    {
        _file = file;
        Init = (delegate* unmanaged<uint, int>)Find(library, "cuInit");
        DriverGetVersion = (delegate* unmanaged<int*, int>)Find(library, "cuDriverGetVersion");
        GetErrorName = (delegate* unmanaged<int, byte**, int>)Find(library, "cuGetErrorName");
        GetErrorString = (delegate* unmanaged<int, byte**, int>)Find(library, "cuGetErrorString");
        DeviceGetCount = (delegate* unmanaged<int*, int>)Find(library, "cuDeviceGetCount");
        DeviceGet = (delegate* unmanaged<int*, int, int>)Find(library, "cuDeviceGet");
        DeviceGetName = (delegate* unmanaged<byte*, int, int, int>)Find(library, "cuDeviceGetName");
        DeviceGetAttribute = (delegate* unmanaged<int*, int, int, int>)Find(library, "cuDeviceGetAttribute");
        DeviceTotalMem = (delegate* unmanaged<nuint*, int, int>)Find(library, "cuDeviceTotalMem_v2");
        PrimaryContextRetain = (delegate* unmanaged<IntPtr*, int, int>)Find(library, "cuDevicePrimaryCtxRetain");
        PrimaryContextRelease = (delegate* unmanaged<int, int>)Find(library, "cuDevicePrimaryCtxRelease_v2");
        ContextSetCurrent = (delegate* unmanaged<IntPtr, int>)Find(library, "cuCtxSetCurrent");
        StreamCreate = (delegate* unmanaged<IntPtr*, uint, int>)Find(library, "cuStreamCreate");
        StreamSynchronize = (delegate* unmanaged<IntPtr, int>)Find(library, "cuStreamSynchronize");
        StreamQuery = (delegate* unmanaged<IntPtr, int>)Find(library, "cuStreamQuery");
        MemAlloc = (delegate* unmanaged<IntPtr*, nuint, int>)Find(library, "cuMemAlloc_v2");
        MemFree = (delegate* unmanaged<IntPtr, int>)Find(library, "cuMemFree_v2");
        MemGetInfo = (delegate* unmanaged<nuint*, nuint*, int>)Find(library, "cuMemGetInfo_v2");
        MemcpyToDevice =
            (delegate* unmanaged<IntPtr, void*, nuint, IntPtr, int>)Find(library, "cuMemcpyHtoDAsync_v2");
        MemcpyToHost =
            (delegate* unmanaged<void*, IntPtr, nuint, IntPtr, int>)Find(library, "cuMemcpyDtoHAsync_v2");
        MemcpyOnDevice =
            (delegate* unmanaged<IntPtr, IntPtr, nuint, IntPtr, int>)Find(library, "cuMemcpyDtoDAsync_v2");
        MemsetBytes = (delegate* unmanaged<IntPtr, byte, nuint, IntPtr, int>)Find(library, "cuMemsetD8Async");
        ModuleLoadData = (delegate* unmanaged<IntPtr*, void*, int>)Find(library, "cuModuleLoadData");
        ModuleGetFunction =
            (delegate* unmanaged<IntPtr*, IntPtr, byte*, int>)Find(library, "cuModuleGetFunction");
        LaunchKernel = (delegate* unmanaged<
            IntPtr, uint, uint, uint, uint, uint, uint, uint, IntPtr, void**, void**, int>)Find(
                library, "cuLaunchKernel");
    }

    public delegate* unmanaged<uint, int> Init { get; }

    public delegate* unmanaged<int*, int> DriverGetVersion { get; }

    public delegate* unmanaged<int, byte**, int> GetErrorName { get; }

    public delegate* unmanaged<int, byte**, int> GetErrorString { get; }

    public delegate* unmanaged<int*, int> DeviceGetCount { get; }

    public delegate* unmanaged<int*, int, int> DeviceGet { get; }

    public delegate* unmanaged<byte*, int, int, int> DeviceGetName { get; }

    public delegate* unmanaged<int*, int, int, int> DeviceGetAttribute { get; }

    public delegate* unmanaged<nuint*, int, int> DeviceTotalMem { get; }

    public delegate* unmanaged<IntPtr*, int, int> PrimaryContextRetain { get; }

    public delegate* unmanaged<int, int> PrimaryContextRelease { get; }

    public delegate* unmanaged<IntPtr, int> ContextSetCurrent { get; }

    public delegate* unmanaged<IntPtr*, uint, int> StreamCreate { get; }

    public delegate* unmanaged<IntPtr, int> StreamSynchronize { get; }

    public delegate* unmanaged<IntPtr, int> StreamQuery { get; }

    public delegate* unmanaged<IntPtr*, nuint, int> MemAlloc { get; }

    public delegate* unmanaged<IntPtr, int> MemFree { get; }

    public delegate* unmanaged<nuint*, nuint*, int> MemGetInfo { get; }

    public delegate* unmanaged<IntPtr, void*, nuint, IntPtr, int> MemcpyToDevice { get; }

    public delegate* unmanaged<void*, IntPtr, nuint, IntPtr, int> MemcpyToHost { get; }

    public delegate* unmanaged<IntPtr, IntPtr, nuint, IntPtr, int> MemcpyOnDevice { get; }

    public delegate* unmanaged<IntPtr, byte, nuint, IntPtr, int> MemsetBytes { get; }

    public delegate* unmanaged<IntPtr*, void*, int> ModuleLoadData { get; }

    public delegate* unmanaged<IntPtr*, IntPtr, byte*, int> ModuleGetFunction { get; }

    /// <summary>The function, groups along X, Y and Z, threads along X, Y and Z, bytes of shared memory, the stream,
    /// the address of each parameter, and null.</summary>
    public delegate* unmanaged<IntPtr, uint, uint, uint, uint, uint, uint, uint, IntPtr, void**, void**, int>
        LaunchKernel { get; }

    /// <summary>What NVIDIA calls the library here.</summary>
    public static string FileName => OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1";

    /// <summary>The driver of this machine, initialized; or why there is none.</summary>
    public static (CudaDriver? Driver, string? Problem) Find() => OfSystem.Value;

    /// <summary>The version, such as 13000 for CUDA 13.0.</summary>
    /// <exception cref="DeviceException">The driver refuses.</exception>
    public int Version
    {
        get
        {
            int version;
            Check(DriverGetVersion(&version), "asking for the driver's version");
            return version;
        }
    }

    /// <summary>Throws unless a function has succeeded.</summary>
    /// <param name="result">What it gave.</param>
    /// <param name="doing">What it was to do, for the message.</param>
    /// <param name="device">The device's name.</param>
    /// <exception cref="DeviceException">It has failed.</exception>
    public void Check(int result, string doing, string device = CudaDevice.Kind)
    {
        if (result != 0)
        {
            throw new DeviceException(device, $"NVIDIA's driver failed while {doing}: {Describe(result)}.");
        }
    }

    /// <summary>A result in the driver's words, such as <c>CUDA_ERROR_OUT_OF_MEMORY, out of memory</c>.</summary>
    public string Describe(int result)
    {
        byte* name = null;
        byte* text = null;
        _ = GetErrorName(result, &name);
        _ = GetErrorString(result, &text);
        return name == null
            ? $"error {result}"
            : $"{Marshal.PtrToStringUTF8((IntPtr)name)}, {Marshal.PtrToStringUTF8((IntPtr)text)}";
    }

    /// <summary>The driver in a library, initialized; or why there is none.</summary>
    internal static (CudaDriver? Driver, string? Problem) Load(string file)
    {
        if (!NativeLibrary.TryLoad(file, out IntPtr library))
        {
            return (null, $"{file} is not found. Install NVIDIA's driver of version 580 or newer, which has it.");
        }

        try
        {
            CudaDriver driver = new(file, library);
            int result = driver.Init(0);
            return result == 0
                ? (driver, null)
                : (null, $"{file} is there, but its start fails: {driver.Describe(result)}. "
                    + "Try nvidia-smi; a container needs the device passed to it.");
        }
        catch (EntryPointNotFoundException missing)
        {
            return (null, missing.Message);
        }
    }

    private void* Find(IntPtr library, string name) => NativeLibrary.TryGetExport(library, name, out IntPtr function)
        ? (void*)function
        : throw new EntryPointNotFoundException(
            $"{_file} has no function {name}. Install NVIDIA's driver of version 580 or newer.");
}
