using System.Diagnostics;
using System.Security.Cryptography;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Training;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Teachers;

/// <summary>
/// A teacher that runs on the very inputs of a step before the student does, where these are drawn anew in every step:
/// what it gives is learned from once and never kept. No dropout acts in it.
/// </summary>
internal sealed partial class StepTeacher : TeacherOutputs
{
    // Of the logits of a batch: as they come, as they are handed on twice, and in the graph before, as and after they
    // become probabilities.
    private const long LogitCopies = 6;

    private readonly string _folder;
    private readonly WeightBuffer _weights;
    private readonly EvaluationSession _session;
    private readonly byte[] _identity;
    private readonly int _tokensPerBatch;
    private readonly Stopwatch _clock = new();

    private StepTeacher(
        string folder, WeightBuffer weights, EvaluationSession session, byte[] identity, int tokensPerBatch,
        TeacherReport report)
    {
        (_folder, _weights, _session, _identity, _tokensPerBatch) =
            (folder, weights, session, identity, tokensPerBatch);
        Report = report;
    }

    /// <summary>What it is, how good on the evaluation data, and what running it over these took.</summary>
    public TeacherReport Report { get; }

    /// <inheritdoc/>
    public override double StepSeconds => _clock.Elapsed.TotalSeconds;

    /// <inheritdoc/>
    public override LossTerm SoftLoss(
        OutputDistribution distribution, TaskTargets targets, double temperature, bool divergence, double weight) =>
        new SoftLogitLoss(new Rows(this, targets.Outputs, _ => weight != 0), temperature, divergence, weight);

    /// <inheritdoc/>
    public override LossTerm ErrorLoss(
        OutputDistribution distribution, TaskTargets targets, Func<long, float> weightAt, Func<long, float> scaleAt) =>
        new LogitErrorLoss(
            new Rows(this, targets.Outputs, step => weightAt(step) != 0), shares: null, weightAt, scaleAt);

    /// <inheritdoc/>
    public override void AppendTo(IncrementalHash hash) => hash.AppendData(_identity);

    /// <summary>Runs over all training data once and keeps the largest logits of every row.</summary>
    /// <param name="train">The training data as the student reads them.</param>
    /// <param name="top">k, 1 or more: how many of each row.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <exception cref="RunException">An output is no number.</exception>
    public TopTokens Keep(EncodedDataset train, int top, CancellationToken cancellation)
    {
        CostMeter meter = new(train.Count, events: null);
        TopTokens kept = new(train.Targets, top, _folder, _identity) { Report = Report };
        _session.Run(_weights, train.Inputs, kept, _tokensPerBatch, cancellation);
        meter.Report(train.Count);
        TeacherCost cost = meter.Read(Report.Cost!.Device, Report.Cost.Threads);
        kept.Report = Report with
        {
            Rows = train.Count, RunsWithSteps = false, Cost = cost, ElapsedSeconds = cost.Seconds,
        };
        return kept;
    }

    /// <inheritdoc/>
    public override long ValuesFor(long logits) => _weights.Length + (LogitCopies * logits);

    /// <inheritdoc/>
    public override void Dispose()
    {
        _session.Dispose();
        _weights.Dispose();
    }

    /// <summary>Its outputs for the rows of a batch.</summary>
    /// <param name="teacher">Is run.</param>
    /// <param name="outputs">K.</param>
    /// <param name="counts">Whether they count at a step; where not, it is spared, and they are 0.</param>
    private sealed class Rows(StepTeacher teacher, int outputs, Func<long, bool> counts)
        : RowValues(InputName, outputs)
    {
        private protected override void Read(BatchRows rows, Memory<float> values)
        {
            if (!counts(rows.Step))
            {
                values.Span.Clear();
                return;
            }

            teacher._clock.Start();
            RowCopy copy = new(values);
            teacher._session.RunBatch(teacher._weights, rows.Inputs, rows.Examples, copy);
            copy.RequireFull();
            FiniteOutputs.Require(values.Span, teacher._folder, rows.Step);
            teacher._clock.Stop();
        }
    }

    /// <summary>Copies the rows of a batch one after another.</summary>
    private sealed class RowCopy(Memory<float> values) : IOutputSink
    {
        private int _filled;

        public void Add(OutputBatch batch)
        {
            for (int i = 0; i < batch.Count; i++)
            {
                batch[i].CopyTo(values.Span[_filled..]);
                _filled += batch[i].Length;
            }
        }

        public void RequireFull()
        {
            if (_filled != values.Length)
            {
                throw new InvalidOperationException(
                    $"The teacher gave {_filled} values for a batch; expected {values.Length}.");
            }
        }
    }
}
