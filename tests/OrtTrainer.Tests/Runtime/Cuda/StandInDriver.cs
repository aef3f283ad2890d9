using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using OrtTrainer.Cli;
using OrtTrainer.Runtime.Cuda;

namespace OrtTrainer.Tests.Runtime.Cuda;

/// <summary>
/// NVIDIA's driver, which no machine without its hardware has: a C file that is compiled here and found by its name
/// like the real one.
/// </summary>
internal static class StandInDriver
{
    public const string OneCard = "A card;9;0;1000000000";
    public const string TwoCards = "A card;9;0;150000000000\nA small card;7;5;8000000000";
    public const string OldCard = "An old card;7;0;16000000000";

    private static readonly Lazy<(string? Folder, string? Reason)> Library = new(Compile);

    /// <summary>The library's file; skips the test where there is no C compiler.</summary>
    public static string File
    {
        get
        {
            if (Library.Value is not ({ } folder, _))
            {
                Assert.Ignore(Library.Value.Reason!);
                throw new UnreachableException();
            }

            return Path.Combine(folder, "libcuda.so.1");
        }
    }

    /// <summary>Gives the driver devices in this process.</summary>
    public static unsafe void Set(string devices)
    {
        IntPtr set = NativeLibrary.GetExport(NativeLibrary.Load(File), "StandInSet");
        fixed (byte* text = Encoding.ASCII.GetBytes(devices + '\0'))
        {
            ((delegate* unmanaged<byte*, void>)set)(text);
        }
    }

    /// <summary>Runs the program where the driver is found.</summary>
    /// <param name="devices">The devices, a line each.</param>
    /// <param name="version">What the driver says it is for.</param>
    /// <param name="libraries">A folder with libraries of CUDA; null for none.</param>
    /// <param name="words">The command line.</param>
    public static (int Code, string Output, string Error) Run(
        string devices, int version, string? libraries, params string[] words)
    {
        ProcessStartInfo start = Start(words);
        start.Environment["LD_LIBRARY_PATH"] = Path.GetDirectoryName(File);
        start.Environment["STAND_IN_DEVICES"] = devices;
        start.Environment["STAND_IN_VERSION"] = $"{version}";
        start.Environment[CudaLibrary.Variable] = libraries ?? "";
        return Finish(start);
    }

    /// <summary>Runs the program where there is no driver; skips the test on a machine that has one.</summary>
    public static (int Code, string Output, string Error) RunWithout(params string[] words)
    {
        if (NativeLibrary.TryLoad("libcuda.so.1", out _))
        {
            Assert.Ignore("This machine has a driver of NVIDIA; the test is of one without.");
        }

        return Finish(Start(words));
    }

    /// <summary>Makes a library without functions.</summary>
    public static void CompileEmpty(string file) => Cc("-shared", "-o", file, "-x", "c", "/dev/null");

    private static ProcessStartInfo Start(string[] words) =>
        new("dotnet", ["exec", typeof(CliApp).Assembly.Location, .. words])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

    private static (int Code, string Output, string Error) Finish(ProcessStartInfo start)
    {
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }

    private static (string? Folder, string? Reason) Compile()
    {
        if (!OperatingSystem.IsLinux())
        {
            return (null, "The stand-in for NVIDIA's driver is made on Linux alone.");
        }

        string source = Path.Combine(
            SharedFiles.RepositoryRoot, "tests", "OrtTrainer.Tests", "Runtime", "Cuda", "stand_in_cuda.c");
        string folder = Path.Combine(Path.GetTempPath(), $"orttrainer-cuda-{Environment.ProcessId}");
        Directory.CreateDirectory(folder);
        try
        {
            return Cc("-shared", "-fPIC", "-w", "-o", Path.Combine(folder, "libcuda.so.1"), source) == 0
                ? (folder, null)
                : (null, "cc could not compile stand_in_cuda.c.");
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            return (null, $"There is no C compiler, which makes the stand-in's library: {missing.Message}");
        }
    }

    private static int Cc(params string[] words)
    {
        using Process compiler = Process.Start("cc", words);
        compiler.WaitForExit();
        return compiler.ExitCode;
    }
}
