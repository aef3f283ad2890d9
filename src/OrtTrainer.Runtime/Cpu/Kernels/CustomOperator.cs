using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using OrtTrainer.Runtime.Native;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// The bridge between ONNX Runtime's callbacks and <see cref="KernelDefinition"/> / <see cref="Kernel"/>. No
/// exception may leave a callback, as native frames cannot carry one: it becomes a status, which ONNX Runtime raises
/// from the run.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct CustomOperator
{
    // First field: ONNX Runtime hands its address back to every callback, and so this struct's.
    private OrtCustomOp _op;
    private IntPtr _definition;
    private byte* _name;
    private byte* _provider;

    /// <summary>
    /// An operator in native memory, which is never freed: sessions refer to it until the process ends.
    /// </summary>
    public static OrtCustomOp* Create(KernelDefinition definition)
    {
        var native = (CustomOperator*)NativeMemory.AllocZeroed((nuint)sizeof(CustomOperator));
        native->_definition = GCHandle.ToIntPtr(GCHandle.Alloc(definition));
        native->_name = (byte*)Marshal.StringToCoTaskMemUTF8(definition.Name);
        native->_provider = (byte*)Marshal.StringToCoTaskMemUTF8(definition.Provider);
        native->_op = new OrtCustomOp
        {
            Version = OrtFunctions.Version,
            GetName = &GetName,
            GetExecutionProviderType = &GetExecutionProviderType,
            GetInputType = &GetInputType,
            GetInputTypeCount = &GetInputTypeCount,
            GetOutputType = &GetOutputType,
            GetOutputTypeCount = &GetOutputTypeCount,
            KernelDestroy = &Destroy,
            GetInputCharacteristic = &Required,
            GetOutputCharacteristic = &Required,
            GetInputMemoryType = &GetInputMemoryType,
            GetVariadicInputMinArity = &One,
            GetVariadicInputHomogeneity = &One,
            GetVariadicOutputMinArity = &One,
            GetVariadicOutputHomogeneity = &One,
            CreateKernelV2 = &Create,
            KernelComputeV2 = &Compute,
            GetStartVersion = &One,
            GetEndVersion = &Newest,
        };
        return &native->_op;
    }

    private static KernelDefinition Definition(OrtCustomOp* op) =>
        (KernelDefinition)GCHandle.FromIntPtr(((CustomOperator*)op)->_definition).Target!;

    [UnmanagedCallersOnly]
    private static byte* GetName(OrtCustomOp* op) => ((CustomOperator*)op)->_name;

    // Null is the CPU provider.
    [UnmanagedCallersOnly]
    private static byte* GetExecutionProviderType(OrtCustomOp* op) => ((CustomOperator*)op)->_provider;

    [UnmanagedCallersOnly]
    private static int GetInputType(OrtCustomOp* op, nuint index) => (int)Definition(op).InputTypes[(int)index];

    [UnmanagedCallersOnly]
    private static nuint GetInputTypeCount(OrtCustomOp* op) => (nuint)Definition(op).InputTypes.Count;

    [UnmanagedCallersOnly]
    private static int GetOutputType(OrtCustomOp* op, nuint index) => (int)Definition(op).OutputTypes[(int)index];

    [UnmanagedCallersOnly]
    private static nuint GetOutputTypeCount(OrtCustomOp* op) => (nuint)Definition(op).OutputCount;

    [UnmanagedCallersOnly]
    private static int Required(OrtCustomOp* op, nuint index) => 0;

    // Values of OrtMemType: OrtMemTypeCPUInput and OrtMemTypeDefault.
    [UnmanagedCallersOnly]
    private static int GetInputMemoryType(OrtCustomOp* op, nuint index) =>
        Definition(op).HostInputs.Contains((int)index) ? -2 : 0;

    [UnmanagedCallersOnly]
    private static int One(OrtCustomOp* op) => 1;

    [UnmanagedCallersOnly]
    private static int Newest(OrtCustomOp* op) => int.MaxValue;

    [UnmanagedCallersOnly]
    private static void* Create(OrtCustomOp* op, void* api, void* info, void** kernel)
    {
        KernelDefinition definition = Definition(op);
        try
        {
            Kernel created = definition.Create(new KernelAttributes(definition.Name, info));
            *kernel = (void*)GCHandle.ToIntPtr(GCHandle.Alloc(created));
            KernelLibrary.Created(definition);
            return null;
        }
        catch (Exception failure)
        {
            return OrtFunctions.CreateStatus($"{definition.Name}: {failure.Message}");
        }
    }

    [UnmanagedCallersOnly]
    private static void* Compute(void* kernel, void* context)
    {
        var instance = Unsafe.As<Kernel>(GCHandle.FromIntPtr((IntPtr)kernel).Target!);
        try
        {
            instance.Compute(new KernelContext(context));
            return null;
        }
        catch (Exception failure)
        {
            return OrtFunctions.CreateStatus(failure.Message);
        }
    }

    [UnmanagedCallersOnly]
    private static void Destroy(void* kernel)
    {
        GCHandle handle = GCHandle.FromIntPtr((IntPtr)kernel);
        Unsafe.As<Kernel>(handle.Target!).Release();
        handle.Free();
    }
}
