using OrtTrainer.Graph;
using OrtTrainer.Runtime.Cpu.Products;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// <c>LinearCrossEntropy(x [R, H], w [V, H], b [V], ids [R, 1], weights [R], scale [], label [], all []) -> loss [],
/// dx, dw, db</c>, <c>LinearCrossEntropyWithoutBias</c>, and both with <c>Frozen</c> before their names, which give
/// neither dw nor db: the loss of <see cref="IdCrossEntropyKernel"/> over x · wᵀ + b, weighted and summed, and its
/// gradients. Logits are made for a block of rows, whose gradients take their place and are used up before the next
/// block. The blocks depend on the shapes alone.
/// </summary>
internal sealed unsafe class LinearCrossEntropyKernel<TTile>(KernelDefinition definition, bool hasBias, bool isFrozen)
    : Kernel
    where TTile : struct, ITile
{
    /// <summary>The operator under its name.</summary>
    public static KernelDefinition Define(string name, bool hasBias, bool isFrozen = false)
    {
        KernelDefinition? definition = null;
        ElementType[] layer = [.. Enumerable.Repeat(ElementType.Float, hasBias ? 3 : 2)];
        return definition = new KernelDefinition(
            name,
            [
                .. layer, ElementType.Int64, ElementType.Float, ElementType.Float, ElementType.Float,
                ElementType.Float,
            ],
            isFrozen ? 2 : layer.Length + 1,
            _ => new LinearCrossEntropyKernel<TTile>(definition!, hasBias, isFrozen));
    }

    public override void Compute(in KernelContext context)
    {
        KernelTensor x = context.Input(0), w = context.Input(1);
        LinearShape shape = LinearShape.Of(definition, x, w);
        (int rows, int inputs, int outputs) = shape;
        int rest = hasBias ? 3 : 2;
        if (hasBias)
        {
            Shapes.Require(definition, "b", context.Input(2), outputs);
        }

        KernelTensor weights = context.Input(rest + 1);
        Shapes.Require(definition, "weights", weights, rows);
        LogitBlocks blocks = new(rows, outputs);
        Layout layout = new();
        long logits = layout.Add((long)blocks.Rows * outputs);
        long top = layout.Add(blocks.Rows);
        long logsum = layout.Add(blocks.Rows);
        long losses = layout.Add(2L * rows);
        long left = layout.Add(LeftFactor<TTile>.RowsLength(blocks.Rows, inputs));
        long asRows = layout.Add(LeftFactor<TTile>.RowsLength(blocks.Rows, outputs));
        long asSteps = isFrozen ? 0 : layout.Add(LeftFactor<TTile>.StepsLength(blocks.Rows, outputs));
        float* s = Scratch.ForCall(layout.Length);
        SoftmaxRows all = new(
            s + logits, SoftmaxRows.Number(definition, "scale", context.Input(rest + 2)), rows, outputs);
        long* ids = all.Ids(definition, context.Input(rest));
        LogitRows loss = new()
        {
            Label = SoftmaxRows.Number(definition, "label", context.Input(rest + 3)),
            All = SoftmaxRows.Number(definition, "all", context.Input(rest + 4)),
            Top = s + top,
            Logsum = s + logsum,
        };
        float* dx = context.Output(1, rows, inputs).Floats;
        float* dw = isFrozen ? null : context.Output(2, outputs, inputs).Floats;
        float* db = hasBias && !isFrozen ? context.Output(3, outputs).Floats : null;
        double* rowLosses = (double*)(s + losses);
        for (int block = 0; block < blocks.Count; block++)
        {
            (int first, int count) = blocks.Range(block);
            float* part = x.Floats + ((long)first * inputs);
            Logits(
                context, LeftFactor<TTile>.Rows(context, part, count, inputs, s + left), shape with { Rows = count },
                s + logits);
            loss.X = new SoftmaxRows(s + logits, all.Scale, count, outputs);
            loss.Ids = ids + first;
            loss.Weights = weights.Floats + first;
            loss.Loss = rowLosses + first;
            context.ParallelFor(loss.X.Blocks, loss);
            (nint gradient, nint turned) = isFrozen
                ? ((nint)LeftFactor<TTile>.Rows(context, s + logits, count, outputs, s + asRows), 0)
                : LeftFactor<TTile>.Both(context, s + logits, count, outputs, s + asRows, s + asSteps);
            RowProduct<TTile, InputsOf, NoEpilogue>.Run(
                context, (byte*)gradient, count, outputs, new InputsOf(w.Floats, outputs, inputs),
                dx + ((long)first * inputs), inputs, default);
            if (isFrozen)
            {
                continue;
            }

            WeightProduct<TTile, FloatRows>.Run(
                context, (byte*)turned, new FloatRows(part, inputs), count, outputs, inputs, dw, add: block > 0);
            if (hasBias)
            {
                ColumnSums.Run(context, s + logits, count, outputs, db, add: block > 0);
            }
        }

        double total = 0;
        for (int row = 0; row < rows; row++)
        {
            total += rowLosses[row];
        }

        *context.Output(0).Floats = (float)total;
        if (rows == 0 && !isFrozen)
        {
            new Span<float>(dw, checked(outputs * inputs)).Clear();
            new Span<float>(db, hasBias ? outputs : 0).Clear();
        }
    }

    private void Logits(in KernelContext context, byte* left, LinearShape shape, float* logits)
    {
        OutputsOf factor = new(context.Input(1).Floats, shape.Inputs);
        if (hasBias)
        {
            RowProduct<TTile, OutputsOf, BiasEpilogue>.Run(
                context, left, shape.Rows, shape.Inputs, factor, logits, shape.Outputs,
                new BiasEpilogue(context.Input(2).Floats));
        }
        else
        {
            RowProduct<TTile, OutputsOf, NoEpilogue>.Run(
                context, left, shape.Rows, shape.Inputs, factor, logits, shape.Outputs, default);
        }
    }

    /// <summary>The loss of each row, and its gradient in place of its logits.</summary>
    private struct LogitRows : IBlocks
    {
        public SoftmaxRows X;
        public long* Ids;
        public float Label;
        public float All;
        public float* Weights;
        public float* Top;
        public float* Logsum;
        public double* Loss;

        public readonly void Run(int block)
        {
            SoftmaxGradient gradient = SoftmaxGradient.InPlace(X, Weights, Top, Logsum);
            (int first, int end) = X.Range(block);
            for (int row = first; row < end; row++)
            {
                Loss[row] = Weights[row]
                    * IdCrossEntropyKernel.Surprise(X, row, Ids[row], Label, All, out Top[row], out Logsum[row]);
                gradient.Write(row, Label + (All * X.Columns), All, targets: null);
                gradient.Row(row)[Ids[row]] -= gradient.Factor(row) * Label;
            }
        }
    }
}
