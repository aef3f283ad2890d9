using System.Runtime.CompilerServices;
using OrtTrainer.Graph;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// <c>Dropout(x, key) -> y</c>, attributes <c>p</c> and <c>site</c>: y = x · mask over the flat element index. Its
/// gradient is the same operator on dy.
/// </summary>
internal sealed unsafe class DropoutKernel(KernelAttributes attributes) : Kernel
{
    private readonly DropoutSite _dropout = new(attributes);

    public static KernelDefinition Definition { get; } = new(
        "Dropout", [ElementType.Float, ElementType.Int64], 1, attributes => new DropoutKernel(attributes));

    public override void Compute(in KernelContext context)
    {
        KernelTensor x = context.Input(0);
        DropoutMask mask = _dropout.Mask(context.Input(1));
        KernelTensor y = context.Output(0, x.Shape);
        Elementwise.Run(context, x.Length, new Masked { X = x.Floats, Y = y.Floats, Mask = mask });
    }

    private struct Masked : IElementwise
    {
        public float* X;
        public float* Y;
        public DropoutMask Mask;

        public readonly void Run(long start, int count)
        {
            if (!Mask.IsActive)
            {
                Unsafe.CopyBlockUnaligned(Y + start, X + start, (uint)count * sizeof(float));
                return;
            }

            Mask.Multiply(X + start, Y + start, start, count);
        }
    }
}
