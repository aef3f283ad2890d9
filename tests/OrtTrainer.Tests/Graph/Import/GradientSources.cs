using OrtTrainer.Checkpoints;
using OrtTrainer.Graph;
using OrtTrainer.Graph.Onnx;

namespace OrtTrainer.Tests.Graph.Import;

/// <summary>
/// Reference gradients found by the values of their parameters, because exporters rename and transpose the weights of
/// linear layers. Parameters with equal values (fresh biases) are told apart by name only.
/// </summary>
internal sealed class GradientSources
{
    private readonly List<(string Name, long[] Shape, float[] Values, float[] Gradient)> _parameters = [];

    public GradientSources(SafetensorsFile weights, SafetensorsFile golden)
    {
        foreach (string name in weights.Names.Where(name => golden.TryGet("grad." + name, out _)))
        {
            _ = weights.TryGet(name, out TensorInfo info);
            float[] values = ExportedModel.ReadFloats(weights, name);
            _parameters.Add((name, [.. info.Shape], values, ExportedModel.ReadFloats(golden, "grad." + name)));
        }
    }

    public int Count => _parameters.Count;

    /// <summary>
    /// The gradient of a stored tensor in its layout, or null where it cannot be told which parameter it is.
    /// </summary>
    public float[]? Find(TensorProto tensor)
    {
        float[] values = tensor.ReadFloat();
        foreach ((string name, long[] shape, float[] weights, float[] gradient) in _parameters)
        {
            if (tensor.Name.EndsWith(name, StringComparison.Ordinal) && weights.AsSpan().SequenceEqual(values))
            {
                return gradient;
            }
        }

        var transposed = _parameters.Where(p => p.Shape.Length == 2 && tensor.Dims.SequenceEqual(p.Shape.Reverse())
            && Transposed(p.Values, p.Shape).AsSpan().SequenceEqual(values)).ToArray();
        return transposed is [var only] ? Transposed(only.Gradient, only.Shape) : null;
    }

    private static float[] Transposed(float[] matrix, long[] shape)
    {
        float[] result = new float[matrix.Length];
        for (int i = 0; i < shape[0]; i++)
        {
            for (int j = 0; j < shape[1]; j++)
            {
                result[(j * shape[0]) + i] = matrix[(i * shape[1]) + j];
            }
        }

        return result;
    }
}
