namespace OrtTrainer.Runtime.Cpu.Products;

/// <summary>
/// The panels of a weight that never changes, packed once: a product of few rows takes less time than packing would.
/// </summary>
internal sealed unsafe class ConstantPanels : IDisposable
{
    private readonly AlignedMemory _panels;
    private readonly long _panelBytes;

    private ConstantPanels(long panelBytes, int outputs)
    {
        _panelBytes = panelBytes;
        _panels = new AlignedMemory((nuint)(panelBytes * Panels.Count(outputs)));
    }

    /// <summary>Where they lie; valid until this is disposed.</summary>
    public PackedOutputs Factor => new((byte*)_panels.DangerousGetHandle(), _panelBytes);

    /// <summary>Those of wᵀ, as <see cref="OutputsOf"/> makes them.</summary>
    /// <param name="weight">[outputs, inputs].</param>
    /// <param name="outputs">1 or more.</param>
    /// <param name="inputs">1 or more.</param>
    public static ConstantPanels OfOutputs<TTile>(float* weight, int outputs, int inputs)
        where TTile : struct, ITile
    {
        int steps = (inputs + TTile.ElementsPerStep - 1) / TTile.ElementsPerStep;
        ConstantPanels made = new((long)steps * Panels.StepBytes, outputs);
        OutputsOf factor = new(weight, inputs);
        PackedOutputs packed = made.Factor;
        for (int column = 0; column < outputs; column += Panels.Columns)
        {
            int columns = Math.Min(Panels.Columns, outputs - column);
            _ = factor.Panel<TTile>(column, columns, packed.Panel<TTile>(column, columns, room: null));
        }

        return made;
    }

    public void Dispose() => _panels.Dispose();
}

/// <summary>Panels that lie packed, one behind the other.</summary>
/// <param name="panels">The first.</param>
/// <param name="panelBytes">Bytes of each.</param>
internal readonly unsafe struct PackedOutputs(byte* panels, long panelBytes) : IRightFactor
{
    public byte* Panel<TTile>(int column, int columns, byte* room)
        where TTile : struct, ITile => panels + (column / Panels.Columns * panelBytes);
}
