using System.Runtime.InteropServices;
using OrtTrainer.Common;
using TorchSharp;

namespace OrtTrainer.Benchmarks.TorchSharp;

/// <summary>PyTorch's native library.</summary>
internal static class TorchLibrary
{
    /// <summary>Loads it, so that nothing later fails for want of it.</summary>
    /// <param name="threads">Threads of its operators, 1 or more.</param>
    /// <exception cref="RunException">It cannot be loaded here.</exception>
    public static void Load(int threads)
    {
        try
        {
            // By itself TorchSharp would copy all of PyTorch before it fails.
            _ = NativeLibrary.Load("LibTorchSharp", typeof(torch).Assembly, searchPath: null);
        }
        catch (DllNotFoundException missing)
        {
            string reason = missing.Message.Split('\n').FirstOrDefault(line => line.Contains("GLIBC"))?.Trim()
                ?? missing.Message.Split('\n')[0].Trim();
            throw new RunException(
                $"TorchSharp's native library cannot be loaded here: {reason}. It needs the C and C++ libraries of "
                + "GCC 13 or newer, as Debian 13 and Ubuntu 24.04 have.", missing);
        }

        torch.set_num_threads(threads);
    }
}
