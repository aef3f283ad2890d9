using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>What the gradients of cross-entropy have in common: dx = dloss · scale (mass · p - targets).</summary>
internal readonly unsafe struct SoftmaxGradient
{
    private readonly float* _dloss;
    private readonly float* _top;
    private readonly float* _logsum;
    private readonly float* _dx;

    private SoftmaxGradient(SoftmaxRows x, float* dloss, float* top, float* logsum, float* dx)
    {
        X = x;
        _dloss = dloss;
        _top = top;
        _logsum = logsum;
        _dx = dx;
    }

    public SoftmaxRows X { get; }

    /// <summary>That of an operator.</summary>
    /// <param name="definition">The operator, for messages.</param>
    /// <param name="x">The logits.</param>
    /// <param name="dloss">[R].</param>
    /// <param name="top">The largest scaled logit of each row, [R].</param>
    /// <param name="logsum">The logarithm of each row's sum, [R].</param>
    /// <param name="dx">[R, K].</param>
    public static SoftmaxGradient Of(
        KernelDefinition definition, SoftmaxRows x, KernelTensor dloss, KernelTensor top, KernelTensor logsum,
        KernelTensor dx)
    {
        Shapes.Require(definition, "dloss", dloss, x.Rows);
        Shapes.Require(definition, "top", top, x.Rows);
        Shapes.Require(definition, "logsum", logsum, x.Rows);
        return new(x, dloss.Floats, top.Floats, logsum.Floats, dx.Floats);
    }

    /// <summary>One that takes the place of the logits.</summary>
    /// <param name="x">The logits, overwritten.</param>
    /// <param name="dloss">[R].</param>
    /// <param name="top">The largest scaled logit of each row, [R].</param>
    /// <param name="logsum">The logarithm of each row's sum, [R].</param>
    public static SoftmaxGradient InPlace(SoftmaxRows x, float* dloss, float* top, float* logsum) =>
        new(x, dloss, top, logsum, x.Row(0));

    /// <summary>What a row's gradient is multiplied with.</summary>
    public float Factor(int row) => _dloss[row] * X.Scale;

    /// <summary>A row of dx.</summary>
    public float* Row(int row) => _dx + ((long)row * X.Columns);

    /// <summary>Writes a row.</summary>
    /// <param name="row">Its number.</param>
    /// <param name="mass">The sum of the row's targets.</param>
    /// <param name="everywhere">A target that all classes have.</param>
    /// <param name="targets">Those beside it, [K]; null for none.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Write(int row, float mass, float everywhere, float* targets)
    {
        float* x = X.Row(row);
        float* dx = Row(row);
        Vector512<float> factor = Vector512.Create(Factor(row)), scale = Vector512.Create(X.Scale);
        Vector512<float> top = Vector512.Create(_top[row]), logsum = Vector512.Create(_logsum[row]);
        Vector512<float> whole = Vector512.Create(mass), same = Vector512.Create(everywhere);
        int i = 0;
        for (; i <= X.Columns - Lanes.Count; i += Lanes.Count)
        {
            Vector512<float> p = VectorMath.Exp((Vector512.Load(x + i) * scale) - top - logsum);
            Vector512<float> t = targets == null ? same : same + Vector512.Load(targets + i);
            (factor * ((whole * p) - t)).Store(dx + i);
        }

        int rest = X.Columns - i;
        if (rest > 0)
        {
            Vector512<float> p = VectorMath.Exp((Lanes.Load(x + i, rest) * scale) - top - logsum);
            Vector512<float> t = targets == null ? same : same + Lanes.Load(targets + i, rest);
            Lanes.Store(factor * ((whole * p) - t), dx + i, rest);
        }
    }
}
