using System.Runtime.Intrinsics.X86;
using NUnit.Framework.Constraints;
using OrtTrainer.Graph;
using OrtTrainer.Graph.Operators.Fused;
using OrtTrainer.Runtime.Cpu.Kernels;
using OrtTrainer.Tests.Runtime.Products;

namespace OrtTrainer.Tests.Runtime.Kernels;

/// <summary>
/// A value that is not finite must reach every result that depends on it, so that a run that diverges is noticed, and
/// no other.
/// </summary>
public sealed class NonFiniteTests
{
    private const int Row = 66, Column = 18;

    // Two blocks of rows; columns of one vector and a remainder that holds the spoilt one.
    private static readonly KernelCase Size = new(70, 1, 19, 0.5f);

    [TestCase(float.NaN)]
    [TestCase(float.PositiveInfinity)]
    [TestCase(float.NegativeInfinity)]
    public void A_row_that_is_normalised(float value)
    {
        OnlyRow(Spoilt("LayerNorm", 0, value), 0);
        OnlyRow(Spoilt("LayerNorm", 0, value), 2);
        OnlyRow(Spoilt("DropoutAddLayerNorm", 1, value), 0);
        OnlyRow(Spoilt("DropoutAddLayerNorm", 1, value), 3);
    }

    [Test]
    public void A_row_of_gradients()
    {
        foreach (string op in new[] { "LayerNormGrad", "DropoutAddLayerNormGrad", "EmbeddingNormGrad" })
        {
            (float[][] clean, float[][] spoilt) = Spoilt(op, 0, float.NaN);
            int dz = op == "DropoutAddLayerNormGrad" ? 1 : 0;
            OnlyRow((clean, spoilt), dz);
            OnlyColumn((clean, spoilt), dz + 1);
            OnlyColumn((clean, spoilt), dz + 2);
        }
    }

    [Test]
    public void An_input_beside_its_gradient()
    {
        (float[][] clean, float[][] spoilt) = Spoilt("LayerNormGrad", 1, float.NaN);

        OnlyRow((clean, spoilt), 0);
        OnlyColumn((clean, spoilt), 1);
        Assert.That(spoilt[2], Is.EqualTo(clean[2]), "dbeta does not depend on x");
    }

    [TestCase(float.NaN)]
    [TestCase(float.PositiveInfinity)]
    public void A_column_that_is_summed(float value)
    {
        (float[][] clean, float[][] spoilt) = Spoilt("ColumnSum", 0, value);

        Assert.That(spoilt[0][Column], Is.EqualTo(value));
        Assert.That(spoilt[0][..Column], Is.EqualTo(clean[0][..Column]));
    }

    [TestCase(float.NaN)]
    [TestCase(float.PositiveInfinity)]
    public void A_row_whose_softmax_is_taken(float value)
    {
        OnlyRow(Spoilt("SoftmaxCrossEntropy", 0, value), 0);
        OnlyRow(Spoilt("IdCrossEntropy", 0, value), 0);
        OnlyRow(Spoilt("SoftmaxCrossEntropyGrad", 2, float.NaN), 0);
    }

    [Test]
    public void A_row_that_is_gathered()
    {
        (float[][] clean, float[][] spoilt) = Spoilt("GatherGrad", 0, float.NaN);
        int at = (Row * Row % 11 * Size.Columns) + Column;

        Differs(clean[0], spoilt[0], i => i == at);
    }

    [TestCase("Dropout", 0)]
    [TestCase("Gelu", 0)]
    [TestCase("GeluTanh", 0)]
    [TestCase("GeluGrad", 0)]
    [TestCase("GeluGrad", 1)]
    [TestCase("GeluTanhGrad", 1)]
    public void An_element_whether_dropped_or_not(string op, int input)
    {
        (float[][] clean, float[][] spoilt) = Spoilt(op, input, float.NaN);

        Differs(clean[0], spoilt[0], i => i == (Row * Size.Columns) + Column);
    }

    [Test]
    public void A_row_of_a_linear_layer_and_a_column_of_its_weight_s_gradient([ProcessorPrecisions] Precision precision)
    {
        Precisions.RequireLinear(precision);
        string suffix = Operands.Suffix(precision);

        OnlyRow(Spoilt("Linear" + suffix, 0, float.NaN), 0);
        OnlyRow(Spoilt("LinearWithoutBias" + suffix, 0, float.NaN), 0);
        (float[][] clean, float[][] spoilt) = Spoilt("LinearWeightGrad" + suffix, 1, float.NaN);
        Differs(clean[0], spoilt[0], i => i % Size.Columns == Column);
    }

    [Test]
    public void A_row_between_two_layers([ProcessorPrecisions] Precision precision)
    {
        (float[][] Clean, float[][] Spoilt) outputs = SpoiltProduct("FeedForwardGelu", precision, 0);

        OnlyRow(outputs, 0);
        OnlyRow(outputs, 1);
    }

