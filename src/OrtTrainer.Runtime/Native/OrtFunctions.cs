using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.ML.OnnxRuntime;

namespace OrtTrainer.Runtime.Native;

/// <summary>
/// The functions of ONNX Runtime's C API that custom operators need and the managed API lacks. The API is a table
/// whose slots never move once released; their numbers are positions in <c>struct OrtApi</c> of onnxruntime_c_api.h.
/// </summary>
internal static unsafe class OrtFunctions
{
    /// <summary>
    /// The version of the table asked for: the oldest that has all slots used here. ONNX Runtime 1.24 and newer serve
    /// it.
    /// </summary>
    public const uint Version = 24;

    private static readonly void** Table = Load();

    // Values are positions in struct OrtFunctions.
    private enum Slot
    {
        CreateStatus = 0,
        GetErrorMessage = 2,
        CreateCustomOpDomain = 26,
        CustomOpDomainAdd = 27,
        AddCustomOpDomain = 28,
        GetTensorMutableData = 51,
        AllocatorAlloc = 75,
        AllocatorFree = 76,
        KernelInfoGetAttributeFloat = 85,
        KernelInfoGetAttributeInt64 = 86,
        KernelInfoGetAttributeString = 87,
        KernelContextGetInput = 90,
        KernelContextGetOutput = 91,
        ReleaseStatus = 93,
        ReleaseAllocator = 132,
        KernelContextGetGpuComputeStream = 193,
        GetTensorMemoryInfo = 194,
        KernelInfoGetConstantInput = 249,
        KernelContextGetAllocator = 253,
        KernelContextParallelFor = 274,
        GetTensorElementTypeAndShapeDataReference = 414,
    }

    /// <summary>A failure for ONNX Runtime to raise; it owns the result.</summary>
    public static void* CreateStatus(string message)
    {
        const int Failed = 1;
        fixed (byte* text = Utf8(message))
        {
            return ((delegate* unmanaged<int, byte*, void*>)At(Slot.CreateStatus))(Failed, text);
        }
    }

    public static void* CreateCustomOpDomain(string name)
    {
        void* domain;
        fixed (byte* text = Utf8(name))
        {
            Check(((delegate* unmanaged<byte*, void**, void*>)At(Slot.CreateCustomOpDomain))(text, &domain));
        }

        return domain;
    }

    public static void CustomOpDomainAdd(void* domain, OrtCustomOp* op) =>
        Check(((delegate* unmanaged<void*, OrtCustomOp*, void*>)At(Slot.CustomOpDomainAdd))(domain, op));

    public static void AddCustomOpDomain(SessionOptions options, void* domain)
    {
        Check(((delegate* unmanaged<void*, void*, void*>)At(Slot.AddCustomOpDomain))(
            (void*)options.DangerousGetHandle(), domain));
        GC.KeepAlive(options);
    }

    public static void* GetTensorData(void* value)
    {
        void* data;
        Check(((delegate* unmanaged<void*, void**, void*>)At(Slot.GetTensorMutableData))(value, &data));
        return data;
    }

    /// <summary>The value's own shape: valid as long as the value, allocated by nobody.</summary>
    public static long* GetTensorShape(void* value, out int rank)
    {
        int type;
        long* shape;
        nuint count;
        var get = (delegate* unmanaged<void*, int*, long**, nuint*, void*>)
            At(Slot.GetTensorElementTypeAndShapeDataReference);
        Check(get(value, &type, &shape, &count));
        rank = (int)count;
        return shape;
    }

    /// <summary>False: the node has no such attribute, or one of another type.</summary>
    public static bool TryGetAttribute(void* info, string name, out float value)
    {
        fixed (byte* text = Utf8(name))
        fixed (float* result = &value)
        {
            return Succeeded(((delegate* unmanaged<void*, byte*, float*, void*>)At(Slot.KernelInfoGetAttributeFloat))(
                info, text, result));
        }
    }

    /// <inheritdoc cref="TryGetAttribute(void*, string, out float)"/>
    public static bool TryGetAttribute(void* info, string name, out long value)
    {
        fixed (byte* text = Utf8(name))
        fixed (long* result = &value)
        {
            return Succeeded(((delegate* unmanaged<void*, byte*, long*, void*>)At(Slot.KernelInfoGetAttributeInt64))(
                info, text, result));
        }
    }

    /// <inheritdoc cref="TryGetAttribute(void*, string, out float)"/>
    public static bool TryGetAttribute(void* info, string name, out string value)
    {
        var get = (delegate* unmanaged<void*, byte*, byte*, nuint*, void*>)At(Slot.KernelInfoGetAttributeString);
        value = "";
        fixed (byte* text = Utf8(name))
        {
            // Without a buffer the call reports the size, terminating zero included.
            nuint size = 0;
            if (!Succeeded(get(info, text, null, &size)))
            {
                return false;
            }

            byte[] buffer = new byte[size];
            fixed (byte* result = buffer)
            {
                Check(get(info, text, result, &size));
            }

            value = Encoding.UTF8.GetString(buffer).TrimEnd('\0');
            return true;
        }
    }

