namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>The sizes of a linear layer: x [rows, inputs], w [outputs, inputs], y [rows, outputs].</summary>
internal readonly record struct LinearShape(int Rows, int Inputs, int Outputs)
{
    /// <summary>Of its input and weight.</summary>
    /// <exception cref="ArgumentException">They do not fit each other, or there are no inputs.</exception>
    public static LinearShape Of(KernelDefinition kernel, KernelTensor x, KernelTensor w)
    {
        (int rows, int inputs) = Shapes.Matrix(kernel, "x", x);
        (int outputs, _) = Shapes.Matrix(kernel, "w", w);
        Shapes.Require(kernel, "w", w, outputs, inputs);
        return Checked(kernel, new LinearShape(rows, inputs, outputs));
    }

    /// <summary>Of the gradient of its output, and its weight.</summary>
    /// <inheritdoc cref="Of" path="/exception"/>
    public static LinearShape OfGradient(KernelDefinition kernel, KernelTensor dy, KernelTensor w)
    {
        (int rows, int outputs) = Shapes.Matrix(kernel, "dy", dy);
        (_, int inputs) = Shapes.Matrix(kernel, "w", w);
        Shapes.Require(kernel, "w", w, outputs, inputs);
        return Checked(kernel, new LinearShape(rows, inputs, outputs));
    }

    /// <summary>Of the gradient of its output, and its input.</summary>
    /// <inheritdoc cref="Of" path="/exception"/>
    public static LinearShape OfRows(KernelDefinition kernel, KernelTensor dy, KernelTensor x)
    {
        (int rows, int outputs) = Shapes.Matrix(kernel, "dy", dy);
        (_, int inputs) = Shapes.Matrix(kernel, "x", x);
        Shapes.Require(kernel, "x", x, rows, inputs);
        return Checked(kernel, new LinearShape(rows, inputs, outputs));
    }

    private static LinearShape Checked(KernelDefinition kernel, LinearShape shape) =>
        shape.Inputs > 0 && shape.Outputs > 0
            ? shape
            : throw new ArgumentException(
                $"{kernel.Name}: the weight is [{shape.Outputs}, {shape.Inputs}]; expected 1 or more of each.");
}
