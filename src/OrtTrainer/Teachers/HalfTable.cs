using OrtTrainer.Checkpoints;

namespace OrtTrainer.Teachers;

/// <summary>All values in half precision, 11 bits of a logit.</summary>
/// <param name="rows">Rows.</param>
/// <param name="outputs">Values per row, K.</param>
internal sealed class HalfTable(int rows, int outputs) : TableForm
{
    private const int HalfBytes = 2;

    public override long Bytes => (long)HalfBytes * rows * outputs;

    public override IReadOnlyList<TensorData> Write(string name, float[] values) =>
        [TensorData.Halves(name, [rows, outputs], Array.ConvertAll(values, value => (Half)value))];

    public override float[] Read(string name, Checkpoint tensors)
    {
        float[] values = new float[tensors.Require(name, rows, outputs).ElementCount];
        tensors.ReadFloats(name, values);
        return values;
    }

    public override float[] Kept(float[] values) => Array.ConvertAll(values, value => (float)(Half)value);
}
