using OrtTrainer.Graph;
using Onnx = OrtTrainer.Graph.ElementType;

namespace OrtTrainer.Tests.Graph;

/// <summary>
/// Mistakes surface in the line that makes them, with a message that names the node, the shapes and what was expected.
/// </summary>
public sealed class ShapeCheckTests
{
    private static IEnumerable<TestCaseData> Mistakes()
    {
        static TestCaseData Case(string name, Action<GraphBuilder> build, params string[] said) =>
            new TestCaseData(build, said).SetArgDisplayNames(name);
        static Value X(GraphBuilder g, params Dimension[] shape) => g.Input("x", TensorType.Float(shape));
        static Value Y(GraphBuilder g, params Dimension[] shape) => g.Input("y", TensorType.Float(shape));
        static Value I(GraphBuilder g, params Dimension[] shape) => g.Input("i", TensorType.Int64(shape));

        yield return Case("Add of other sizes", g => g.Add(X(g, 2, 3), Y(g, 4)),
            "Add 'Add'", "[2, 3]", "[4]", "axis -1 is 3 and 4");
        yield return Case("Add of other names", g => g.Add(X(g, "batch"), Y(g, "tokens")), "batch", "tokens");
        yield return Case("Add of other types", g => g.Add(X(g, 2), I(g, 2)), "Float", "Int64");
        yield return Case("Gemm of a cube", g => g.Gemm(X(g, 2, 3, 4), Y(g, 4, 5)),
            "Gemm 'Gemm'", "matrices", "[2, 3, 4]");
        yield return Case("Gemm, inner sizes", g => g.Gemm(X(g, 2, 3), Y(g, 5, 4), null, false, true),
            "[2, 3]", "[5, 4]", "b is transposed");
        yield return Case("Gemm, bias", g => g.Gemm(X(g, 2, 3), Y(g, 3, 4), g.Input("b", TensorType.Float(5))),
            "[5]", "[2, 4]");
        yield return Case("MatMul of a list", g => g.MatMul(X(g, 3), Y(g, 3, 4)), "two axes", "[3]");
        yield return Case("MatMul, inner sizes", g => g.MatMul(X(g, 2, 3), Y(g, 4, 5)), "[2, 3]", "[4, 5]");
        yield return Case("Reshape, count", g => g.Reshape(X(g, 2, 3), 4, 2), "[2, 3]", "[4, 2]", "elements");
        yield return Case("Reshape, remainder", g => g.Reshape(X(g, 2, 3), 4, -1), "6 elements", "4");
        yield return Case("Reshape, two open", g => g.Reshape(X(g, 2, 3), -1, -1), "-1");
        yield return Case("Transpose", g => g.Transpose(X(g, 2, 3), 0, 0), "perm [0, 0]", "[2, 3]");
        yield return Case("Concat", g => g.Concat(1, X(g, 2, 3), Y(g, 3, 3)), "axis 1");
        yield return Case("Split", g => g.Node("Split", [X(g, 6), g.Constant([2, 3])], AttributeList.Empty),
            "[2, 3]", "[6]");
        yield return Case("Squeeze", g => g.Squeeze(X(g, 2, 3), 0), "size 1", "[2, 3]");
        yield return Case("Axis", g => g.Softmax(X(g, 2, 3), 2), "Axis 2", "[2, 3]", "2 axes");
        yield return Case("Reduction axis", g => g.ReduceSum(X(g, 2, 3), [-3], keepAxes: true), "Axis -3", "[2, 3]");
        yield return Case("Where", g => g.Where(X(g, 2), X(g, 2), X(g, 2)), "already has", "'x'");
        yield return Case("Where, condition", g => g.Where(X(g, 2), g.Constant(1f), g.Constant(0f)),
            "condition", "Bool");
        yield return Case("Gather by floats", g => g.Gather(X(g, 2, 3), Y(g, 2)), "indices", "Float");
        yield return Case("Gather outside", g => g.Gather(X(g, 2, 3), g.Constant([5])), "[5]", "[2, 3]");
        yield return Case("LayerNorm",
            g => g.LayerNorm(X(g, "n", 4), Y(g, 3), g.Input("b", TensorType.Float(4)), 1e-5f), "gamma", "[4]");
        yield return Case("Attention",
            g => g.PackedAttention(X(g, "n", 10), I(g, "b"), 2, 1, AttentionMask.Causal, g.Constant([0, 0]), 0, 0),
            "[T, 6 D]", "[n, 10]");
        yield return Case("Attention whose heads cannot share keys evenly",
            g => g.PackedSharedAttention(
                X(g, "n", 20), I(g, "b"), (4, 3), 1, AttentionMask.Causal, g.Constant([0, 0]), 0, 0),
            "keyHeads must be a divisor of 4 heads", "not 3");
        yield return Case("Attention with a mask that is not built",
            g => g.PackedAttention(X(g, "n", 12), I(g, "b"), 2, 1, (AttentionMask)2, g.Constant([0, 0]), 0, 0),
            "mask must be 0 (bidirectional) or 1 (causal)", "not 2");
        yield return Case("Attention with an even number of distances",
            g => g.PackedAttention(
                X(g, "n", 12), I(g, "b"), 2, 1, AttentionMask.Causal, g.Constant([0, 0]), 0, 0, Y(g, 4, 2)),
            "relative must be [D, 2] with D odd", "not [4, 2]");
        yield return Case("Attention with a bias for other heads",
            g => g.PackedAttention(
                X(g, "n", 12), I(g, "b"), 2, 1, AttentionMask.Causal, g.Constant([0, 0]), 0, 0, Y(g, 5, 3)),
            "relative must be [D, 2] with D odd", "not [5, 3]");
        yield return Case("Unknown operator", g => g.Node("Warp", [X(g, 2)]), "'Warp'", "not known");
        yield return Case("Name taken", g => g.Output(X(g, 2), "x"), "already has", "'x'");
    }

