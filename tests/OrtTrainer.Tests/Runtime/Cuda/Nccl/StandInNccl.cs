using System.Diagnostics;
using System.Runtime.InteropServices;
using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Cuda;
using OrtTrainer.Runtime.Cuda.Nccl;

namespace OrtTrainer.Tests.Runtime.Cuda.Nccl;

/// <summary>NCCL without a device: a C file that is compiled here and found by its name like the real one.</summary>
internal static class StandInNccl
{
    /// <summary>Tells a process that it is to take the stand-in for NCCL of its devices.</summary>
    public const string Variable = "ORTTRAINER_TEST_NCCL";

    private static readonly Lazy<(string? Folder, string? Reason)> Library = new(Compile);

    /// <summary>The folder of the library; skips the test where it cannot be made, or where the real one would be found
    /// before it.</summary>
    public static string Folder
    {
        get
        {
            RequireNone();
            if (Library.Value is not ({ } folder, _))
            {
                Assert.Ignore(Library.Value.Reason!);
                throw new UnreachableException();
            }

            return folder;
        }
    }

    /// <summary>Skips the test on a machine that has NCCL.</summary>
    public static void RequireNone()
    {
        if (NativeLibrary.TryLoad(CudaLibrary.Nccl.File, out _))
        {
            Assert.Ignore("This machine has NCCL; the test is of one without.");
        }
    }

    /// <summary>The library's functions.</summary>
    public static NcclFunctions Load()
    {
        (NcclFunctions? functions, DeviceNeed need) = NcclFunctions.Load([Folder]);
        Assert.That(need.Problem, Is.Null);
        return functions!;
    }

    private static (string? Folder, string? Reason) Compile()
    {
        if (!OperatingSystem.IsLinux())
        {
            return (null, "The stand-in for NCCL is made on Linux alone.");
        }

        string source = Path.Combine(
            SharedFiles.RepositoryRoot, "tests", "OrtTrainer.Tests", "Runtime", "Cuda", "Nccl", "stand_in_nccl.c");
        string folder = Path.Combine(Path.GetTempPath(), $"orttrainer-nccl-{Environment.ProcessId}");
        Directory.CreateDirectory(folder);
        try
        {
            using Process compiler = Process.Start(
                "cc", ["-shared", "-fPIC", "-w", "-o", Path.Combine(folder, CudaLibrary.Nccl.File), source]);
            compiler.WaitForExit();
            return compiler.ExitCode == 0 ? (folder, null) : (null, "cc could not compile stand_in_nccl.c.");
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            return (null, $"There is no C compiler, which makes the stand-in's library: {missing.Message}");
        }
    }
}
