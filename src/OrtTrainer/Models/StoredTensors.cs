using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Runtime;

namespace OrtTrainer.Models;

/// <summary>A model's parameters as the tensors of a weight file: the way back from loading.</summary>
internal static class StoredTensors
{
    /// <summary>
    /// The tensors in the order of the parameters; those that several parameters share are put together when their turn
    /// to be written comes.
    /// </summary>
    /// <param name="layout">Where each parameter lies in the buffer.</param>
    /// <param name="weights">The values.</param>
    public static IEnumerable<TensorData> Of(ParameterLayout layout, WeightBuffer weights)
    {
        foreach (IGrouping<string, ParameterSpec> tensor in layout.Parameters.GroupBy(p => p.Storage.Tensor))
        {
            ParameterSpec first = tensor.First();
            long[] shape = first.Storage.ShapeFor(first.Shape);
            if (first.Storage.IsPlain)
            {
                yield return TensorData.Floats(tensor.Key, shape, weights, layout.OffsetOf(first));
                continue;
            }

            ParameterSpec[] parts = [.. tensor];
            RequireWhole(tensor.Key, parts);
            yield return TensorData.Floats(tensor.Key, shape, () => Join(layout, weights, parts));
        }
    }

    private static float[] Join(ParameterLayout layout, WeightBuffer weights, ParameterSpec[] parts)
    {
        float[] stored = new float[parts.Sum(p => p.Length)];
        foreach (ParameterSpec part in parts)
        {
            weights.Read(layout.OffsetOf(part), checked((int)part.Length), values =>
                part.Storage.Write(part.Shape, values, stored));
        }

        return stored;
    }

    private static void RequireWhole(string tensor, ParameterSpec[] parts)
    {
        long next = 0;
        foreach (ParameterSpec part in parts.OrderBy(p => p.Storage.FirstRow))
        {
            next = part.Storage.FirstRow == next ? next + part.Shape[0] : -1;
        }

        if (next != (parts[0].Storage.Rows ?? parts[0].Shape[0]))
        {
            throw new RunException(
                $"The parameters {string.Join(", ", parts.Select(p => p.Name))} do not make up the tensor '{tensor}' " +
                $"[{string.Join(", ", parts[0].Storage.ShapeFor(parts[0].Shape))}], so it cannot be written.");
        }
    }
}
