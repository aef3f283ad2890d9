namespace OrtTrainer.Graph;

/// <summary>What is known of a value before the graph runs: its element type and its shape.</summary>
public sealed record TensorType(ElementType Element, Shape Shape)
{
    public static TensorType Float(params Dimension[] shape) => new(ElementType.Float, new Shape(shape));

    public static TensorType Int64(params Dimension[] shape) => new(ElementType.Int64, new Shape(shape));

    public TensorType WithShape(Shape shape) => this with { Shape = shape };

    public TensorType WithElement(ElementType element) => this with { Element = element };

    public override string ToString() => $"{Element}{Shape}";
}
