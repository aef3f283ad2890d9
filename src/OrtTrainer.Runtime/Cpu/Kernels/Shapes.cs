namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>Checks of shapes; a kernel reads memory by them, so none may be trusted unchecked.</summary>
internal static class Shapes
{
    /// <exception cref="ArgumentException">The tensor has another shape.</exception>
    public static void Require(
        KernelDefinition kernel, string name, KernelTensor tensor, params ReadOnlySpan<long> expected) =>
        Require(kernel.Name, name, tensor, expected);

    /// <exception cref="ArgumentException">The tensor has another shape.</exception>
    public static void Require(string kernel, string name, KernelTensor tensor, params ReadOnlySpan<long> expected)
    {
        if (!tensor.Shape.SequenceEqual(expected))
        {
            throw new ArgumentException(
                $"{kernel}: {name} has shape {tensor}; expected [{string.Join(", ", expected.ToArray())}].");
        }
    }

    /// <summary>Rows and columns of a matrix.</summary>
    /// <exception cref="ArgumentException">The tensor is no matrix, or one with 2^31 rows or columns.</exception>
    public static (int Rows, int Columns) Matrix(KernelDefinition kernel, string name, KernelTensor tensor)
    {
        if (tensor.Shape.Length != 2 || tensor.Shape[0] > int.MaxValue || tensor.Shape[1] > int.MaxValue)
        {
            throw new ArgumentException(
                $"{kernel.Name}: {name} has shape {tensor}; expected two dimensions below 2^31.");
        }

        return ((int)tensor.Shape[0], (int)tensor.Shape[1]);
    }
}
