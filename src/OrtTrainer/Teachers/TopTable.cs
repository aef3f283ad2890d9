using System.Numerics.Tensors;
using OrtTrainer.Checkpoints;
using OrtTrainer.Common;

namespace OrtTrainer.Teachers;

/// <summary>
/// Of every distribution its k largest logits with their indices, in half precision. What probability the n others have
/// at temperature 1 is spread over them evenly: each has the logit <c>log(sum of exp(z) over the others / n)</c>.
/// </summary>
internal sealed class TopTable : TableForm
{
    private const ushort NoIndex = ushort.MaxValue;

    // Two bytes for a logit, two for its index.
    private const int EntryBytes = 4;
    private const int RestBytes = 2;

    private readonly LogitSlice[] _slices;
    private readonly int _values;
    private readonly int _top;

    /// <param name="slices">The distributions of the table, which are all of it.</param>
    /// <param name="top">k, 1 or more.</param>
    /// <exception cref="RunException">A distribution is over more than an index can tell.</exception>
    public TopTable(LogitSlice[] slices, int top)
    {
        (_slices, _top) = (slices, top);
        _values = slices.Sum(slice => slice.Length);
        int longest = slices.Max(slice => slice.Length);
        if (longest >= NoIndex)
        {
            throw new RunException($"The teacher has distributions over {longest} outputs; the largest of at most " +
                $"{NoIndex - 1} can be kept. Leave out --teacher-top-k.");
        }
    }

    public override long Bytes => (long)_slices.Length * ((EntryBytes * _top) + RestBytes);

    public override IReadOnlyList<TensorData> Write(string name, float[] values)
    {
        (Half[] logits, ushort[] indices, Half[] rests) = Reduce(values);
        return
        [
            TensorData.Halves(name, [_slices.Length, _top], logits),
            TensorData.UInt16s(IndexName(name), [_slices.Length, _top], indices),
            TensorData.Halves(RestName(name), [_slices.Length], rests),
        ];
    }

    public override float[] Read(string name, Checkpoint tensors)
    {
        float[] logits = new float[tensors.Require(name, _slices.Length, _top).ElementCount];
        tensors.ReadFloats(name, logits);
        long[] indices = new long[tensors.Require(IndexName(name), _slices.Length, _top).ElementCount];
        tensors.ReadInt64s(IndexName(name), indices);
        float[] rests = new float[tensors.Require(RestName(name), _slices.Length).ElementCount];
        tensors.ReadFloats(RestName(name), rests);
        return Spread(logits, indices, rests);
    }

    public override float[] Kept(float[] values)
    {
        (Half[] logits, ushort[] indices, Half[] rests) = Reduce(values);
        return Spread(
            Array.ConvertAll(logits, z => (float)z), Array.ConvertAll(indices, i => (long)i),
            Array.ConvertAll(rests, z => (float)z));
    }

    private static string IndexName(string name) => name + ".indices";

    private static string RestName(string name) => name + ".rest";

    private (Half[] Logits, ushort[] Indices, Half[] Rests) Reduce(float[] values)
    {
        Half[] logits = new Half[_slices.Length * _top];
        ushort[] indices = new ushort[logits.Length];
        Array.Fill(indices, NoIndex);
        Half[] rests = new Half[_slices.Length];
        for (int s = 0; s < _slices.Length; s++)
        {
            LogitSlice slice = _slices[s];
            int[] order = [.. Enumerable.Range(0, slice.Length).OrderByDescending(i => values[slice[i]])];
            for (int i = 0; i < Math.Min(_top, order.Length); i++)
            {
                logits[(s * _top) + i] = (Half)values[slice[order[i]]];
                indices[(s * _top) + i] = (ushort)order[i];
            }

            rests[s] = (Half)EvenLogit([.. order.Skip(_top).Select(i => values[slice[i]])]);
        }

        return (logits, indices, rests);
    }

    private float[] Spread(float[] logits, long[] indices, float[] rests)
    {
        float[] values = new float[_values];
        for (int s = 0; s < _slices.Length; s++)
        {
            LogitSlice slice = _slices[s];
            for (int i = 0; i < slice.Length; i++)
            {
                values[slice[i]] = rests[s];
            }

            for (int i = s * _top; i < (s + 1) * _top && indices[i] != NoIndex; i++)
            {
                values[slice[(int)indices[i]]] = logits[i];
            }
        }

        return values;
    }

    /// <summary>
    /// The logit that, given to each of some outputs, leaves them the probability that they have together:
    /// log(mean(exp(z))), shifted by the largest; 0 for none.
    /// </summary>
    public static double EvenLogit(ReadOnlySpan<float> logits)
    {
        if (logits.IsEmpty)
        {
            return 0;
        }

        double largest = TensorPrimitives.Max(logits);
        double sum = 0;
        foreach (float z in logits)
        {
            sum += Math.Exp(z - largest);
        }

        return largest + Math.Log(sum / logits.Length);
    }
}
