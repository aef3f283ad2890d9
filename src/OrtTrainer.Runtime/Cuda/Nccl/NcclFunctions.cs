using System.Globalization;
using System.Runtime.InteropServices;

namespace OrtTrainer.Runtime.Cuda.Nccl;

/// <summary>
/// NVIDIA's library for what devices send to each other, whose functions are looked up by name. Names, signatures and
/// numbers are those of nccl.h, which are the same in all of version 2.
/// </summary>
internal sealed unsafe class NcclFunctions
{
    /// <summary>Sends from one rank to another came with 2.7, as ncclGetVersion counts.</summary>
    public const int LeastVersion = 2700;

    /// <summary>ncclFloat32.</summary>
    public const int Float32 = 7;

    private readonly delegate* unmanaged<int, IntPtr> _getErrorString;

    private NcclFunctions(string file, IntPtr library)
    {
        File = file;
        GetVersion = (delegate* unmanaged<int*, int>)Find(library, "ncclGetVersion");
        _getErrorString = (delegate* unmanaged<int, IntPtr>)Find(library, "ncclGetErrorString");
        GetUniqueId = (delegate* unmanaged<NcclId*, int>)Find(library, "ncclGetUniqueId");
        CommInitRank = (delegate* unmanaged<IntPtr*, int, NcclId, int, int>)Find(library, "ncclCommInitRank");
        CommDestroy = (delegate* unmanaged<IntPtr, int>)Find(library, "ncclCommDestroy");
        CommAbort = (delegate* unmanaged<IntPtr, int>)Find(library, "ncclCommAbort");
        CommGetAsyncError = (delegate* unmanaged<IntPtr, int*, int>)Find(library, "ncclCommGetAsyncError");
        GroupStart = (delegate* unmanaged<int>)Find(library, "ncclGroupStart");
        GroupEnd = (delegate* unmanaged<int>)Find(library, "ncclGroupEnd");
        Send = (delegate* unmanaged<IntPtr, nuint, int, int, IntPtr, IntPtr, int>)Find(library, "ncclSend");
        Receive = (delegate* unmanaged<IntPtr, nuint, int, int, IntPtr, IntPtr, int>)Find(library, "ncclRecv");
    }

    /// <summary>Where it was found.</summary>
    public string File { get; }

    public delegate* unmanaged<int*, int> GetVersion { get; }

    public delegate* unmanaged<NcclId*, int> GetUniqueId { get; }

    /// <summary>The communicator, its ranks, what they find each other by, and this rank. Returns once all ranks have
    /// called it.</summary>
    public delegate* unmanaged<IntPtr*, int, NcclId, int, int> CommInitRank { get; }

    public delegate* unmanaged<IntPtr, int> CommDestroy { get; }

    public delegate* unmanaged<IntPtr, int> CommAbort { get; }

    public delegate* unmanaged<IntPtr, int*, int> CommGetAsyncError { get; }

    public delegate* unmanaged<int> GroupStart { get; }

    public delegate* unmanaged<int> GroupEnd { get; }

    /// <summary>The values, how many, their type, the rank that gets them, the communicator and the stream.</summary>
    public delegate* unmanaged<IntPtr, nuint, int, int, IntPtr, IntPtr, int> Send { get; }

    /// <summary>Room for the values, how many, their type, the rank that sends them, the communicator and the stream.
    /// </summary>
    public delegate* unmanaged<IntPtr, nuint, int, int, IntPtr, IntPtr, int> Receive { get; }

    /// <summary>The version in words, such as <c>2.27.7</c>.</summary>
    public string Version
    {
        get
        {
            int version;
            _ = GetVersion(&version);
            return InWords(version);
        }
    }

    /// <summary>A result in NCCL's words.</summary>
    public string Describe(int result) =>
        $"error {result}, {Marshal.PtrToStringUTF8(_getErrorString(result)) ?? "which it has no words for"}";

    /// <summary>The library of this machine; or why there is none that can be used.</summary>
    /// <param name="folders">Where to look where the system does not find it.</param>
    public static (NcclFunctions? Functions, DeviceNeed Need) Load(IEnumerable<string> folders)
    {
        DeviceNeed need = CudaLibrary.Nccl.Load(folders);
        if (need.Found is not { } file)
        {
            return (null, need);
        }

        try
        {
            NcclFunctions functions = new(file, NativeLibrary.Load(file));
            int version;
            _ = functions.GetVersion(&version);
            return version >= LeastVersion
                ? (functions, need with { Found = $"{file}, NCCL {functions.Version}" })
                : (null, need with
                {
                    Problem = $"{file} is NCCL {InWords(version)}; ranks need {InWords(LeastVersion)} or newer.",
                });
        }
        catch (EntryPointNotFoundException missing)
        {
            return (null, need with { Problem = missing.Message });
        }
    }

    // From 2.9 on the number is ten times as large.
    private static string InWords(int version) => version < 10_000
        ? string.Create(CultureInfo.InvariantCulture, $"{version / 1000}.{version / 100 % 10}.{version % 100}")
        : string.Create(CultureInfo.InvariantCulture, $"{version / 10_000}.{version / 100 % 100}.{version % 100}");

    private void* Find(IntPtr library, string name) => NativeLibrary.TryGetExport(library, name, out IntPtr function)
        ? (void*)function
        : throw new EntryPointNotFoundException(
            $"{File} has no function {name}; ranks need NCCL {InWords(LeastVersion)} or newer.");
}
