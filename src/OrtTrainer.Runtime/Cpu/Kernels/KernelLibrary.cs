using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using Microsoft.ML.OnnxRuntime;
using OrtTrainer.Runtime.Native;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// A set of kernels that sessions may use. Make one per process and keep it: what ONNX Runtime knows of it is never
/// freed, because sessions refer to it until they end.
/// </summary>
public sealed unsafe class KernelLibrary
{
    /// <summary>The domain of all operators here.</summary>
    public const string Domain = "ai.orttrainer";

    private static readonly Lazy<KernelLibrary> LazyDefault =
        new(() => new KernelLibrary(HasFusedArithmetic ? OfThisAssembly : []));

    [ThreadStatic]
    private static SortedSet<string>? _created;

    private readonly void* _domain;

    /// <exception cref="ArgumentException">Two kernels have one name.</exception>
    /// <exception cref="NotSupportedException">The ONNX Runtime in use is too old for C# kernels.</exception>
    public KernelLibrary(IReadOnlyList<KernelDefinition> definitions)
    {
        foreach (IGrouping<string, KernelDefinition> same in definitions.GroupBy(d => d.Name).Where(g => g.Count() > 1))
        {
            throw new ArgumentException(
                $"There are {same.Count()} kernels {same.Key}; expected one of each name.", nameof(definitions));
        }

        Definitions = definitions;
        _domain = OrtFunctions.CreateCustomOpDomain(Domain);
        foreach (KernelDefinition definition in definitions)
        {
            OrtFunctions.CustomOpDomainAdd(_domain, CustomOperator.Create(definition));
        }
    }

    /// <summary>All kernels of this assembly that this processor runs well: none where it cannot multiply and add in
    /// one instruction, as software does that a hundred times slower than a function body.</summary>
    public static KernelLibrary Default => LazyDefault.Value;

    /// <summary>The kernels in this set.</summary>
    public IReadOnlyList<KernelDefinition> Definitions { get; }

    private static bool HasFusedArithmetic => Fma.IsSupported || AdvSimd.IsSupported;

    private static IReadOnlyList<KernelDefinition> OfThisAssembly =>
    [
        DropoutKernel.Definition,
        GeluKernel<ErfGelu>.Define("Gelu"),
        GeluGradKernel<ErfGelu>.Define("GeluGrad"),
        GeluKernel<TanhGelu>.Define("GeluTanh"),
        GeluGradKernel<TanhGelu>.Define("GeluTanhGrad"),
        LayerNormKernel.Definition,
        RmsNormKernel.Definition,
        RmsNormGradKernel.Definition,
        .. LayerNormGradKernel.Definitions,
        DropoutAddLayerNormKernel.Definition,
        DropoutAddLayerNormGradKernel.Definition,
        .. EmbeddingNormKernel.Definitions,
        EmbeddingNormGradKernel.Definition,
        AfterKernel.Definition,
        CachedAttentionKernel.Definition,
        ColumnSumKernel.Definition,
        GatherGradKernel.Definition,
        PackedCrossAttentionKernel.Definition,
        PackedCrossAttentionGradKernel.Definition,
        PackedLogSoftmaxKernel.Definition,
        PackedLogSoftmaxGradKernel.Definition,
        RotaryKernel.Definition,
        SoftmaxCrossEntropyKernel.Definition,
        SoftmaxCrossEntropyGradKernel.Definition,
        IdCrossEntropyKernel.Definition,
        IdCrossEntropyGradKernel.Definition,
        DisentangledAttentionKernel.Definition,
        DisentangledAttentionGradKernel.Definition,
        .. ProductKernels.OfThisProcessor,
    ];

    internal static void Created(KernelDefinition definition) => _created?.Add(definition.Name);

    /// <summary>Starts to note which kernels a session creates; it creates them on the thread that opens it.</summary>
    internal static SortedSet<string> BeginRecording() => _created = [];

    internal static void EndRecording() => _created = null;

    internal void Register(SessionOptions options) => OrtFunctions.AddCustomOpDomain(options, _domain);
}
