using OrtTrainer.Graph.Operators;

namespace OrtTrainer.Graph;

/// <summary>
/// ONNX's operators as methods of the builder; each is documented by the ONNX operator of the same name.
/// </summary>
public static class StandardOperations
{
    public static Value Add(this GraphBuilder g, Value a, Value b) => g.Node("Add", [a, b]);

    public static Value Sub(this GraphBuilder g, Value a, Value b) => g.Node("Sub", [a, b]);

    public static Value Mul(this GraphBuilder g, Value a, Value b) => g.Node("Mul", [a, b]);

    public static Value Div(this GraphBuilder g, Value a, Value b) => g.Node("Div", [a, b]);

    public static Value Neg(this GraphBuilder g, Value x) => g.Node("Neg", [x]);

    public static Value Exp(this GraphBuilder g, Value x) => g.Node("Exp", [x]);

    public static Value Log(this GraphBuilder g, Value x) => g.Node("Log", [x]);

    public static Value Tanh(this GraphBuilder g, Value x) => g.Node("Tanh", [x]);

    public static Value MatMul(this GraphBuilder g, Value a, Value b) => g.Node("MatMul", [a, b]);

    /// <summary>a·b with optional transposition of either, and an optional bias row.</summary>
    public static Value Gemm(
        this GraphBuilder g, Value a, Value b, Value? bias = null, bool transposeA = false, bool transposeB = false) =>
        g.Node("Gemm", bias is null ? [a, b] : [a, b, bias],
            AttributeList.Empty.With("transA", transposeA ? 1 : 0).With("transB", transposeB ? 1 : 0));

    public static Value Softmax(this GraphBuilder g, Value x, long axis) =>
        g.Node("Softmax", [x], AttributeList.Empty.With("axis", axis));

    public static Value LogSoftmax(this GraphBuilder g, Value x, long axis) =>
        g.Node("LogSoftmax", [x], AttributeList.Empty.With("axis", axis));

    public static Value ReduceSum(this GraphBuilder g, Value x, ReadOnlySpan<long> axes, bool keepAxes) =>
        g.Node("ReduceSum", [x, g.Constant(axes)], AttributeList.Empty.With("keepdims", keepAxes ? 1 : 0));

    public static Value ReduceMean(this GraphBuilder g, Value x, ReadOnlySpan<long> axes, bool keepAxes) =>
        g.Node("ReduceMean", [x, g.Constant(axes)], AttributeList.Empty.With("keepdims", keepAxes ? 1 : 0));

    /// <summary>x with the given sizes; one may be -1, and 0 keeps the size of x.</summary>
    public static Value Reshape(this GraphBuilder g, Value x, params long[] sizes) =>
        g.Node("Reshape", [x, g.Constant(sizes)]);

    /// <summary>x with its axes in another order; x itself where the order stays.</summary>
    public static Value Transpose(this GraphBuilder g, Value x, params long[] permutation) =>
        permutation.SequenceEqual(Enumerable.Range(0, x.Shape.Rank).Select(i => (long)i))
            ? x
            : g.Node("Transpose", [x], AttributeList.Empty.With("perm", permutation));

    public static Value Gather(this GraphBuilder g, Value x, Value indices, long axis = 0) =>
        g.Node("Gather", [x, indices], AttributeList.Empty.With("axis", axis));

    public static Value Concat(this GraphBuilder g, long axis, params Value[] parts) =>
        g.Node("Concat", parts, AttributeList.Empty.With("axis", axis));

    public static Value Slice(this GraphBuilder g, Value x, long axis, long start, long end) =>
        g.Node("Slice", [x, g.Constant([start]), g.Constant([end]), g.Constant([axis])]);

    public static Value Unsqueeze(this GraphBuilder g, Value x, params long[] axes) =>
        g.Node("Unsqueeze", [x, g.Constant(axes)]);

    public static Value Squeeze(this GraphBuilder g, Value x, params long[] axes) =>
        g.Node("Squeeze", [x, g.Constant(axes)]);

    public static Value Cast(this GraphBuilder g, Value x, ElementType to) =>
        g.Node("Cast", [x], AttributeList.Empty.With("to", (long)to));

    /// <summary>The shape of x as integers at run time.</summary>
    public static Value ShapeOf(this GraphBuilder g, Value x) => g.Node("Shape", [x]);

    public static Value Where(this GraphBuilder g, Value condition, Value then, Value otherwise) =>
        g.Node("Where", [condition, then, otherwise]);

    /// <summary>Sum of all parts, left to right.</summary>
    public static Value Sum(this GraphBuilder g, IReadOnlyList<Value> parts) => parts.Aggregate(g.Add);

    /// <summary>x, known to have <paramref name="shape"/> when the graph runs although inference cannot tell.</summary>
    /// <exception cref="GraphException">The number of axes differs.</exception>
    public static Value WithShape(this GraphBuilder g, Value x, Shape shape) => g.Assume(x, shape);

    /// <summary>x, known to be a list with the named size.</summary>
    public static Value WithShape(this GraphBuilder g, Value x, Dimension size) => g.Assume(x, new Shape(size));

    internal static Value ReduceTo(this GraphBuilder g, Value gradient, Shape target) =>
        Broadcasting.ReduceTo(g, gradient, target);
}
