using OrtTrainer.Graph;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// The last input r of operators whose names begin with <c>Residual</c>, which is added to their first output; other
/// operators have none.
/// </summary>
/// <param name="index">Which input it is; null for none.</param>
internal readonly unsafe struct ResidualInput(int? index)
{
    /// <summary>An operator and its form with a residual.</summary>
    /// <param name="name">The operator's.</param>
    /// <param name="inputs">Their types, without the residual.</param>
    /// <param name="outputs">Their types.</param>
    /// <param name="create">Makes the kernel of a node, of either form.</param>
    public static IEnumerable<KernelDefinition> Both(
        string name, ElementType[] inputs, ElementType[] outputs,
        Func<KernelDefinition, ResidualInput, KernelAttributes, Kernel> create)
    {
        KernelDefinition Form(string form, ElementType[] all, ResidualInput residual)
        {
            KernelDefinition? definition = null;
            return definition = new KernelDefinition(
                form, all, outputs.Length, node => create(definition!, residual, node))
            {
                OutputTypes = outputs,
            };
        }

        return
        [
            Form(name, inputs, default),
            Form("Residual" + name, [.. inputs, ElementType.Float], new ResidualInput(inputs.Length)),
        ];
    }

    /// <summary>Its values; null where there is none.</summary>
    /// <param name="kernel">The operator, for messages.</param>
    /// <param name="context">The node's run.</param>
    /// <param name="rows">Of the first output.</param>
    /// <param name="columns">Of the first output.</param>
    /// <exception cref="ArgumentException">It has another shape.</exception>
    public float* Read(KernelDefinition kernel, in KernelContext context, int rows, int columns)
    {
        if (index is not { } input)
        {
            return null;
        }

        KernelTensor r = context.Input(input);
        Shapes.Require(kernel, "r", r, rows, columns);
        return r.Floats;
    }
}
