using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace OrtTrainer.Tests.OnDevice;

/// <summary>
/// A table of C functions, as ONNX Runtime 1.19.2 has it, over <see cref="StandInSession"/>: what this project calls of
/// <c>OrtApi</c> and all of <c>OrtTrainingApi</c> that it calls. Every call of the training API is a line of a log.
/// </summary>
internal static unsafe class StandInTable
{
    private const uint NewestVersion = 19;
    private const int ApiFunctions = 290;
    private const int TrainingFunctions = 33;
    private const int Float = 1;

    private static readonly void** Api = Fill(ApiFunctions);
    private static readonly void** Training = Fill(TrainingFunctions);
    private static readonly byte* Version = (byte*)Marshal.StringToCoTaskMemUTF8("1.19.2");
    private static StreamWriter? _log;

    /// <summary>Has a library that is made of <c>stand_in.c</c> give this table.</summary>
    public static void Install(string library, string log)
    {
        _log = new StreamWriter(log) { AutoFlush = true };
        Api[0] = (delegate* unmanaged<int, byte*, void*>)&CreateStatus;
        Api[2] = (delegate* unmanaged<void*, byte*>)&GetErrorMessage;
        Api[3] = (delegate* unmanaged<int, byte*, void**, void*>)&CreateEnv;
        Api[10] = (delegate* unmanaged<void**, void*>)&CreateSessionOptions;
        Api[24] = (delegate* unmanaged<void*, int, void*>)&SetIntraOpNumThreads;
        Api[49] = (delegate* unmanaged<void*, void*, nuint, long*, nuint, int, void**, void*>)&CreateTensor;
        Api[51] = (delegate* unmanaged<void*, void**, void*>)&GetTensorMutableData;
        Api[69] = (delegate* unmanaged<int, int, void**, void*>)&CreateCpuMemoryInfo;
        Api[76] = (delegate* unmanaged<void*, void*, void*>)&AllocatorFree;
        Api[78] = (delegate* unmanaged<void**, void*>)&GetAllocator;
        foreach (int release in new[] { 92, 94, 100 })
        {
            Api[release] = (delegate* unmanaged<void*, void>)&ReleaseNothing;
        }

        Api[93] = (delegate* unmanaged<void*, void>)&Release;
        Api[96] = (delegate* unmanaged<void*, void>)&ReleaseValue;
        Api[219] = (delegate* unmanaged<uint, void**>)&GetTrainingApi;
        Training[0] = (delegate* unmanaged<byte*, void**, void*>)&LoadCheckpoint;
        Training[1] = (delegate* unmanaged<void*, byte*, byte, void*>)&SaveCheckpoint;
        Training[2] = (delegate* unmanaged<void*, void*, void*, byte*, byte*, byte*, void**, void*>)&CreateSession;
        Training[4] = (delegate* unmanaged<void*, nuint*, void*>)&OutputCount;
        Training[8] = (delegate* unmanaged<void*, void*>)&LazyResetGrad;
        Training[9] = (delegate* unmanaged<void*, void*, nuint, void**, nuint, void**, void*>)&TrainStep;
        Training[11] = (delegate* unmanaged<void*, float, void*>)&SetLearningRate;
        Training[13] = (delegate* unmanaged<void*, void*, void*>)&OptimizerStep;
        Training[16] = (delegate* unmanaged<void*, nuint*, byte, void*>)&GetParametersSize;
        Training[17] = (delegate* unmanaged<void*, void*, byte, void*>)&CopyParametersToBuffer;
        Training[18] = (delegate* unmanaged<void*, void*, byte, void*>)&CopyBufferToParameters;
        Training[19] = (delegate* unmanaged<void*, void>)&ReleaseSession;
        Training[20] = (delegate* unmanaged<void*, void>)&ReleaseCheckpoint;
        Training[23] = (delegate* unmanaged<void*, nuint*, void*>)&InputCount;
        Training[25] = (delegate* unmanaged<void*, nuint, void*, byte**, void*>)&InputName;
        IntPtr loaded = NativeLibrary.Load(library);
        ((delegate* unmanaged<void*, void*, void>)NativeLibrary.GetExport(loaded, "StandInSet"))(
            (delegate* unmanaged<uint, void**>)&GetApi, (delegate* unmanaged<byte*>)&GetVersionString);
    }

