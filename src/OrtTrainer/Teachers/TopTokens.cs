using System.Security.Cryptography;
using OrtTrainer.Data;
using OrtTrainer.Models;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Teachers;

/// <summary>
/// What a teacher says of every learned token of the training data, kept for the run: the k largest logits over the
/// vocabulary with their ids. What probability the others have at temperature 1 is spread over them evenly, as
/// <see cref="TopTable"/> spreads it.
/// </summary>
internal sealed class TopTokens : TeacherOutputs, IOutputSink
{
    private readonly TaskTargets _targets;
    private readonly string _folder;
    private readonly byte[] _identity;
    private readonly int _top;
    private readonly float[] _logits;
    private readonly int[] _ids;
    private readonly float[] _rests;
    private readonly float[] _others;

    /// <param name="targets">What the student learns, a row per token: R rows.</param>
    /// <param name="top">k, 1 or more; the vocabulary's size where it is more.</param>
    /// <param name="folder">The teacher's, for messages.</param>
    /// <param name="identity">What the teacher is known by.</param>
    public TopTokens(TaskTargets targets, int top, string folder, byte[] identity)
    {
        (_targets, _folder, _identity) = (targets, folder, identity);
        _top = Math.Min(top, targets.Outputs);
        int rows = targets.FirstRow(targets.Count);
        _logits = new float[checked(rows * _top)];
        _ids = new int[_logits.Length];
        _rests = new float[rows];
        _others = new float[targets.Outputs];
    }

    /// <summary>What the teacher is, how good on the evaluation data, and what running it over the training data
    /// took.</summary>
    public required TeacherReport Report { get; set; }

    /// <inheritdoc/>
    public void Add(OutputBatch batch)
    {
        for (int i = 0; i < batch.Count; i++)
        {
            FiniteOutputs.Require(batch[i], _folder, "for the training data");
            int first = _targets.FirstRow(batch.Examples[i]);
            for (int row = 0; row < batch[i].Length / batch.Outputs; row++)
            {
                Keep(first + row, batch[i].Slice(row * batch.Outputs, batch.Outputs));
            }
        }
    }

    /// <inheritdoc/>
    public override LossTerm SoftLoss(
        OutputDistribution distribution, TaskTargets targets, double temperature, bool divergence, double weight) =>
        new SoftLogitLoss(new Rows(this), temperature, divergence, weight);

    /// <inheritdoc/>
    public override LossTerm ErrorLoss(
        OutputDistribution distribution, TaskTargets targets, Func<long, float> weightAt, Func<long, float> scaleAt) =>
        new LogitErrorLoss(new Rows(this), shares: null, weightAt, scaleAt);

    /// <inheritdoc/>
    public override void AppendTo(IncrementalHash hash)
    {
        hash.AppendData(_identity);
        hash.AppendData(BitConverter.GetBytes(_top));
    }

    /// <inheritdoc/>
    public override long ValuesFor(long logits) => _logits.Length + _ids.Length + _rests.Length + logits;

    /// <summary>Writes the logits of a row, [V].</summary>
    public void Spread(int row, Span<float> logits)
    {
        logits.Fill(_rests[row]);
        for (int i = row * _top; i < (row + 1) * _top; i++)
        {
            logits[_ids[i]] = _logits[i];
        }
    }

    /// <summary>Keeps the largest logits in falling order, of equal ones those of smaller ids.</summary>
    private void Keep(int row, ReadOnlySpan<float> logits)
    {
        Span<float> top = _logits.AsSpan(row * _top, _top);
        Span<int> ids = _ids.AsSpan(row * _top, _top);
        int count = 0;
        for (int id = 0; id < logits.Length; id++)
        {
            if (count == _top && logits[id] <= top[^1])
            {
                continue;
            }

            int place = count < _top ? count++ : _top - 1;
            for (; place > 0 && top[place - 1] < logits[id]; place--)
            {
                (top[place], ids[place]) = (top[place - 1], ids[place - 1]);
            }

            (top[place], ids[place]) = (logits[id], id);
        }

        _rests[row] = (float)TopTable.EvenLogit(Others(logits, ids));
    }

    /// <summary>The logits that are not kept, in order; valid until the next row.</summary>
    private ReadOnlySpan<float> Others(ReadOnlySpan<float> logits, ReadOnlySpan<int> kept)
    {
        int[] ids = kept.ToArray();
        Array.Sort(ids);
        int count = 0, from = 0;
        foreach (int id in (int[])[.. ids, logits.Length])
        {
            logits[from..id].CopyTo(_others.AsSpan(count));
            count += id - from;
            from = id + 1;
        }

        return _others.AsSpan(0, count);
    }

    /// <summary>The kept logits of a batch, spread out.</summary>
    private sealed class Rows(TopTokens kept) : RowValues(InputName, kept._targets.Outputs)
    {
        private protected override void Read(BatchRows rows, Memory<float> values)
        {
            int outputs = kept._targets.Outputs, at = 0;
            foreach (int row in rows)
            {
                kept.Spread(row, values.Span.Slice(at++ * outputs, outputs));
            }
        }
    }
}
