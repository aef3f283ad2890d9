using System.Runtime.InteropServices;
using System.Text;

namespace OrtTrainer.Runtime.Distributed;

/// <summary>
/// The functions and handles of Open MPI's library that ranks need. The binary interface is Open MPI's, the same from
/// version 1.7 to 5: handles are addresses of the library's own variables. Errors end all ranks, MPI's default.
/// </summary>
internal sealed unsafe class Mpi
{
    private const string LibraryName = "libmpi.so.40";
    private const int OnlyOneThreadAtATime = 2;

    // RTLD_NOW | RTLD_GLOBAL: parts of Open MPI that it loads later look for its symbols in the process.
    private const int NowAndGlobal = 0x102;
    private const int MaxProcessorName = 256;

    // MPI_COMM_TYPE_SHARED of Open MPI.
    private const int SharedMemory = 0;

    // MPI_IN_PLACE of Open MPI.
    private static readonly void* InPlace = (void*)1;

    private readonly IntPtr _library;
    private readonly void* _world;
    private readonly void* _byte;
    private readonly void* _int;
    private readonly void* _float;
    private readonly void* _double;

    private Mpi(IntPtr library)
    {
        _library = library;
        _world = At("ompi_mpi_comm_world");
        _byte = At("ompi_mpi_byte");
        _int = At("ompi_mpi_int");
        _float = At("ompi_mpi_float");
        _double = At("ompi_mpi_double");
    }

    /// <summary>Loads the library and joins the ranks.</summary>
    /// <exception cref="NotSupportedException">There is no Open MPI here.</exception>
    public static Mpi Start()
    {
        IntPtr library = OperatingSystem.IsLinux() ? DlOpen(LibraryName, NowAndGlobal) : IntPtr.Zero;
        if (library == IntPtr.Zero)
        {
            throw new NotSupportedException(OperatingSystem.IsLinux()
                ? $"Open MPI's library {LibraryName} cannot be loaded: {LoadError()}. Install Open MPI (Debian and "
                    + "Ubuntu: apt install openmpi-bin) or add its folder to LD_LIBRARY_PATH."
                : "Ranks need Open MPI on Linux; this is another system.");
        }

        if (!NativeLibrary.TryGetExport(library, "ompi_mpi_comm_world", out _))
        {
            throw new NotSupportedException(
                $"{LibraryName} is not Open MPI's library, whose binary interface is needed; put Open MPI first in "
                + "LD_LIBRARY_PATH.");
        }

        Mpi mpi = new(library);
        int provided;
        mpi.Check(((delegate* unmanaged<int*, byte***, int, int*, int>)mpi.At("MPI_Init_thread"))(
            null, null, OnlyOneThreadAtATime, &provided));
        return provided >= OnlyOneThreadAtATime ? mpi : throw new NotSupportedException(
            "This Open MPI was built without threads (MPI_THREAD_SERIALIZED); install one that has them.");
    }

    public int Rank()
    {
        int rank;
        Check(((delegate* unmanaged<void*, int*, int>)At("MPI_Comm_rank"))(_world, &rank));
        return rank;
    }

    public int Count()
    {
        int count;
        Check(((delegate* unmanaged<void*, int*, int>)At("MPI_Comm_size"))(_world, &count));
        return count;
    }

    /// <summary>This rank among those that share memory with it, by rank, and how many they are.</summary>
    public (int Rank, int Count) Here()
    {
        void* group;
        Check(((delegate* unmanaged<void*, int, int, void*, void**, int>)At("MPI_Comm_split_type"))(
            _world, SharedMemory, Rank(), At("ompi_mpi_info_null"), &group));
        int rank, count;
        Check(((delegate* unmanaged<void*, int*, int>)At("MPI_Comm_rank"))(group, &rank));
        Check(((delegate* unmanaged<void*, int*, int>)At("MPI_Comm_size"))(group, &count));
        Check(((delegate* unmanaged<void**, int>)At("MPI_Comm_free"))(&group));
        return (rank, count);
    }

    public string ProcessorName()
    {
        byte* name = stackalloc byte[MaxProcessorName + 1];
        int length;
        Check(((delegate* unmanaged<byte*, int*, int>)At("MPI_Get_processor_name"))(name, &length));
        return Encoding.UTF8.GetString(name, length);
    }

