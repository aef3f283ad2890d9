using OrtTrainer.Common;
using OrtTrainer.Graph;
using OrtTrainer.Options;
using OrtTrainer.Runtime;
using OrtTrainer.Tasks;

namespace OrtTrainer.Benchmarking;

/// <summary>What a <see cref="StepBenchmark"/> measures. Values are checked as they are set.</summary>
internal sealed record StepBenchmarkOptions
{
    /// <summary>The folder of the pre-trained model.</summary>
    public required string Model { get; init; }

    /// <summary>The training data; null where <see cref="FullLength"/> makes the batches.</summary>
    public DataOptions? Data { get; init; }

    /// <summary>Batches that are timed, 1 or more; as many go before them untimed.</summary>
    public int Batches { get; init => field = (int)OptionRange.AtLeast((long)value, 1); } = 14;

    /// <summary>Examples per batch, 1 or more.</summary>
    public int BatchSize { get; init => field = (int)OptionRange.AtLeast((long)value, 1); } = 32;

    /// <summary>The most tokens of a text or pair, 8 or more.</summary>
    public int MaxLength { get; init => field = (int)OptionRange.AtLeast((long)value, 8); } = 128;

    /// <summary>Instead of data: batches of random tokens, every example so long, 1 or more.</summary>
    public int? FullLength { get; init => field = value is { } n ? (int)OptionRange.AtLeast((long)n, 1) : null; }

    /// <summary>Whether random tokens are learned from those before them, over the vocabulary; otherwise each example
    /// has one of two classes.</summary>
    public bool NextTokens { get; init; }

    /// <summary>Whether of the model its configuration alone is read, and every weight starts at random.</summary>
    public bool FromScratch { get; init; }

    /// <summary>Threads, 1 or more.</summary>
    public int Threads { get; init => field = (int)OptionRange.AtLeast((long)value, 1); } = 2;

    /// <summary>The name of the device that executes.</summary>
    public string Device { get; init => field = Runtime.Device.NameOf(value); } = Runtime.Device.Default.Name;

    /// <summary>Whether fused operators run as C# kernels.</summary>
    public bool Kernels { get; init; } = true;

    /// <summary>What the operands of products are rounded to.</summary>
    public Precision Precision { get; init => field = OptionRange.Defined(value); }

    /// <summary>Whether layers are computed again for their gradients.</summary>
    public bool Recompute { get; init; }

    /// <summary>Whether passes are recorded as CUDA graphs and played back.</summary>
    public RecordingMode CudaGraphs { get; init => field = OptionRange.Defined(value); }

    /// <summary>Whether as many steps again are profiled.</summary>
    public bool Profile { get; init; }

    /// <summary>Fixes order, dropout and random tokens.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Refuses a device that cannot be used, or a precision that it has no kernels for.</summary>
    /// <exception cref="DeviceException">The device cannot be used.</exception>
    /// <exception cref="ArgumentException">It has none.</exception>
    internal void RequireDevice()
    {
        Device device = Runtime.Device.Named(Device);
        device.Require(Precision, Kernels);
        FineTuneOptions.RequireRecording(CudaGraphs, device);
    }
}
