using OrtTrainer.Graph;
using OrtTrainer.Graph.Functions;
using OrtTrainer.Graph.Onnx;
using OrtTrainer.Graph.Operators;
using OrtTrainer.Graph.Operators.Fused;
using OrtTrainer.Runtime.Cuda;
using OrtTrainer.Tests.Runtime.Kernels;
using OrtTrainer.Tests.Runtime.Products;
using OrtTrainer.Tests.Training;
using Onnx = OrtTrainer.Graph.ElementType;

namespace OrtTrainer.Tests.Graph.Fused;

/// <summary>Products of bfloat16 and float16, as graphs for devices have them.</summary>
public sealed class DeviceProductTests
{
    private const string Half = "NativeFp16", Brain = "NativeBf16";

    private static readonly KernelCase Size = new(Rows: 21, Heads: 2, Width: 16, P: 0.1f);

    private static IEnumerable<string> Halves =>
        FunctionLibrary.All.Select(f => f.Name).Where(name => name.EndsWith(Half, StringComparison.Ordinal));

    private static IEnumerable<string> OperatorsOfHalf => OperatorSet.All.OfType<FusedOperator>().Select(op => op.Type)
        .Where(op => Precisions.IsOfDevices(op) && op.EndsWith("Fp16", StringComparison.Ordinal));

    // No processor has products of bfloat16 in ONNX Runtime: those of float16, whose values are checked below, vouch
    // for them.
    [TestCaseSource(nameof(Halves))]
    public void Both_types_have_one_body(string function)
    {
        string Body(string name) => FunctionLibrary.All.Single(f => f.Name == name).Body;

        Assert.That(Body(function.Replace(Half, Brain, StringComparison.Ordinal)), Is.EqualTo(
            Body(function).Replace("to = 10", "to = 16", StringComparison.Ordinal)
                .Replace(Half, Brain, StringComparison.Ordinal)));
    }

    // Operands are off by 2^-12 of themselves, and a gradient is made of some products one after the other.
    [TestCaseSource(nameof(OperatorsOfHalf))]
    public void Products_of_float16_are_near_those_of_float32(string op)
    {
        string plain = KernelCase.Stem(op);
        int outputs = KernelCase.Outputs[op];
        float[][] expected = Size.Run(plain).OutputsOfBody(outputs);

        float[][] actual = Size.Run(plain).As(op).OutputsOfBody(outputs);

        // For processors ONNX Runtime leaves out the casts of products of float16 and takes float32.
        if (!op.EndsWith(Half, StringComparison.Ordinal))
        {
            Assert.That(actual, Is.Not.EqualTo(expected), "operands are rounded");
        }

        for (int i = 0; i < outputs; i++)
        {
            double largest = expected[i].Max(Math.Abs);
            Assert.That(actual[i], Is.EqualTo(expected[i]).Within(largest / 256), $"output {i}");
        }
    }

    [TestCase(Precision.Fp32, null)]
    [TestCase(Precision.Tf32, null)]
    [TestCase(Precision.Bf16, Onnx.BFloat16)]
    [TestCase(Precision.Fp16, Onnx.Float16)]
    public void All_products_of_a_layer_are_of_the_type_on_a_card(Precision precision, Onnx? type)
    {
        using TinyTraining tiny = new(precision: CudaDevice.First.ProductsIn(precision));
        ModelProto model = ModelProto.Parser.ParseFrom(tiny.Graph.Packed.Model);

        int products = 0;
        // Attention of the last layer, whose first token alone is asked for, is float32 in each.
        foreach (FunctionProto function in model.Functions.Where(
            function => function.Name is not ("PackedScores" or "PackedAttend" or "PackedAttendGrad")))
        {
            Dictionary<string, NodeProto> makers =
                function.Node.SelectMany(node => node.Output.Select(name => (name, node))).ToDictionary();
            foreach (NodeProto node in function.Node.Where(node => node.OpType is "Gemm" or "MatMul"))
            {
                products++;
                Assert.That(
                    node.Input.Select(input => CastTo(makers.GetValueOrDefault(input))), Is.All.EqualTo(type),
                    $"{function.Name}, {node.OpType}");
            }
        }

        Assert.That(products, Is.GreaterThan(8));
        Assert.That(model.Graph.Node.Select(node => node.OpType), Has.None.AnyOf("Gemm", "MatMul"));
    }

    [TestCase("7.0", "")]
    [TestCase("7.5", "Fp32 Fp16")]
    [TestCase("8.0", "Fp32 Tf32 Bf16 Fp16")]
    [TestCase("9.0", "Fp32 Tf32 Bf16 Fp16")]
    public void A_card_has_the_precisions_of_its_capability(string capability, string precisions) => Assert.That(
        string.Join(' ', CudaSurvey.PrecisionsOf(Version.Parse(capability))), Is.EqualTo(precisions));

    private static Onnx? CastTo(NodeProto? maker) =>
        maker is { OpType: "Cast" } ? (Onnx)maker.Attribute.Single(a => a.Name == "to").I : null;
}
