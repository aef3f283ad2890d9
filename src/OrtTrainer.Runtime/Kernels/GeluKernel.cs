using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace OrtTrainer.Runtime.Kernels;

/// <summary><c>Gelu(x) -> y</c>, attribute <c>approximate</c>; any shape.</summary>
internal sealed unsafe class GeluKernel(KernelAttributes attributes) : Kernel
{
    private readonly bool _tanh = GeluForm.IsTanh(attributes);

    public static KernelDefinition Definition { get; } = new(
        "Gelu", [ElementType.Float32], 1, attributes => new GeluKernel(attributes));

    public override void Compute(in KernelContext context)
    {
        KernelTensor x = context.Input(0);
        float* y = context.Output(0, x.Shape).Floats;
        if (_tanh)
        {
            Elementwise.Run(context, x.Length, new Values<TanhGelu> { X = x.Floats, Y = y });
        }
        else
        {
            Elementwise.Run(context, x.Length, new Values<ErfGelu> { X = x.Floats, Y = y });
        }
    }

    private struct Values<TGelu> : IElementwise
        where TGelu : struct, IGelu
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
