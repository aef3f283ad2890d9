using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
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

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long start, int count)
        {
            if (!Mask.IsActive)
            {
                Unsafe.CopyBlockUnaligned(Y + start, X + start, (uint)count * sizeof(float));
                return;
            }

            Vector512<uint> index = Lanes.Index + Vector512.Create((uint)start);
            int i = 0;
            for (; i <= count - Lanes.Count; i += Lanes.Count)
            {
                (Vector512.Load(X + start + i) * Mask.Factors(index)).Store(Y + start + i);
                index += Vector512.Create((uint)Lanes.Count);
            }

            if (i < count)
            {
                Lanes.Store(Lanes.Load(X + start + i, count - i) * Mask.Factors(index), Y + start + i, count - i);
            }
        }
    }
}
