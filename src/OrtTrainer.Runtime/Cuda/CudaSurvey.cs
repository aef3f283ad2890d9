using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using OrtTrainer.Graph;
using OrtTrainer.Runtime.Cuda.Driver;
using OrtTrainer.Runtime.Cuda.Nccl;

namespace OrtTrainer.Runtime.Cuda;

/// <summary>What CUDA devices need and which there are, found by asking the driver and loading the libraries.</summary>
internal static class CudaSurvey
{
    private const string Provider = "CUDAExecutionProvider";

    // Tensor cores of Turing multiply float16 alone.
    private static readonly Version AmpereCapability = new(8, 0);

    /// <summary>Looks at everything.</summary>
    /// <param name="opensDevices">Whether devices are opened, which takes time and some of their memory, to see how
    /// much is free.</param>
    public static DeviceSurvey Run(bool opensDevices)
    {
        (CudaDriver? driver, DeviceNeed need) = Driver();
        string[] folders = [.. CudaLibrary.Folders()];
        return new DeviceSurvey(
            CudaDevice.Kind,
            [
                need, Build(), .. CudaLibrary.All.Select(library => library.Load(folders)),
                .. Nccl(opensDevices, folders),
            ],
            driver is null ? []
                : [
                    .. Enumerable.Range(0, CudaContext.Count(driver))
                        .Select(index => Report(driver, index, opensDevices)),
                ]);
    }

    /// <summary>Why a device cannot be used: the first that is missing, and that there is more.</summary>
    /// <param name="index">The number of the device.</param>
    /// <returns>Null where it can.</returns>
    public static string? Obstacle(int index)
    {
        DeviceSurvey survey = Run(opensDevices: false);
        string[] problems =
        [
            .. survey.Needs.Where(need => !need.IsOptional).Select(need => need.Problem).OfType<string>(),
            .. Of(survey, index),
        ];
        return problems.Length switch
        {
            0 => null,
            1 => problems[0],
            _ => $"{problems[0]} {problems.Length - 1} more: see orttrainer devices.",
        };
    }

    /// <summary>The number of the device that a rank takes.</summary>
    /// <param name="index">The number that is named for all of them.</param>
    /// <param name="rank">The rank among those of this machine.</param>
    /// <param name="ranks">How many they are.</param>
    /// <param name="devices">How many devices this machine has.</param>
    /// <exception cref="DeviceException">There are not enough.</exception>
    internal static int IndexOfRank(int index, int rank, int ranks, int devices)
    {
        if (ranks == 1)
        {
            return index;
        }

        string name = CudaDevice.NameOf(index);
        if (index > 0)
        {
            throw new DeviceException(
                name, $"{ranks} ranks of this machine cannot share one device. Give --device {CudaDevice.Kind}, of "
                + "which each takes its own.");
        }

        return ranks <= devices ? rank : throw new DeviceException(
            name, $"{ranks} ranks run on this machine, which has {Devices(devices)}; each takes one of its own. Start "
            + $"{devices} here (mpirun --map-by ppr:{devices}:node), or let all ranks see all devices where "
            + "CUDA_VISIBLE_DEVICES hides some.");
    }

    private static IEnumerable<string> Of(DeviceSurvey survey, int index) =>
        survey.Needs[0].Problem is not null ? []
        : index >= survey.Devices.Count
            ? [$"this machine has {Devices(survey.Devices.Count)}, counted from 0."]
            : survey.Devices[index].Problem is { } problem ? [problem] : [];

    private static string Devices(int count) => count == 1 ? "1 device" : $"{count} devices";

    private static (CudaDriver? Driver, DeviceNeed Need) Driver()
    {
        (CudaDriver? driver, string? problem) = CudaDriver.Find();
        if (driver is null)
        {
            return (null, new DeviceNeed("driver", null, problem));
        }

        int version = driver.Version;
        string found = $"{CudaDriver.FileName}, CUDA {Number(version)}";
        return version >= CudaDriver.LeastVersion
            ? (driver, new DeviceNeed("driver", found, Problem: null))
            : (driver, new DeviceNeed(
                "driver", found, $"The driver is for CUDA {Number(version)}; ONNX Runtime here is built with CUDA "
                + $"{Number(CudaDriver.LeastVersion)}. Install NVIDIA's driver of version 580 or newer."));
    }

    // Ranks look for it themselves, and single processes do without.
    private static IEnumerable<DeviceNeed> Nccl(bool isWanted, string[] folders) =>
        isWanted ? [NcclFunctions.Load(folders).Need] : [];

    private static DeviceNeed Build() =>
        OrtEnv.Instance().GetAvailableProviders().Contains(Provider)
            ? new DeviceNeed("provider", $"ONNX Runtime {GraphSession.RuntimeVersion} with CUDA", Problem: null)
            : new DeviceNeed(
                "provider", null, "ONNX Runtime in this build has no CUDA. Build with -p:OrtGpu=true, on Linux or "
                + "Windows on x64.");

    private static DeviceReport Report(CudaDriver driver, int index, bool opensDevice)
    {
        string name = CudaDevice.NameOf(index);
        (string hardware, Version capability, long memory, int units) = CudaContext.Describe(driver, index, name);
        bool isTooSmall = capability < CudaDriver.LeastCapability;
        return new DeviceReport(
            name, hardware,
            isTooSmall
                ? $"{hardware} has compute capability {capability}; CUDA 13 needs {CudaDriver.LeastCapability} "
                    + "(Turing) or more."
                : null,
            PrecisionsOf(capability))
        {
            ComputeCapability = capability.ToString(2),
            MemoryBytes = memory,
            FreeBytes = isTooSmall || !opensDevice ? null : FreeOf(driver, index, name),
            Units = units,
        };
    }

    /// <summary>The precisions that a device has arithmetic for.</summary>
    internal static IReadOnlyList<Precision> PrecisionsOf(Version capability) =>
        [.. Enum.GetValues<Precision>().Where(precision => capability >= LeastCapabilityFor(precision))];

    /// <summary>What a device must be capable of for products in a precision.</summary>
    internal static Version LeastCapabilityFor(Precision precision) =>
        precision is Precision.Tf32 or Precision.Bf16 ? AmpereCapability : CudaDriver.LeastCapability;

    private static long? FreeOf(CudaDriver driver, int index, string name)
    {
        try
        {
            CudaContext context = CudaContext.Open(driver, index, name);
            long free = context.Memory().Free;
            context.Release();
            return free;
        }
        catch (DeviceException)
        {
            // What stops the device from being opened is told when it is used; the rest of the report stands.
            return null;
        }
    }

    private static string Number(int version) =>
        string.Create(CultureInfo.InvariantCulture, $"{version / 1000}.{version % 1000 / 10}");
}
