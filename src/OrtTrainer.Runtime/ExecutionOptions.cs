using OrtTrainer.Graph;

namespace OrtTrainer.Runtime;

/// <summary>How a session executes its graph.</summary>
public sealed record ExecutionOptions
{
    private readonly int _intraOpThreads = Environment.ProcessorCount;

    /// <summary>
    /// Threads that share the work of one operator, the calling thread included: 1 to 1024; by default all
    /// processors.
    /// </summary>
    public int IntraOpThreads
    {
        get => _intraOpThreads;
        init
        {
            if (value is < 1 or > 1024)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(IntraOpThreads), value, $"IntraOpThreads is {value}; expected 1 to 1024.");
            }

            _intraOpThreads = value;
        }
    }

    /// <summary>
    /// True: operators of domain <c>ai.orttrainer</c> run as the C# kernels of this assembly. False: ONNX Runtime
    /// runs the function bodies the model carries, as any other host would.
    /// </summary>
    public bool UseKernels { get; init; } = true;

    /// <summary>
    /// True: idle threads of the session wait in a busy loop for the next operator, which shortens steps of many
    /// small operators. False: they sleep, and leave the processors to others.
    /// </summary>
    public bool SpinWhileIdle { get; init; } = true;

    /// <summary>
    /// True: with <see cref="SpinWhileIdle"/>, they wait in the loop for the next run, too, a while at most; for short
    /// runs one right after the other. False: between runs they leave the processors to others.
    /// </summary>
    public bool SpinBetweenRuns { get; init; }

    /// <summary>
    /// True: ONNX Runtime notes the time of every node, which <see cref="GraphSession.EndProfiling"/> gives; it slows
    /// runs a little, and keeps about a kilobyte per node and run until then.
    /// </summary>
    public bool Profile { get; init; }

    /// <summary>
    /// What products are computed in. Graphs have it in them, as <see cref="Products"/> says; how products of float32
    /// are computed is up to the device, which takes TF32 in every other precision than float32.
    /// </summary>
    public Precision Precision { get; init; }

    /// <summary>
    /// True: the device may record runs whose tensors keep their places and shapes, and play them back; see
    /// <see cref="Binding.KeepPlaces"/>. Only a device that <see cref="Runtime.Device.RecordsRuns"/> has it.
    /// </summary>
    public bool RecordsRuns { get; init; }

    /// <summary>The device that executes, and whose buffers may be bound.</summary>
    public Device Device { get; init; } = Device.Default;

    /// <summary>How graphs for <see cref="Device"/> compute products in <see cref="Precision"/>.</summary>
    public ProductPrecision Products => Device.ProductsIn(Precision);
}