    public void AllGather(double* own, int count, double* all) =>
        Check(((delegate* unmanaged<void*, int, void*, void*, int, void*, void*, int>)At("MPI_Allgather"))(
            own, count, _double, all, count, _double, _world));

    public void AllGather(byte* own, byte* all, int* counts, int* offsets, int ownCount) =>
        Check(((delegate* unmanaged<void*, int, void*, void*, int*, int*, void*, void*, int>)At("MPI_Allgatherv"))(
            own, ownCount, _byte, all, counts, offsets, _byte, _world));

    /// <summary>Every rank's part lies in its place already.</summary>
    public void AllGatherInPlace(float* buffer, int* counts, int* offsets) =>
        Check(((delegate* unmanaged<void*, int, void*, void*, int*, int*, void*, void*, int>)At("MPI_Allgatherv"))(
            InPlace, 0, null, buffer, counts, offsets, _float, _world));

    public void GatherToFirst(float* buffer, int rank, int* counts, int* offsets)
    {
        bool isFirst = rank == 0;
        void* own = isFirst ? InPlace : buffer + offsets[rank];
        Check(((delegate* unmanaged<void*, int, void*, void*, int*, int*, void*, int, void*, int>)At("MPI_Gatherv"))(
            own, counts[rank], _float, buffer, counts, offsets, _float, 0, _world));
    }

    public void AllToAll(
        float* sent, int* sentCounts, int* sentOffsets, float* received, int* receivedCounts, int* receivedOffsets) =>
        AllToAll(sent, sentCounts, sentOffsets, received, receivedCounts, receivedOffsets, _float);

    public void AllToAll(
        byte* sent, int* sentCounts, int* sentOffsets, byte* received, int* receivedCounts, int* receivedOffsets) =>
        AllToAll(sent, sentCounts, sentOffsets, received, receivedCounts, receivedOffsets, _byte);

    public void Broadcast(byte* content, int count) =>
        Check(((delegate* unmanaged<void*, int, void*, int, void*, int>)At("MPI_Bcast"))(
            content, count, _byte, 0, _world));

    public void Send(int value, int rank, int tag) =>
        Check(((delegate* unmanaged<void*, int, void*, int, int, void*, int>)At("MPI_Send"))(
            &value, 1, _int, rank, tag, _world));

    public int Receive(int rank, int tag)
    {
        int word;
        Check(((delegate* unmanaged<void*, int, void*, int, int, void*, void*, int>)At("MPI_Recv"))(
            &word, 1, _int, rank, tag, _world, null));
        return word;
    }

    public bool HasMessage(int rank, int tag)
    {
        int flag;
        Check(((delegate* unmanaged<int, int, void*, int*, void*, int>)At("MPI_Iprobe"))(
            rank, tag, _world, &flag, null));
        return flag != 0;
    }

    public void Abort(int exitCode) =>
        _ = ((delegate* unmanaged<void*, int, int>)At("MPI_Abort"))(_world, exitCode);

    public void Finish() => Check(((delegate* unmanaged<int>)At("MPI_Finalize"))());

    [DllImport("libc", EntryPoint = "dlopen")]
    private static extern IntPtr DlOpen([MarshalAs(UnmanagedType.LPUTF8Str)] string name, int flags);

    [DllImport("libc", EntryPoint = "dlerror")]
    private static extern byte* DlError();

    private static string LoadError() => Marshal.PtrToStringUTF8((IntPtr)DlError()) ?? "no reason was given";

    private void* At(string name) => (void*)NativeLibrary.GetExport(_library, name);

    private void AllToAll(
        void* sent, int* sentCounts, int* sentOffsets, void* received, int* receivedCounts, int* receivedOffsets,
        void* type) =>
        Check(((delegate* unmanaged<void*, int*, int*, void*, void*, int*, int*, void*, void*, int>)
            At("MPI_Alltoallv"))(
            sent, sentCounts, sentOffsets, type, received, receivedCounts, receivedOffsets, type, _world));

    private void Check(int status)
    {
        if (status != 0)
        {
            throw new InvalidOperationException($"Open MPI returned error {status}.");
        }
    }
}
