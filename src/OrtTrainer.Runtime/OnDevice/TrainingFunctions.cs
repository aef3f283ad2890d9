using System.Runtime.InteropServices;
using System.Text;

namespace OrtTrainer.Runtime.OnDevice;

/// <summary>
/// The functions of a library that on-device training needs: of <c>struct OrtApi</c> and <c>struct OrtTrainingApi</c>,
/// by their positions there, which never move. Names and arguments are those of the headers; what fails throws.
/// </summary>
/// <param name="path">The library, for messages.</param>
/// <param name="api">Its <c>OrtApi</c>.</param>
/// <param name="training">Its <c>OrtTrainingApi</c>.</param>
internal sealed unsafe class TrainingFunctions(string path, void** api, void** training)
{
    private const int Warnings = 2;
    private const int DeviceAllocator = 0;

    // Positions in struct OrtApi.
    private enum Api
    {
        GetErrorMessage = 2,
        CreateEnv = 3,
        CreateSessionOptions = 10,
        SetIntraOpNumThreads = 24,
        CreateTensorWithDataAsOrtValue = 49,
        GetTensorMutableData = 51,
        CreateCpuMemoryInfo = 69,
        AllocatorFree = 76,
        GetAllocatorWithDefaultOptions = 78,
        ReleaseEnv = 92,
        ReleaseStatus = 93,
        ReleaseMemoryInfo = 94,
        ReleaseValue = 96,
        ReleaseSessionOptions = 100,
    }

    // Positions in struct OrtTrainingApi.
    private enum Training
    {
        LoadCheckpoint = 0,
        SaveCheckpoint = 1,
        CreateTrainingSession = 2,
        TrainingModelOutputCount = 4,
        LazyResetGrad = 8,
        TrainStep = 9,
        SetLearningRate = 11,
        OptimizerStep = 13,
        GetParametersSize = 16,
        CopyParametersToBuffer = 17,
        CopyBufferToParameters = 18,
        ReleaseTrainingSession = 19,
        ReleaseCheckpointState = 20,
        TrainingModelInputCount = 23,
        TrainingModelInputName = 25,
    }

    public void* CreateEnv()
    {
        void* env;
        fixed (byte* name = "orttrainer\0"u8)
        {
            Check(((delegate* unmanaged<int, byte*, void**, void*>)At(Api.CreateEnv))(Warnings, name, &env));
        }

        return env;
    }

    public void* CreateSessionOptions(int threads)
    {
        void* options;
        Check(((delegate* unmanaged<void**, void*>)At(Api.CreateSessionOptions))(&options));
        Check(((delegate* unmanaged<void*, int, void*>)At(Api.SetIntraOpNumThreads))(options, threads));
        return options;
    }

    public void* CreateCpuMemoryInfo()
    {
        void* info;
        Check(((delegate* unmanaged<int, int, void**, void*>)At(Api.CreateCpuMemoryInfo))(DeviceAllocator, 0, &info));
        return info;
    }

    /// <summary>A tensor over memory of the caller's, which has to outlive it.</summary>
    public void* CreateTensor(void* memoryInfo, void* data, nuint bytes, ReadOnlySpan<long> shape, int elementType)
    {
        var create = (delegate* unmanaged<void*, void*, nuint, long*, nuint, int, void**, void*>)
            At(Api.CreateTensorWithDataAsOrtValue);
        void* value;
        fixed (long* sizes = shape)
        {
            Check(create(memoryInfo, data, bytes, sizes, (nuint)shape.Length, elementType, &value));
        }

        return value;
    }

    public void* GetTensorData(void* value)
    {
        void* data;
        Check(((delegate* unmanaged<void*, void**, void*>)At(Api.GetTensorMutableData))(value, &data));
        return data;
    }

    public void Release(Owned what, void* handle)
    {
        if (handle != null)
        {
            void* release = what switch
            {
                Owned.Env => At(Api.ReleaseEnv),
                Owned.SessionOptions => At(Api.ReleaseSessionOptions),
                Owned.MemoryInfo => At(Api.ReleaseMemoryInfo),
                Owned.Value => At(Api.ReleaseValue),
                Owned.Session => At(Training.ReleaseTrainingSession),
                _ => At(Training.ReleaseCheckpointState),
            };
            ((delegate* unmanaged<void*, void>)release)(handle);
        }
    }

    public void* LoadCheckpoint(string file)
    {
        void* state;
        fixed (byte* name = PathBytes(file))
        {
            Check(((delegate* unmanaged<byte*, void**, void*>)At(Training.LoadCheckpoint))(name, &state));
        }

        return state;
    }

