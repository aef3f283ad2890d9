using OrtTrainer.Artifacts;
using OrtTrainer.Models;
using OrtTrainer.Runtime;

namespace OrtTrainer.OnDevice;

/// <summary>
/// The parameters that a session trains, one after another as it has them in its flat buffer, in the shapes of weight
/// files; and where they lie in the buffers of a run.
/// </summary>
internal sealed class StoredParameters
{
    private readonly ParameterLayout _layout;
    private readonly (string Name, int Length, ParameterSpec[] Parts)[] _tensors;

    /// <param name="parameters">Those of the training model, in its order; the frozen ones are left out.</param>
    /// <param name="layout">Where each lies in the buffers of a run.</param>
    public StoredParameters(IReadOnlyList<ArtifactParameter> parameters, ParameterLayout layout)
    {
        _layout = layout;
        ILookup<string, ParameterSpec> parts = layout.Parameters.ToLookup(p => p.Storage.Tensor);
        _tensors =
        [
            .. parameters.Where(p => p.Trainable).Select(p => (
                p.Name, checked((int)p.Shape.Aggregate(1L, (n, size) => n * size)), parts[p.Name].ToArray())),
        ];
        Length = _tensors.Sum(tensor => (long)tensor.Length);
    }

    /// <summary>Elements of the flat buffer.</summary>
    public long Length { get; }

    /// <summary>The names of the tensors, in their order.</summary>
    public IEnumerable<string> Names => _tensors.Select(tensor => tensor.Name);

    /// <summary>Takes the parameters out of the flat buffer; what is frozen stays.</summary>
    public void Take(WeightBuffer flat, WeightBuffer weights)
    {
        long at = 0;
        foreach ((string name, int length, _) in _tensors)
        {
            flat.Read(at, length, stored => Take(name, stored, weights));
            at += length;
        }
    }

    /// <summary>Takes a tensor out of its elements.</summary>
    /// <param name="name">The tensor.</param>
    /// <param name="stored">All its elements.</param>
    /// <param name="weights">The buffer of the run; only the parameters of this tensor are changed.</param>
    public void Take(string name, ReadOnlySpan<float> stored, WeightBuffer weights)
    {
        foreach (ParameterSpec part in Array.Find(_tensors, tensor => tensor.Name == name).Parts)
        {
            float[] values = new float[part.Length];
            if (part.Storage.IsPlain)
            {
                stored.CopyTo(values);
            }
            else
            {
                part.Storage.Take(part.Shape, stored, values);
            }

            weights.Write(_layout.OffsetOf(part), values);
        }
    }

    /// <summary>Puts the parameters into the flat buffer.</summary>
    public void Put(WeightBuffer weights, WeightBuffer flat)
    {
        long at = 0;
        foreach ((_, int length, ParameterSpec[] parts) in _tensors)
        {
            flat.Write(at, length, stored =>
            {
                foreach (ParameterSpec part in parts)
                {
                    float[] values = _layout.Read(weights, part);
                    part.Storage.Write(part.Shape, values, stored);
                }
            });
            at += length;
        }
    }
}
