using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace OrtTrainer.Runtime.OnDevice;

/// <summary>
/// A build of ONNX Runtime with the training API, beside the one that runs all other sessions. Its functions are called
/// through its own table: the managed package asks a library for the table of its own version, which those that were
/// published with the training API, up to 1.19.2, do not have.
/// </summary>
public sealed unsafe class TrainingLibrary
{
    /// <summary>The environment variable with the path of the library.</summary>
    public const string Variable = "ORTTRAINER_TRAINING_LIBRARY";

    /// <summary>The folder beside the program in which a build with <c>-p:OrtTraining=PATH</c> puts it.</summary>
    public const string FolderName = "ort-training";

    /// <summary>The oldest minor version of 1 that has all functions used here, and checkpoints as one file.</summary>
    private const uint ApiVersion = 16;

    // Position in struct OrtApi of onnxruntime_c_api.h, since 1.13.
    private const int GetTrainingApi = 219;

    private const string Advice =
        "Training by ONNX Runtime itself needs a library of 1.16 or newer that was built with the training API, such " +
        "as that of Microsoft.ML.OnnxRuntime.Training 1.19.2: name it in the environment variable " + Variable +
        ", or build with -p:OrtTraining=PATH.";

    private TrainingLibrary(string path, string version, void** table, void** training)
    {
        (Path, Version) = (path, version);
        Functions = new TrainingFunctions(path, table, training);
    }

    /// <summary>Where it was loaded from.</summary>
    public string Path { get; }

    /// <summary>What it says of itself, such as <c>1.19.2</c>.</summary>
    public string Version { get; }

    internal TrainingFunctions Functions { get; }

    /// <summary>
    /// The library that the environment names, else the one beside the program, else the one that runs all sessions
    /// where it has the training API.
    /// </summary>
    /// <exception cref="RuntimeFailureException">There is none; the message tells what was found.</exception>
    public static TrainingLibrary Find()
    {
        string? named = Environment.GetEnvironmentVariable(Variable);
        string beside = System.IO.Path.Combine(AppContext.BaseDirectory, FolderName, FileName);
        return !string.IsNullOrEmpty(named) ? Open(named)
            : File.Exists(beside) ? Open(beside)
            : OfHandle(OwnLibrary(), LoadedPath());
    }

    /// <summary>A library by its path.</summary>
    /// <exception cref="RuntimeFailureException">It cannot be loaded, or has no training API.</exception>
    public static TrainingLibrary Open(string path)
    {
        string full = System.IO.Path.GetFullPath(path);
        if (!File.Exists(full))
        {
            throw new RuntimeFailureException(full, $"there is no such file. {Advice}");
        }

        try
        {
            return OfHandle(NativeLibrary.Load(full), full);
        }
        catch (Exception cause) when (cause is DllNotFoundException or BadImageFormatException)
        {
            throw new RuntimeFailureException(full, $"the library cannot be loaded: {cause.Message} {Advice}", cause);
        }
    }

    private static string FileName => OperatingSystem.IsWindows() ? "onnxruntime.dll"
        : OperatingSystem.IsMacOS() ? "libonnxruntime.dylib"
        : "libonnxruntime.so";

    private static TrainingLibrary OfHandle(IntPtr library, string path)
    {
        if (!NativeLibrary.TryGetExport(library, "OrtGetApiBase", out IntPtr entry))
        {
            throw new RuntimeFailureException(path, $"the library is none of ONNX Runtime. {Advice}");
        }

        ApiBase* api = ((delegate* unmanaged<ApiBase*>)entry)();
        string version = Marshal.PtrToStringUTF8((IntPtr)api->GetVersionString()) ?? "of no version";
        void** table = api->GetApi(ApiVersion);
        void** training = table == null
            ? null
            : ((delegate* unmanaged<uint, void**>)table[GetTrainingApi])(ApiVersion);
        return training != null
            ? new TrainingLibrary(path, version, table, training)
            : throw new RuntimeFailureException(path, $"ONNX Runtime {version} here "
                + (table == null ? "is too old" : "was built without the training API") + $". {Advice}");
    }

    private static IntPtr OwnLibrary() => NativeLibrary.Load(
        "onnxruntime", typeof(SessionOptions).Assembly, DllImportSearchPath.AssemblyDirectory);

    // Where the library of all sessions lies, for messages.
    private static string LoadedPath()
    {
        using Process self = Process.GetCurrentProcess();
        return self.Modules.Cast<ProcessModule>().Select(module => module.FileName).FirstOrDefault(file =>
            System.IO.Path.GetFileName(file).StartsWith(
                System.IO.Path.GetFileNameWithoutExtension(FileName), StringComparison.OrdinalIgnoreCase)
            && !file.Contains("providers", StringComparison.Ordinal)) ?? "onnxruntime";
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct ApiBase
    {
        public delegate* unmanaged<uint, void**> GetApi;
        public delegate* unmanaged<byte*> GetVersionString;
    }
}