    /// <summary>An input that is the same in every run, as an initializer is; null for any other.</summary>
    public static void* KernelInfoGetConstantInput(void* info, int index)
    {
        int isConstant;
        void* value;
        Check(((delegate* unmanaged<void*, nuint, int*, void**, void*>)At(Slot.KernelInfoGetConstantInput))(
            info, (nuint)index, &isConstant, &value));
        return isConstant != 0 ? value : null;
    }

    public static void* KernelContextGetInput(void* context, int index)
    {
        void* value;
        Check(((delegate* unmanaged<void*, nuint, void**, void*>)At(Slot.KernelContextGetInput))(
            context, (nuint)index, &value));
        return value;
    }

    public static void* KernelContextGetOutput(void* context, int index, ReadOnlySpan<long> shape)
    {
        void* value;
        fixed (long* dimensions = shape)
        {
            Check(((delegate* unmanaged<void*, nuint, long*, nuint, void**, void*>)At(Slot.KernelContextGetOutput))(
                context, (nuint)index, dimensions, (nuint)shape.Length, &value));
        }

        return value;
    }

    /// <summary>
    /// Calls <paramref name="run"/> for 0 to <paramref name="count"/> - 1 on the session's threads, the calling one
    /// included.
    /// </summary>
    public static void ParallelFor(void* context, delegate* unmanaged<void*, nuint, void> run, int count, void* state)
    {
        // Without a number of batches, threads take indices one by one as they become free.
        const nuint Unbatched = 0;
        var parallel = (delegate* unmanaged<void*, delegate* unmanaged<void*, nuint, void>, nuint, nuint, void*, void*>)
            At(Slot.KernelContextParallelFor);
        Check(parallel(context, run, (nuint)count, Unbatched, state));
    }

    /// <summary>The stream that a provider's kernel is to queue its work on; null for the default stream.</summary>
    public static void* KernelContextGetComputeStream(void* context)
    {
        void* stream;
        Check(((delegate* unmanaged<void*, void**, void*>)At(Slot.KernelContextGetGpuComputeStream))(context, &stream));
        return stream;
    }

    /// <summary>Memory of the allocator that input 0 is from.</summary>
    public static void* KernelContextAllocate(void* context, nuint bytes)
    {
        void* allocator = AllocatorOf(context);
        void* memory;
        void* status = ((delegate* unmanaged<void*, nuint, void**, void*>)At(Slot.AllocatorAlloc))(
            allocator, bytes, &memory);
        ReleaseAllocator(allocator);
        Check(status);
        return memory;
    }

    public static void KernelContextFree(void* context, void* memory)
    {
        void* allocator = AllocatorOf(context);
        void* status = ((delegate* unmanaged<void*, void*, void*>)At(Slot.AllocatorFree))(allocator, memory);
        ReleaseAllocator(allocator);
        Check(status);
    }

    // A wrapper of the session's allocator, which outlives it.
    private static void* AllocatorOf(void* context)
    {
        void* information;
        void* allocator;
        Check(((delegate* unmanaged<void*, void**, void*>)At(Slot.GetTensorMemoryInfo))(
            KernelContextGetInput(context, 0), &information));
        Check(((delegate* unmanaged<void*, void*, void**, void*>)At(Slot.KernelContextGetAllocator))(
            context, information, &allocator));
        return allocator;
    }

    private static void ReleaseAllocator(void* allocator) =>
        ((delegate* unmanaged<void*, void>)At(Slot.ReleaseAllocator))(allocator);

    private static void* At(Slot slot) => Table[(int)slot];

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text + '\0');

    private static bool Succeeded(void* status)
    {
        if (status == null)
        {
            return true;
        }

        ((delegate* unmanaged<void*, void>)At(Slot.ReleaseStatus))(status);
        return false;
    }

    private static void Check(void* status)
    {
        if (status == null)
        {
            return;
        }

        var getMessage = (delegate* unmanaged<void*, byte*>)At(Slot.GetErrorMessage);
        string message = Marshal.PtrToStringUTF8((IntPtr)getMessage(status)) ?? "ONNX Runtime gave no message.";
        ((delegate* unmanaged<void*, void>)At(Slot.ReleaseStatus))(status);
        throw new InvalidOperationException(message);
    }

    // Looked up as the managed API's own library, so that both speak to one ONNX Runtime even where the system has
    // another.
    private static void** Load()
    {
        Assembly managed = typeof(SessionOptions).Assembly;
        IntPtr library = NativeLibrary.Load("onnxruntime", managed, DllImportSearchPath.AssemblyDirectory);
        var getBase = (delegate* unmanaged<OrtApiBase*>)NativeLibrary.GetExport(library, "OrtGetApiBase");
        OrtApiBase* api = getBase();
        void** table = api->GetApi(Version);
        if (table == null)
        {
            string? found = Marshal.PtrToStringUTF8((IntPtr)api->GetVersionString());
            throw new NotSupportedException(
                $"ONNX Runtime {found} is too old for C# kernels, which need 1.{Version} or newer; update it, or set "
                + "UseKernels to false.");
        }

        return table;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct OrtApiBase
    {
        public delegate* unmanaged<uint, void**> GetApi;
        public delegate* unmanaged<byte*> GetVersionString;
    }
}
