using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Compilation;
using OrtTrainer.Models;
using OrtTrainer.Runtime;

namespace OrtTrainer.Packs;

/// <summary>The weights of a pack, as exact as the model has them, and as any precision stores them.</summary>
internal sealed class PackWeights : IDisposable
{
    private readonly TensorData[] _tensors;
    private readonly HashSet<string> _trained;

    private PackWeights(GraphManifest manifest, ParameterLayout layout, WeightBuffer weights)
    {
        (Layout, Exact) = (layout, weights);
        _tensors = [.. StoredTensors.Of(layout, weights)];
        _trained = [.. manifest.Parameters.Where(parameter => parameter.Trained)
            .SelectMany(parameter => parameter.Parts).Select(part => part.Tensor)];
    }

    /// <summary>Where the parameters lie.</summary>
    public ParameterLayout Layout { get; }

    /// <summary>The model's own values.</summary>
    public WeightBuffer Exact { get; }

    /// <summary>Parameters that the model lacks.</summary>
    public IReadOnlyList<string> Started { get; private init; } = [];

    /// <summary>Reads a model's weights as its graphs take them.</summary>
    /// <param name="model">The model.</param>
    /// <param name="manifest">Its graphs.</param>
    /// <param name="labels">The names of the outputs; null goes by their numbers.</param>
    /// <param name="seed">Fixes what starts at random.</param>
    public static PackWeights Load(
        PretrainedModel model, GraphManifest manifest, IReadOnlyList<string>? labels, long seed)
    {
        ParameterLayout layout = CompiledGraphs.LayoutOf(manifest);
        WeightBuffer weights = new(Device.Default, layout.Length);
        try
        {
            IReadOnlyList<string> started = model.Load(layout, weights, seed, labels);
            return new(manifest, layout, weights) { Started = started };
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    /// <summary>What a file holds of them.</summary>
    public IEnumerable<TensorData> At(FrozenPrecision frozen) => _tensors.SelectMany(tensor =>
        frozen == FrozenPrecision.Fp32 || tensor.Shape.Length < 2 || IsTrained(tensor) ? [tensor]
        : frozen == FrozenPrecision.Fp16 ? Halves(tensor)
        : Int8s(tensor));

    /// <summary>Bytes of such a file.</summary>
    public long LengthAt(FrozenPrecision frozen) => SafetensorsWriter.LengthOf(At(frozen));

    /// <summary>Bytes of what is trained, in float32.</summary>
    public long TrainedBytes => _tensors.Where(IsTrained).Sum(tensor => tensor.ByteLength);

    public void Dispose() => Exact.Dispose();

    private bool IsTrained(TensorData tensor) => _trained.Contains(tensor.Name);

    private static TensorData[] Halves(TensorData tensor) => [TensorData.Halves(tensor.Name, tensor.Shape, () =>
    {
        Half[] halves = new Half[tensor.ElementCount];
        TensorPrimitives.ConvertToHalf(Read(tensor), halves);
        return Array.Exists(halves, half => !Half.IsFinite(half))
            ? throw new RunException(
                $"The tensor {tensor.Name} has values beyond float16, ±{Half.MaxValue}. Pack with --frozen int8 or "
                + "fp32.")
            : halves;
    })];

    private static TensorData[] Int8s(TensorData tensor)
    {
        int rows = checked((int)tensor.Shape[0]);
        return
        [
            TensorData.Int8s(tensor.Name, tensor.Shape, () =>
            {
                float[] values = Read(tensor);
                return ScaledTensors.Quantize(values, ScaledTensors.ScalesFor(values, rows));
            }),
            TensorData.Floats(
                tensor.Name + ScaledTensors.Suffix, [rows], () => ScaledTensors.ScalesFor(Read(tensor), rows)),
        ];
    }

    private static float[] Read(TensorData tensor)
    {
        float[] values = new float[tensor.ElementCount];
        int at = 0;
        tensor.Visit(bytes =>
        {
            ReadOnlySpan<float> piece = MemoryMarshal.Cast<byte, float>(bytes);
            piece.CopyTo(values.AsSpan(at));
            at += piece.Length;
        });
        return values;
    }
}
