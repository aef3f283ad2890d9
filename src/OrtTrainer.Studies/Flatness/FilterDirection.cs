using System.Numerics.Tensors;
using OrtTrainer.Models;
using OrtTrainer.Randomness;
using OrtTrainer.Runtime;

namespace OrtTrainer.Studies.Flatness;

/// <summary>
/// Random directions whose filters have the norms of the weights' own (Li et al. 2018, "Visualizing the Loss Landscape
/// of Neural Nets", section 4): a step of 1 changes every filter by as much as it is long, so that networks that
/// compute the same with other scales look alike. A filter is a row of a matrix: the weights of an output neuron, or
/// the vector of a token. Biases and norms are left where they are.
/// </summary>
internal static class FilterDirection
{
    /// <summary>Fills a direction; equal seeds and numbers give the same random part for any weights.</summary>
    /// <param name="layout">Which elements are rows of which parameter.</param>
    /// <param name="weights">The weights whose norms the rows get, [n].</param>
    /// <param name="direction">Overwritten, [n].</param>
    /// <param name="seed">Fixes all directions.</param>
    /// <param name="number">Which of them.</param>
    public static void Fill(
        ParameterLayout layout, NativeBuffer weights, NativeBuffer direction, long seed, int number)
    {
        direction.Clear();
        foreach (ParameterSpec parameter in layout.Parameters.Where(p => p.Shape.Count > 1))
        {
            SeededRandom random = SeededRandom.For(
                (ulong)seed, FormattableString.Invariant($"direction {number} of {parameter.Name}"));
            int columns = checked((int)(parameter.Length / parameter.Shape[0]));
            long offset = layout.OffsetOf(parameter);
            for (long row = 0; row < parameter.Shape[0]; row++, offset += columns)
            {
                FillRow(random, weights.Slice(offset, columns), direction.Slice(offset, columns));
            }
        }
    }

    private static void FillRow(SeededRandom random, ReadOnlySpan<float> weights, Span<float> direction)
    {
        foreach (ref float element in direction)
        {
            element = (float)random.NextGaussian();
        }

        double norm = FlatVectors.Norm(direction);
        TensorPrimitives.Multiply(direction, (float)(norm > 0 ? FlatVectors.Norm(weights) / norm : 0), direction);
    }
}
