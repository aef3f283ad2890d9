using System.Numerics.Tensors;
using OrtTrainer.Models;
using OrtTrainer.Randomness;
using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Updates;

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
        ParameterLayout layout, WeightBuffer weights, WeightBuffer direction, long seed, int number)
    {
        direction.Clear();
        foreach (ParameterSpec parameter in layout.Parameters.Where(p => p.Shape.Count > 1))
        {
            SeededRandom random = SeededRandom.For(
                (ulong)seed, FormattableString.Invariant($"direction {number} of {parameter.Name}"));
            int columns = checked((int)(parameter.Length / parameter.Shape[0]));
            long offset = layout.OffsetOf(parameter);
            float[] row = new float[columns];
            for (long i = 0; i < parameter.Shape[0]; i++, offset += columns)
            {
                weights.Read(offset, row);
                double norm = Norm(row);
                direction.Write(offset, columns, filter => Fill(filter, random, norm));
            }
        }
    }

    /// <summary>Normal numbers, scaled to a norm.</summary>
    private static void Fill(Span<float> filter, SeededRandom random, double norm)
    {
        foreach (ref float element in filter)
        {
            element = (float)random.NextGaussian();
        }

        double length = Norm(filter);
        TensorPrimitives.Multiply(filter, (float)(length > 0 ? norm / length : 0), filter);
    }

    /// <summary>The Euclidean norm, summed in the order of <see cref="WeightArithmetic.Dot"/>.</summary>
    private static double Norm(ReadOnlySpan<float> row)
    {
        const int Lanes = 16;
        Span<double> sums = stackalloc double[Lanes];
        int whole = row.Length / Lanes * Lanes;
        for (int i = 0; i < whole; i++)
        {
            sums[i % Lanes] += (double)row[i] * row[i];
        }

        double sum = 0;
        for (int lane = 0; lane < Lanes / 2; lane++)
        {
            sum += sums[lane] + sums[lane + (Lanes / 2)];
        }

        foreach (float element in row[whole..])
        {
            sum += (double)element * element;
        }

        return Math.Sqrt(sum);
    }
}
