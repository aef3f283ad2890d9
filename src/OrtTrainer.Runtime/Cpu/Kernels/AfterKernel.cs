using System.Runtime.CompilerServices;
using OrtTrainer.Graph;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary><c>After(x, signal) -> y</c>: a copy of x, once the signal was computed; any shapes.</summary>
internal sealed unsafe class AfterKernel : Kernel
{
    public static KernelDefinition Definition { get; } = new(
        "After", [ElementType.Float, ElementType.Float], 1, _ => new AfterKernel());

    public override void Compute(in KernelContext context)
    {
        KernelTensor x = context.Input(0);
        Elementwise.Run(context, x.Length, new Copy { X = x.Floats, Y = context.Output(0, x.Shape).Floats });
    }

    private struct Copy : IElementwise
    {
        public float* X;
        public float* Y;

        public readonly void Run(long start, int count) =>
            Unsafe.CopyBlockUnaligned(Y + start, X + start, (uint)count * sizeof(float));
    }
}
