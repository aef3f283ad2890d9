using System.Runtime.InteropServices;

namespace OrtTrainer.Runtime.Cuda;

/// <summary>
/// A library that ONNX Runtime's CUDA provider links to, or loads by name when it needs it. It need not lie where the
/// system looks: what is loaded before the provider from elsewhere, CUDA's own folder or Python packages, serves it
/// too.
/// </summary>
/// <param name="Name">What NVIDIA calls it.</param>
/// <param name="File">Its file on Linux.</param>
/// <param name="WindowsFile">Its file on Windows.</param>
/// <param name="Apt">The package of NVIDIA's repository for Debian and Ubuntu.</param>
/// <param name="Pip">The Python package, which has it too.</param>
internal sealed record CudaLibrary(string Name, string File, string WindowsFile, string Apt, string Pip)
{
    /// <summary>Folders to look in before all others, between the separators of PATH.</summary>
    public const string Variable = "ORTTRAINER_CUDA_LIBRARIES";

    /// <summary>What the provider of ONNX Runtime 1.31 needs, each after those that it needs itself.</summary>
    public static IReadOnlyList<CudaLibrary> All { get; } =
    [
        new("cudart", "libcudart.so.13", "cudart64_13.dll", "cuda-cudart-13-0", "nvidia-cuda-runtime"),
        new("cublasLt", "libcublasLt.so.13", "cublasLt64_13.dll", "libcublas-13-0", "nvidia-cublas"),
        new("cublas", "libcublas.so.13", "cublas64_13.dll", "libcublas-13-0", "nvidia-cublas"),
        new("curand", "libcurand.so.10", "curand64_10.dll", "libcurand-13-0", "nvidia-curand"),
        new("cufft", "libcufft.so.12", "cufft64_12.dll", "libcufft-13-0", "nvidia-cufft")
        {
            Use = "Fourier transforms, which none of the models here have",
        },
        new("cudnn", "libcudnn.so.9", "cudnn64_9.dll", "libcudnn9-cuda-13", "nvidia-cudnn-cu13")
        {
            Use = "convolutions, which models of images have",
        },
    ];

    /// <summary>What ranks send by; the provider does without.</summary>
    public static CudaLibrary Nccl { get; } =
        new("nccl", "libnccl.so.2", "nccl64_2.dll", "libnccl2", "nvidia-nccl-cu13")
        {
            Use = "ranks on several devices, which send through the host's memory without it",
        };

    /// <summary>What needs it, where the provider does without; null where it does not.</summary>
    public string? Use { get; init; }

    private string FileHere => OperatingSystem.IsWindows() ? WindowsFile : File;

    /// <summary>Loads the library.</summary>
    /// <param name="folders">Where to look where the system does not find it.</param>
    public DeviceNeed Load(IEnumerable<string> folders)
    {
        string? found = NativeLibrary.TryLoad(FileHere, out _) ? FileHere
            : folders.Select(folder => Path.Combine(folder, FileHere))
                .FirstOrDefault(path => System.IO.File.Exists(path) && NativeLibrary.TryLoad(path, out _));
        return new DeviceNeed(Name, found, found is not null ? null : Advice()) { IsOptional = Use is not null };
    }

    /// <summary>Where CUDA's libraries are kept.</summary>
    public static IEnumerable<string> Folders()
    {
        IEnumerable<string> given = (Environment.GetEnvironmentVariable(Variable) ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return given.Append(AppContext.BaseDirectory)
            .Concat(OperatingSystem.IsWindows() ? OfWindows() : OfLinux())
            .Where(Directory.Exists).Distinct();
    }

    private string Advice() =>
        $"{FileHere} is not found{(Use is null ? "" : $"; it is for {Use}")}. "
        + (OperatingSystem.IsWindows()
            ? $"Install CUDA 13 and cuDNN 9, or pip install {Pip}"
            : $"apt install {Apt} from NVIDIA's repository, or pip install {Pip}")
        + $", or name its folder in {Variable}.";

    private static IEnumerable<string> OfWindows() =>
    [
        .. Roots("CUDA_PATH").Select(root => Path.Combine(root, "bin")),
        .. Roots("CUDA_PATH").Select(root => Path.Combine(root, "bin", "x64")),
        .. Roots("VIRTUAL_ENV", "CONDA_PREFIX")
            .SelectMany(root => OfPython(Path.Combine(root, "Lib", "site-packages"), "bin")),
    ];

    private static IEnumerable<string> OfLinux()
    {
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        IEnumerable<string> cuda = Roots("CUDA_HOME", "CUDA_PATH")
            .Concat(Matching("/usr/local", "cuda*"))
            .SelectMany(root => new[]
            {
                Path.Combine(root, "lib64"), Path.Combine(root, "targets", "x86_64-linux", "lib"),
            });
        IEnumerable<string> python = Roots("VIRTUAL_ENV", "CONDA_PREFIX")
            .Concat([Path.Combine(home, ".local"), "/opt/conda", "/opt/venv", "/usr/local", "/usr"])
            .SelectMany(root => Matching(Path.Combine(root, "lib"), "python3*"))
            .SelectMany(lib => new[] { Path.Combine(lib, "site-packages"), Path.Combine(lib, "dist-packages") })
            .SelectMany(packages => OfPython(packages, "lib"));
        return cuda.Concat(python).Concat(Roots("CONDA_PREFIX").Select(root => Path.Combine(root, "lib")));
    }

    // Packages of NVIDIA: a folder for CUDA 13, others beside it.
    private static IEnumerable<string> OfPython(string packages, string part) =>
        Matching(Path.Combine(packages, "nvidia"), "*").Select(package => Path.Combine(package, part));

    private static IEnumerable<string> Roots(params string[] variables) =>
        variables.Select(Environment.GetEnvironmentVariable).OfType<string>().Where(root => root.Length > 0);

    private static IEnumerable<string> Matching(string folder, string pattern) => Directory.Exists(folder)
        ? Directory.EnumerateDirectories(folder, pattern).OrderDescending(StringComparer.Ordinal)
        : [];
}
