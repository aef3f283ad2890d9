namespace OrtTrainer.Models.Building;

/// <summary>A linear layer of a checkpoint with the adapter beside it.</summary>
/// <param name="Name">What the checkpoint calls the layer, such as <c>bert.encoder.layer.0.attention.self.query</c>.
/// </param>
/// <param name="Weights">Its matrix, [out, in]: one parameter, or the rows of several in their order.</param>
/// <param name="Down">A, [rank, in].</param>
/// <param name="Up">B, [out, rank].</param>
internal sealed record AdaptedLayer(
    string Name, IReadOnlyList<ParameterSpec> Weights, ParameterSpec Down, ParameterSpec Up)
{
    /// <summary>Whether a parameter is part of the adapter.</summary>
    public bool Has(ParameterSpec parameter) => parameter == Down || parameter == Up;

    /// <summary>Adds scale · B·A to the layer's matrix, part by part.</summary>
    /// <param name="down">The values of A.</param>
    /// <param name="up">Those of B.</param>
    /// <param name="scale">What the product is multiplied with.</param>
    /// <param name="read">Gives a copy of the values of a part as they are.</param>
    /// <param name="write">Takes them with the product added.</param>
    public void Merge(
        float[] down, float[] up, float scale, Func<ParameterSpec, float[]> read, Action<ParameterSpec, float[]> write)
    {
        int rank = checked((int)Down.Shape[0]), output = 0;
        foreach (ParameterSpec part in Weights)
        {
            float[] values = read(part);
            LowRankProduct.AddTo(values, down, up.AsSpan(output * rank), rank, scale);
            write(part, values);
            output += checked((int)part.Shape[0]);
        }
    }
}