    public void SaveCheckpoint(void* state, string file, bool withOptimizer)
    {
        fixed (byte* name = PathBytes(file))
        {
            Check(((delegate* unmanaged<void*, byte*, byte, void*>)At(Training.SaveCheckpoint))(
                state, name, Bool(withOptimizer)));
        }
    }

    public void* CreateSession(
        void* env, void* options, void* state, string trainingModel, string evaluationModel, string optimizerModel)
    {
        var create = (delegate* unmanaged<void*, void*, void*, byte*, byte*, byte*, void**, void*>)
            At(Training.CreateTrainingSession);
        void* session;
        fixed (byte* train = PathBytes(trainingModel), eval = PathBytes(evaluationModel),
            optimizer = PathBytes(optimizerModel))
        {
            Check(create(env, options, state, train, eval, optimizer, &session));
        }

        return session;
    }

    public IReadOnlyList<string> InputNames(void* session)
    {
        nuint count;
        Check(((delegate* unmanaged<void*, nuint*, void*>)At(Training.TrainingModelInputCount))(session, &count));
        void* allocator;
        Check(((delegate* unmanaged<void**, void*>)At(Api.GetAllocatorWithDefaultOptions))(&allocator));
        string[] names = new string[count];
        for (nuint i = 0; i < count; i++)
        {
            byte* name;
            Check(((delegate* unmanaged<void*, nuint, void*, byte**, void*>)At(Training.TrainingModelInputName))(
                session, i, allocator, &name));
            names[i] = Marshal.PtrToStringUTF8((IntPtr)name)!;
            Check(((delegate* unmanaged<void*, void*, void*>)At(Api.AllocatorFree))(allocator, name));
        }

        return names;
    }

    public int OutputCount(void* session)
    {
        nuint count;
        Check(((delegate* unmanaged<void*, nuint*, void*>)At(Training.TrainingModelOutputCount))(session, &count));
        return checked((int)count);
    }

    /// <summary>Forward and backward; the outputs are made where they are null, and the caller's to release.</summary>
    public void TrainStep(void* session, void*[] inputs, void*[] outputs)
    {
        var step = (delegate* unmanaged<void*, void*, nuint, void**, nuint, void**, void*>)At(Training.TrainStep);
        fixed (void** given = inputs, made = outputs)
        {
            Check(step(session, null, (nuint)inputs.Length, given, (nuint)outputs.Length, made));
        }
    }

    public void SetLearningRate(void* session, float rate) =>
        Check(((delegate* unmanaged<void*, float, void*>)At(Training.SetLearningRate))(session, rate));

    public void OptimizerStep(void* session) =>
        Check(((delegate* unmanaged<void*, void*, void*>)At(Training.OptimizerStep))(session, null));

    public void LazyResetGrad(void* session) =>
        Check(((delegate* unmanaged<void*, void*>)At(Training.LazyResetGrad))(session));

    public long GetParametersSize(void* session, bool trainableOnly)
    {
        nuint size;
        Check(((delegate* unmanaged<void*, nuint*, byte, void*>)At(Training.GetParametersSize))(
            session, &size, Bool(trainableOnly)));
        return checked((long)size);
    }

    public void CopyParametersToBuffer(void* session, void* buffer, bool trainableOnly) =>
        Check(((delegate* unmanaged<void*, void*, byte, void*>)At(Training.CopyParametersToBuffer))(
            session, buffer, Bool(trainableOnly)));

    public void CopyBufferToParameters(void* session, void* buffer, bool trainableOnly) =>
        Check(((delegate* unmanaged<void*, void*, byte, void*>)At(Training.CopyBufferToParameters))(
            session, buffer, Bool(trainableOnly)));

    private void* At(Api function) => api[(int)function];

    private void* At(Training function) => training[(int)function];

    private static byte Bool(bool value) => value ? (byte)1 : (byte)0;

    // ORTCHAR_T is wchar_t on Windows and char elsewhere.
    private static byte[] PathBytes(string file) =>
        (OperatingSystem.IsWindows() ? Encoding.Unicode : Encoding.UTF8).GetBytes(file + '\0');

    private void Check(void* status)
    {
        if (status == null)
        {
            return;
        }

        var getMessage = (delegate* unmanaged<void*, byte*>)At(Api.GetErrorMessage);
        string message = Marshal.PtrToStringUTF8((IntPtr)getMessage(status)) ?? "ONNX Runtime gave no message.";
        ((delegate* unmanaged<void*, void>)At(Api.ReleaseStatus))(status);
        throw new RuntimeFailureException(path, message);
    }

    /// <summary>What the caller of the API owns.</summary>
    public enum Owned
    {
        Env,
        SessionOptions,
        MemoryInfo,
        Value,
        Session,
        CheckpointState,
    }
}
