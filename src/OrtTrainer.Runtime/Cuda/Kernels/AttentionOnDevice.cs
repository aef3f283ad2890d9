using OrtTrainer.Runtime.Cpu.Kernels;
using OrtTrainer.Runtime.Cpu.Products;
using OrtTrainer.Runtime.Cuda.Launching;

namespace OrtTrainer.Runtime.Cuda.Kernels;

/// <summary>
/// What an attention node says, for a device: heads, what a query sees, and the widths that have kernels.
/// </summary>
internal sealed class AttentionOnDevice(KernelDefinition cpu, KernelAttributes attributes, AttentionForm form)
{
    /// <summary>Columns of a head in kernels that take little shared memory.</summary>
    public const int NarrowWidth = 64;

    /// <summary>The most columns of a head.</summary>
    public const int WideWidth = 128;

    private readonly AttentionAttributes _attributes = new(attributes, form);
    private readonly AttentionReach _reach = AttentionReach.Of(attributes);
    private readonly int _window = (int)Math.Max(attributes.Int("window"), -1);

    /// <summary>The forms that have kernels, on the CPU.</summary>
    public static IEnumerable<(KernelDefinition Cpu, AttentionForm Form)> Forward =>
    [
        (PackedAttentionKernel<FloatTile>.Define("PackedAttention", AttentionForm.Plain), AttentionForm.Plain),
        (PackedAttentionKernel<FloatTile>.Define("PackedSharedAttention", AttentionForm.Shared), AttentionForm.Shared),
    ];

    /// <summary>Their gradients.</summary>
    public static IEnumerable<(KernelDefinition Cpu, AttentionForm Form)> Backward =>
    [
        (PackedAttentionGradKernel<FloatTile>.Define("PackedAttentionGrad", AttentionForm.Plain), AttentionForm.Plain),
        (PackedAttentionGradKernel<FloatTile>.Define("PackedSharedAttentionGrad", AttentionForm.Shared),
            AttentionForm.Shared),
    ];

    public KernelDefinition Cpu => cpu;

    public int Heads => _attributes.Heads;

    public int KeyHeads => _attributes.KeyHeads;

    public float Scale => _attributes.Scale;

    /// <summary>1 where a query sees nothing behind itself.</summary>
    public int Causal => _reach.IsCausal ? 1 : 0;

    /// <summary>How far a query sees; no further than the batch is long, so that sums stay in range.</summary>
    public int Window(PackedTensor qkv) => _reach.HasWindow ? Math.Min(_window, qkv.Tokens) : qkv.Tokens;

    /// <summary>What is dropped, short of the key of a step.</summary>
    public DeviceMask Mask => DeviceRun.MaskOf(_attributes.Dropout);

    /// <summary>Whether the kernels of little shared memory are wide enough.</summary>
    public static bool IsNarrow(PackedTensor qkv) => qkv.Width <= NarrowWidth;

    /// <summary>The shapes of a batch; offsets stay unread on the device.</summary>
    /// <exception cref="ArgumentException">They are none, or heads are too wide.</exception>
    public PackedTensor Read(KernelTensor qkv, KernelTensor offsets)
    {
        (int tokens, int columns) = Shapes.Matrix(cpu, "qkv", qkv);
        int all = Heads + (2 * KeyHeads), width = columns / all;
        if (columns % all != 0)
        {
            throw new ArgumentException(
                $"{cpu.Name}: qkv has shape {qkv}; expected a multiple of {all} heads as its columns.");
        }

        if (width > WideWidth)
        {
            throw new ArgumentException(
                $"{cpu.Name}: qkv has shape {qkv}, so heads have {width} columns; expected at most {WideWidth} on a "
                + "CUDA device. Run on the CPU.");
        }

        if (offsets.Shape.Length != 1 || offsets.Length is < 1 or > int.MaxValue)
        {
            throw new ArgumentException(
                $"{cpu.Name}: offsets has shape {offsets}; expected [sequences + 1].");
        }

        return new PackedTensor(tokens, (int)offsets.Length - 1, width * Heads, width);
    }
}
