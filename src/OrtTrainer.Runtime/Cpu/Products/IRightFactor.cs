namespace OrtTrainer.Runtime.Cpu.Products;

/// <summary>The right factor of a product, as panels can be made of it.</summary>
internal unsafe interface IRightFactor
{
    /// <summary>Packs a panel, or finds it packed.</summary>
    /// <param name="column">Its first column in the factor.</param>
    /// <param name="columns">1 to 32.</param>
    /// <param name="room">Room for all steps of the depth.</param>
    /// <returns>Where the panel is: <paramref name="room"/>, or where it lay already.</returns>
    byte* Panel<TTile>(int column, int columns, byte* room)
        where TTile : struct, ITile;
}

/// <summary>wᵀ of a weight [outputs, inputs]: x · wᵀ makes the outputs of a layer.</summary>
/// <param name="weight">[outputs, inputs].</param>
/// <param name="inputs">The depth.</param>
internal readonly unsafe struct OutputsOf(float* weight, int inputs) : IRightFactor
{
    public byte* Panel<TTile>(int column, int columns, byte* room)
        where TTile : struct, ITile
    {
        TTile.PackColumns(weight + ((long)column * inputs), inputs, columns, inputs, room);
        return room;
    }
}

/// <summary>w itself: dy · w makes the gradient of a layer's inputs.</summary>
/// <param name="weight">[outputs, inputs].</param>
/// <param name="outputs">The depth.</param>
/// <param name="inputs">Columns of the product.</param>
internal readonly unsafe struct InputsOf(float* weight, int outputs, int inputs) : IRightFactor
{
    public byte* Panel<TTile>(int column, int columns, byte* room)
        where TTile : struct, ITile
    {
        TTile.PackRows(weight + column, inputs, outputs, columns, room);
        return room;
    }
}
