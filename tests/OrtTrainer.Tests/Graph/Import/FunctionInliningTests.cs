using Google.Protobuf;
using OrtTrainer.Graph;
using OrtTrainer.Graph.Differentiation;
using OrtTrainer.Graph.Import;
using OrtTrainer.Graph.Onnx;
using OrtTrainer.Runtime;

namespace OrtTrainer.Tests.Graph.Import;

/// <summary>Bodies of fused operators in place of their calls.</summary>
public sealed class FunctionInliningTests
{
    [Test]
    public void A_graph_without_functions_computes_the_same_bits()
    {
        ModelProto model = Model();

        ModelProto inlined = model.Inlined();

        Assert.That(model.Functions, Is.Not.Empty);
        Assert.That(inlined.Functions, Is.Empty);
        Assert.That(inlined.Graph.Node.Select(node => node.Domain), Is.All.Empty);
        Assert.That(inlined.OpsetImport.Select(import => import.Domain), Is.EqualTo(new[] { "" }));
        Assert.That(Run(inlined), Is.EqualTo(Run(model)));
    }

    [Test]
    public void Nodes_that_no_output_needs_are_left_out_and_names_are_used_once()
    {
        ModelProto inlined = Model().Inlined();

        HashSet<string> used =
            [.. inlined.Graph.Output.Select(o => o.Name), .. inlined.Graph.Node.SelectMany(n => n.Input)];
        Assert.That(inlined.Graph.Node.Where(node => !node.Output.Any(used.Contains)), Is.Empty);
        Assert.That(inlined.Graph.Node.SelectMany(node => node.Output), Is.Unique);
    }

    // A norm twice, so that names of two calls could be the same, and its gradients.
    private static ModelProto Model()
    {
        GraphBuilder g = new("norms");
        Value x = g.Input("x", TensorType.Float("rows", 4));
        Value gain = g.Input("gain", TensorType.Float(4)), bias = g.Input("bias", TensorType.Float(4));
        Value y = g.Gelu(g.LayerNorm(g.LayerNorm(x, gain, bias, 1e-5f), gain, bias, 1e-5f));
        Value loss = g.ReduceSum(g.ReduceSum(g.Mul(y, y), [1], keepAxes: false), [0], keepAxes: false);
        IReadOnlyList<Value> gradients = Autodiff.Gradients(g, loss, [x, gain]);
        g.Output(gradients[0], "dx");
        g.Output(gradients[1], "dgain");
        return g.ToModel();
    }

    private static float[] Run(ModelProto model)
    {
        using GraphSession session = GraphSession.FromBytes(
            model.ToByteArray(), new ExecutionOptions { UseKernels = false });
        using Binding binding = session.CreateBinding();
        binding.SetInput("x", [1f, -2, 3, 0.5f, 0, 1, 4, -1], [2, 4]);
        binding.SetInput("gain", [1f, 2, -1, 0.5f], [4]);
        binding.SetInput("bias", [0f, 0.1f, 0.2f, -0.3f], [4]);
        binding.BindOutput("dx");
        binding.BindOutput("dgain");
        binding.Run();
        return [.. binding.Output("dx").ToArray(), .. binding.Output("dgain").ToArray()];
    }
}