    [TestCaseSource(nameof(Mistakes))]
    public void A_mistake_is_refused(Action<GraphBuilder> build, string[] said)
    {
        GraphBuilder g = new("test");
        GraphException? error = Assert.Throws<GraphException>(() => build(g));
        foreach (string words in said)
        {
            Assert.That(error!.Message, Does.Contain(words));
        }
    }

    [Test]
    public void Names_are_unique_and_carry_their_scopes()
    {
        GraphBuilder g = new("test");
        Value x = g.Input("x", TensorType.Float(2));
        using (g.Scope("layer"))
        {
            using (g.Scope("attention"))
            {
                Assert.That(g.Neg(x).Name, Is.EqualTo("layer/attention/Neg"));
            }

            Assert.That(new[] { g.Neg(x).Name, g.Neg(x).Name }, Is.EqualTo(new[] { "layer/Neg", "layer/Neg_1" }));
        }

        Assert.That(g.Neg(x).Name, Is.EqualTo("Neg"));
    }

    [Test]
    public void Equal_constants_are_stored_once()
    {
        GraphBuilder g = new("test");
        Value half = g.Constant(0.5f);
        Value list = g.Constant([1, 2]);
        Assert.That(g.Constant(0.5f), Is.SameAs(half));
        Assert.That(g.Constant([1, 2]), Is.SameAs(list));
        Assert.That(g.Constant(1L), Is.Not.SameAs(g.Constant([1])));
        Assert.That(g.Initializers, Has.Count.EqualTo(4));
    }

    [Test]
    public void Named_sizes_follow_through_shape_arithmetic()
    {
        GraphBuilder g = new("test");
        Value x = g.Input("x", TensorType.Float("batch", "sequence", 12));
        Value shape = g.ShapeOf(x);
        Value batch = g.Slice(shape, 0, 0, 1);
        Value sequence = g.Gather(shape, g.Constant([1]));

        Value heads = g.Node("Reshape", [x, g.Concat(0, batch, sequence, g.Constant([3, -1]))]);
        Value flat = g.Reshape(x, -1, 12);
        Value ids = g.Node("Range", [g.Constant(0L), g.Squeeze(sequence, 0), g.Constant(1L)]);

        Assert.That(heads.Shape, Is.EqualTo(new Shape("batch", "sequence", 3, 4)));
        Assert.That(flat.Shape, Is.EqualTo(new Shape("batch*sequence", 12)));
        Assert.That(g.Node("Reshape", [flat, g.ShapeOf(x)]).Shape, Is.EqualTo(x.Shape));
        Assert.That(ids.Shape, Is.EqualTo(new Shape("sequence")));
    }

    [Test]
    public void A_size_that_exporters_compute_with_Where_and_Equal_is_found()
    {
        // torch's expand(batch, -1): Where(Equal(sizes, -1), ones, sizes).
        GraphBuilder g = new("test");
        Value x = g.Input("x", TensorType.Float("batch", 4));
        Value sizes = g.Concat(0, g.Slice(g.ShapeOf(x), 0, 0, 1), g.Constant([-1]));
        Value ones = g.Node("ConstantOfShape", [g.Constant([2])],
            AttributeList.Empty.With("value", TensorContent.Int64("one", [1], [1])));
        Value chosen = g.Where(g.Node("Equal", [sizes, g.Mul(ones, g.Constant(-1L))]), ones, sizes);

        Value y = g.Node("Expand", [g.Input("row", TensorType.Float(1, 4)), chosen]);

        Assert.That(y.Shape, Is.EqualTo(new Shape("batch", 4)));
    }

    [Test]
    public void An_unknown_size_fits_any_other_and_is_not_written_as_a_name()
    {
        GraphBuilder g = new("test");
        Value mask = g.Cast(g.Input("mask", TensorType.Float(8)), Onnx.Bool);
        Value found = g.Cast(g.Node("NonZero", [mask]), Onnx.Float);
        Value sum = g.Add(found, g.Input("y", TensorType.Float(1, "n")));
        g.Output(found, "found");

        Assert.That(found.Shape[1].IsUnknown, Is.True);
        Assert.That(sum.Shape, Is.EqualTo(new Shape(1, "n")));
        Assert.That(g.ToModel().Graph.Output[0].Type.TensorType.Shape.Dim[1].HasDimParam, Is.False);
    }

    [Test]
    public void Nodes_and_tensors_that_no_output_needs_are_not_written()
    {
        GraphBuilder g = new("test");
        Value x = g.Input("x", TensorType.Float(2));
        g.Exp(g.Mul(x, g.Constant(3f)));
        g.Output(g.Neg(x), "y");

        var graph = g.ToModel().Graph;
        Assert.That(graph.Node.Select(n => n.OpType), Is.EqualTo(new[] { "Neg", "Identity" }));
        Assert.That(graph.Initializer, Is.Empty);
    }
}
