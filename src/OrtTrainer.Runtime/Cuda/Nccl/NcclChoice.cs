using System.Text;
using OrtTrainer.Runtime.Distributed;

namespace OrtTrainer.Runtime.Cuda.Nccl;

/// <summary>Whether ranks send by NCCL: where all of them have it in one version.</summary>
internal static class NcclChoice
{
    /// <summary>Finds what connects the ranks; all of them call it.</summary>
    /// <param name="ranks">The ranks.</param>
    /// <param name="path">What was asked for.</param>
    /// <param name="stream">The stream of this rank's device; asked for where NCCL is there.</param>
    /// <param name="device">The device's name.</param>
    /// <inheritdoc cref="Device.Link"/>
    public static (Func<IBufferLink>? Connect, string? Note) Make(
        RankGroup ranks, BufferPath path, Func<INcclStream> stream, string device)
    {
        (NcclFunctions? nccl, DeviceNeed need) = NcclFunctions.Load(CudaLibrary.Folders());
        string[] versions = Told(ranks, nccl?.Version ?? "");
        string[] problems = Told(ranks, need.Problem ?? "");
        string[] places = Told(ranks, ranks.Place);
        int odd = Array.FindIndex(versions, version => version.Length == 0);
        if (odd < 0)
        {
            odd = Array.FindIndex(versions, version => version != versions[0]);
        }

        if (odd < 0)
        {
            return (() => NcclLink.Connect(nccl!, stream(), device, ranks), $"Ranks send by NCCL {versions[0]}.");
        }

        string problem = problems[odd].Length > 0
            ? problems[odd]
            : $"NCCL is {versions[odd]} there and {versions[0]} on the first rank; install one version.";
        return path == BufferPath.Auto
            ? (null, problems[odd].Length > 0 && versions.All(version => version.Length == 0)
                ? $"NCCL is not found ({CudaLibrary.Nccl.File}): gradients go through the host's memory."
                : $"Rank {odd} on {places[odd]}: {problem} Gradients go through the host's memory.")
            : throw new DeviceException(device, $"rank {odd} on {places[odd]}: {problem}");
    }

    private static string[] Told(RankGroup ranks, string own) =>
        [.. ranks.Gather(Encoding.UTF8.GetBytes(own)).Select(bytes => Encoding.UTF8.GetString(bytes))];
}
