using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using OrtTrainer.Graph;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary><c>Gelu(x) -> y</c> and <c>GeluTanh(x) -> y</c>; any shape.</summary>
internal sealed unsafe class GeluKernel<TGelu> : Kernel
    where TGelu : struct, IActivation
{
    /// <summary>The operator of this form of GELU, under its name.</summary>
    public static KernelDefinition Define(string name) =>
        new(name, [ElementType.Float], 1, _ => new GeluKernel<TGelu>());

    public override void Compute(in KernelContext context)
    {
        KernelTensor x = context.Input(0);
        float* y = context.Output(0, x.Shape).Floats;
        Elementwise.Run(context, x.Length, new Values { X = x.Floats, Y = y });
    }

    private struct Values : IElementwise
    {
        public float* X;
        public float* Y;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long start, int count)
        {
            float* x = X + start;
            float* y = Y + start;
            int i = 0;
            for (; i <= count - Lanes.Count; i += Lanes.Count)
            {
                TGelu.Value(Vector512.Load(x + i)).Store(y + i);
            }

            if (i < count)
            {
                Lanes.Store(TGelu.Value(Lanes.Load(x + i, count - i)), y + i, count - i);
            }
        }
    }
}
