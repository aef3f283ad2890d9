using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace OrtTrainer.Runtime.Kernels;

/// <summary><c>GeluGrad(dy, x) -> dx</c>, attribute <c>approximate</c>: dx = dy · the slope at x; any shape.</summary>
internal sealed unsafe class GeluGradKernel(KernelAttributes attributes) : Kernel
{
    private readonly bool _tanh = GeluForm.IsTanh(attributes);

    public static KernelDefinition Definition { get; } = new(
        "GeluGrad", [ElementType.Float32, ElementType.Float32], 1, attributes => new GeluGradKernel(attributes));

    public override void Compute(in KernelContext context)
    {
        KernelTensor dy = context.Input(0);
        KernelTensor x = context.Input(1);
        Shapes.Require(Definition, "dy", dy, x.Shape);
        float* dx = context.Output(0, x.Shape).Floats;
        if (_tanh)
        {
            Elementwise.Run(context, x.Length, new Slopes<TanhGelu> { Dy = dy.Floats, X = x.Floats, Dx = dx });
        }
        else
        {
            Elementwise.Run(context, x.Length, new Slopes<ErfGelu> { Dy = dy.Floats, X = x.Floats, Dx = dx });
        }
    }

    private struct Slopes<TGelu> : IElementwise
        where TGelu : struct, IGelu
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