    private static void** Fill(int count)
    {
        void** table = (void**)NativeMemory.AllocZeroed((nuint)count, (nuint)sizeof(void*));
        for (int i = 0; i < count; i++)
        {
            table[i] = (delegate* unmanaged<void>)&Missing;
        }

        return table;
    }

    [UnmanagedCallersOnly]
    private static void Missing() => Environment.FailFast("A function was called that the stand-in lacks.");

    [UnmanagedCallersOnly]
    private static void** GetApi(uint version) => version <= NewestVersion ? Api : null;

    [UnmanagedCallersOnly]
    private static byte* GetVersionString() => Version;

    [UnmanagedCallersOnly]
    private static void** GetTrainingApi(uint version) => version <= NewestVersion ? Training : null;

    [UnmanagedCallersOnly]
    private static void* CreateStatus(int code, byte* message) => Handle(Text(message));

    [UnmanagedCallersOnly]
    private static byte* GetErrorMessage(void* status) =>
        (byte*)Marshal.StringToCoTaskMemUTF8(Object<string>(status));

    [UnmanagedCallersOnly]
    private static void* CreateEnv(int level, byte* name, void** env) => Give(env);

    [UnmanagedCallersOnly]
    private static void* CreateSessionOptions(void** options) => Give(options);

    [UnmanagedCallersOnly]
    private static void* SetIntraOpNumThreads(void* options, int threads) => null;

    [UnmanagedCallersOnly]
    private static void* CreateCpuMemoryInfo(int allocator, int memory, void** info) => Give(info);

    [UnmanagedCallersOnly]
    private static void* GetAllocator(void** allocator) => Give(allocator);

    [UnmanagedCallersOnly]
    private static void* AllocatorFree(void* allocator, void* memory)
    {
        Marshal.FreeCoTaskMem((IntPtr)memory);
        return null;
    }

    [UnmanagedCallersOnly]
    private static void* CreateTensor(
        void* info, void* data, nuint bytes, long* shape, nuint rank, int type, void** value)
    {
        *value = Handle(new StandInValue(
            (IntPtr)data, (long)bytes, new ReadOnlySpan<long>(shape, (int)rank).ToArray(), type));
        return null;
    }

    [UnmanagedCallersOnly]
    private static void* GetTensorMutableData(void* value, void** data)
    {
        *data = (void*)Object<StandInValue>(value).Data;
        return null;
    }

    [UnmanagedCallersOnly]
    private static void ReleaseNothing(void* handle)
    {
    }

    [UnmanagedCallersOnly]
    private static void Release(void* handle) => GCHandle.FromIntPtr((IntPtr)handle).Free();

    [UnmanagedCallersOnly]
    private static void ReleaseValue(void* handle) => GCHandle.FromIntPtr((IntPtr)handle).Free();

    [UnmanagedCallersOnly]
    private static void ReleaseSession(void* session)
    {
        Log("ReleaseTrainingSession");
        GCHandle.FromIntPtr((IntPtr)session).Free();
    }

    [UnmanagedCallersOnly]
    private static void ReleaseCheckpoint(void* state)
    {
        Log("ReleaseCheckpointState");
        GCHandle.FromIntPtr((IntPtr)state).Free();
    }

    [UnmanagedCallersOnly]
    private static void* LoadCheckpoint(byte* path, void** state)
    {
        string file = Text(path);
        *state = Handle(StandInCheckpoint.Load(file));
        return Log($"LoadCheckpoint {Path.GetFileName(file)}");
    }

    [UnmanagedCallersOnly]
    private static void* SaveCheckpoint(void* state, byte* path, byte withOptimizer)
    {
        string file = Text(path);
        Object<StandInCheckpoint>(state).Save(file, withOptimizer != 0);
        return Log($"SaveCheckpoint {Path.GetFileName(file)} {withOptimizer}");
    }

    [UnmanagedCallersOnly]
    private static void* CreateSession(
        void* env, void* options, void* state, byte* train, byte* eval, byte* optimizer, void** session)
    {
        if (!File.Exists(Text(eval)))
        {
            return Handle($"{Text(eval)} is missing");
        }

        *session = Handle(new StandInSession(Object<StandInCheckpoint>(state), Text(train), Text(optimizer)));
        return Log("CreateTrainingSession");
    }