    [Test]
    public void A_gradient_that_arrives_at_two_layers([ProcessorPrecisions] Precision precision)
    {
        (float[][] Clean, float[][] Spoilt) outputs = SpoiltProduct("FeedForwardGeluGrad", precision, 0);

        OnlyRow(outputs, 0);
        Assert.That(outputs.Spoilt[1], Is.All.NaN, "dw1");
        Assert.That(outputs.Spoilt[2], Is.All.NaN, "db1");
        Differs(outputs.Clean[3], outputs.Spoilt[3], i => i / KernelCase.Inner == Column);
        OnlyColumn(outputs, 4);
    }

    [Test]
    public void What_was_kept_between_two_layers([ProcessorPrecisions] Precision precision)
    {
        (float[][] Clean, float[][] Spoilt) outputs = SpoiltProduct("FeedForwardGeluTanhGrad", precision, 4);

        OnlyRow(outputs, 0);
        Differs(outputs.Clean[1], outputs.Spoilt[1], i => i / Size.Columns == Column);
        OnlyColumn(outputs, 2);
        Differs(outputs.Clean[3], outputs.Spoilt[3], i => i % KernelCase.Inner == Column);
        Assert.That(outputs.Spoilt[4], Is.EqualTo(outputs.Clean[4]), "db2 does not depend on h");
    }

    [Test]
    public void A_gradient_that_arrives_at_a_layer([ProcessorPrecisions] Precision precision)
    {
        (float[][] Clean, float[][] Spoilt) outputs = SpoiltProduct("LinearGrad", precision, 0);

        OnlyRow(outputs, 0);
        Differs(outputs.Clean[1], outputs.Spoilt[1], i => i / Size.Columns == Column);
        OnlyColumn(outputs, 2);
    }

    [TestCase("LinearGrad", 1)]
    [TestCase("FeedForwardGelu", 0)]
    [TestCase("FeedForwardGeluGrad", 0)]
    [TestCase("FeedForwardGeluGrad", 4)]
    public void Nothing_is_left_of_it_for_the_next_run(string op, int input)
    {
        // An odd number of rows: what stands beside the last one in a pair must be nothing, not what was there.
        KernelCase size = Size with { Rows = 71 };
        foreach (Precision precision in Precisions.OfProcessors.Where(HasKernels))
        {
            KernelRun run = size.Run(op + Operands.Suffix(precision));
            float[] spoilt = [.. run.Inputs[input].Floats!.Select(_ => float.NaN)];
            using OpenKernel kernel = run.Open(KernelCase.Outputs[op]);
            float[][] clean = kernel.Run();
            kernel.Set(input, spoilt);
            kernel.Run();
            kernel.Set(input, run.Inputs[input].Floats!);

            Assert.That(kernel.Run(), Is.EqualTo(clean), $"{precision}");
        }
    }

    private static bool HasKernels(Precision precision) => precision == Precision.Fp32
        ? Avx512F.IsSupported
        : ProductKernels.BFloat16IsSupported;

    private static (float[][] Clean, float[][] Spoilt) SpoiltProduct(string op, Precision precision, int input)
    {
        Precisions.Require(precision);
        return HasKernels(precision)
            ? Spoilt(op + Operands.Suffix(precision), input, float.NaN)
            : throw new IgnoreException("This processor has no kernels of linear layers.");
    }

    private static (float[][] Clean, float[][] Spoilt) Spoilt(string op, int input, float value)
    {
        KernelRun run = Size.Run(op);
        using OpenKernel kernel = run.Open(KernelCase.Outputs[op]);
        float[][] clean = kernel.Run();
        float[] values = [.. run.Inputs[input].Floats!];
        values[(Row * run.Inputs[input].Shape[^1]) + Column] = value;
        kernel.Set(input, values);
        return (clean, kernel.Run());
    }

    // An output with one value per row, or one per element.
    private static void OnlyRow((float[][] Clean, float[][] Spoilt) outputs, int output)
    {
        int width = outputs.Clean[output].Length / Size.Rows;
        Differs(outputs.Clean[output], outputs.Spoilt[output], i => i / width == Row);
    }

    private static void OnlyColumn((float[][] Clean, float[][] Spoilt) outputs, int output) =>
        Differs(outputs.Clean[output], outputs.Spoilt[output], i => i == Column);

    private static void Differs(float[] clean, float[] spoilt, Func<int, bool> reached)
    {
        for (int i = 0; i < clean.Length; i++)
        {
            IResolveConstraint expected = reached(i) ? Is.NaN : Is.EqualTo(clean[i]);
            Assert.That(spoilt[i], expected, $"element {i}");
        }
    }
}
