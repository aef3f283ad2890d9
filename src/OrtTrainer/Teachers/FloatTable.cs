using OrtTrainer.Checkpoints;

namespace OrtTrainer.Teachers;

/// <summary>All values in float32.</summary>
/// <param name="shape">The shape of the table.</param>
internal sealed class FloatTable(params long[] shape) : TableForm
{
    public override long Bytes => sizeof(float) * shape.Aggregate(1L, (product, size) => product * size);

    public override IReadOnlyList<TensorData> Write(string name, float[] values) =>
        [TensorData.Floats(name, shape, values)];

    public override float[] Read(string name, Checkpoint tensors)
    {
        float[] values = new float[tensors.Require(name, shape).ElementCount];
        tensors.ReadFloats(name, values);
        return values;
    }

    public override float[] Kept(float[] values) => values;
}
