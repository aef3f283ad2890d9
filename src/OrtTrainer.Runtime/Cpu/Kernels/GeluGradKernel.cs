using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using OrtTrainer.Graph;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// <c>GeluGrad(dy, x) -> dx</c> and <c>GeluTanhGrad(dy, x) -> dx</c>: dx = dy · the slope at x; any shape.
/// </summary>
internal sealed unsafe class GeluGradKernel<TGelu> : Kernel
    where TGelu : struct, IActivation
{
    /// <summary>The gradient operator of this form of GELU, under its name.</summary>
    public static KernelDefinition Define(string name) =>
        new(name, [ElementType.Float, ElementType.Float], 1, _ => new GeluGradKernel<TGelu>());

    public override void Compute(in KernelContext context)
    {
        KernelTensor dy = context.Input(0);
        KernelTensor x = context.Input(1);
        Shapes.Require("GELU gradient", "dy", dy, x.Shape);
        float* dx = context.Output(0, x.Shape).Floats;
        Elementwise.Run(context, x.Length, new Slopes { Dy = dy.Floats, X = x.Floats, Dx = dx });
    }

    private struct Slopes : IElementwise
    {
        public float* Dy;
        public float* X;
        public float* Dx;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long start, int count)
        {
            float* dy = Dy + start;
            float* x = X + start;
            float* dx = Dx + start;
            int i = 0;
            for (; i <= count - Lanes.Count; i += Lanes.Count)
            {
                (Vector512.Load(dy + i) * TGelu.Slope(Vector512.Load(x + i))).Store(dx + i);
            }

            if (i < count)
            {
                int rest = count - i;
                Lanes.Store(Lanes.Load(dy + i, rest) * TGelu.Slope(Lanes.Load(x + i, rest)), dx + i, rest);
            }
        }
    }
}