    [UnmanagedCallersOnly]
    private static void* OutputCount(void* session, nuint* count)
    {
        *count = 1;
        return null;
    }

    [UnmanagedCallersOnly]
    private static void* InputCount(void* session, nuint* count)
    {
        *count = (nuint)Object<StandInSession>(session).Inputs.Count;
        return null;
    }

    [UnmanagedCallersOnly]
    private static void* InputName(void* session, nuint index, void* allocator, byte** name)
    {
        *name = (byte*)Marshal.StringToCoTaskMemUTF8(Object<StandInSession>(session).Inputs[(int)index]);
        return null;
    }

    [UnmanagedCallersOnly]
    private static void* TrainStep(
        void* session, void* run, nuint inputCount, void** inputs, nuint outputCount, void** outputs)
    {
        StandInValue[] given = new StandInValue[inputCount];
        for (nuint i = 0; i < inputCount; i++)
        {
            given[i] = Object<StandInValue>(inputs[i]);
        }

        float* loss = (float*)NativeMemory.Alloc(sizeof(float));
        *loss = Object<StandInSession>(session).TrainStep(given);
        outputs[0] = Handle(new StandInValue((IntPtr)loss, sizeof(float), [], Float));
        return Log("TrainStep " + string.Join(' ', given.Select(value => $"[{string.Join(',', value.Shape)}]"))
            + $" loss {Number(*loss)}");
    }

    [UnmanagedCallersOnly]
    private static void* SetLearningRate(void* session, float rate)
    {
        Object<StandInSession>(session).Rate = rate;
        return Log($"SetLearningRate {Number(rate)}");
    }

    [UnmanagedCallersOnly]
    private static void* OptimizerStep(void* session, void* run)
    {
        Object<StandInSession>(session).OptimizerStep();
        return Log("OptimizerStep");
    }

    [UnmanagedCallersOnly]
    private static void* LazyResetGrad(void* session)
    {
        Object<StandInSession>(session).LazyResetGrad();
        return Log("LazyResetGrad");
    }

    [UnmanagedCallersOnly]
    private static void* GetParametersSize(void* session, nuint* size, byte trainableOnly)
    {
        *size = (nuint)Object<StandInSession>(session).Parameters(trainableOnly != 0).Sum(p => p.Values.LongLength);
        return null;
    }

    [UnmanagedCallersOnly]
    private static void* CopyParametersToBuffer(void* session, void* buffer, byte trainableOnly)
    {
        Span<float> flat = Object<StandInValue>(buffer).Floats;
        foreach (StandInParameter parameter in Object<StandInSession>(session).Parameters(trainableOnly != 0))
        {
            parameter.Values.CopyTo(flat);
            flat = flat[parameter.Values.Length..];
        }

        return Log($"CopyParametersToBuffer {trainableOnly}");
    }

    [UnmanagedCallersOnly]
    private static void* CopyBufferToParameters(void* session, void* buffer, byte trainableOnly)
    {
        ReadOnlySpan<float> flat = Object<StandInValue>(buffer).Floats;
        foreach (StandInParameter parameter in Object<StandInSession>(session).Parameters(trainableOnly != 0))
        {
            flat[..parameter.Values.Length].CopyTo(parameter.Values);
            flat = flat[parameter.Values.Length..];
        }

        return Log($"CopyBufferToParameters {trainableOnly}");
    }

    private static void* Log(string line)
    {
        _log!.WriteLine(line);
        return null;
    }

    private static string Number(float value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static void* Give(void** handle)
    {
        *handle = (void*)1;
        return null;
    }

    private static void* Handle(object value) => (void*)GCHandle.ToIntPtr(GCHandle.Alloc(value));

    private static T Object<T>(void* handle)
        where T : class => Unsafe.As<T>(GCHandle.FromIntPtr((IntPtr)handle).Target!);

    private static string Text(byte* text) => Marshal.PtrToStringUTF8((IntPtr)text)!;
}

/// <summary>A tensor over memory of its maker's.</summary>
internal sealed record StandInValue(IntPtr Data, long Bytes, long[] Shape, int Type)
{
    public unsafe Span<float> Floats => new((void*)Data, (int)(Bytes / sizeof(float)));

    public unsafe Span<long> Integers => new((void*)Data, (int)(Bytes / sizeof(long)));
}
