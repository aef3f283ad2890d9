using System.Diagnostics;
using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Runtime;

namespace OrtTrainer.Studies.Flatness;

/// <summary>
/// Measures how flat the loss is round the live and the averaged weights of a finished run: the explanation that is
/// given for why averaging helps.
/// </summary>
internal sealed class FlatnessProbe
{
    private readonly ProbedRun _run;
    private readonly FlatnessOptions _options;
    private readonly IProgress<string>? _progress;

    private FlatnessProbe(ProbedRun run, FlatnessOptions options, IProgress<string>? progress)
    {
        _run = run;
        _options = options;
        _progress = progress;
    }

    /// <summary>Measures a run. Nothing is written.</summary>
    /// <param name="run">The output folder of a finished run.</param>
    /// <param name="options">What to measure.</param>
    /// <param name="progress">Told what is being measured.</param>
    /// <param name="cancellation">Ends it between blocks of a file, examples or batches.</param>
    /// <exception cref="RunException">There is no finished run in the folder.</exception>
    /// <exception cref="CheckpointException">A file of the run is damaged.</exception>
    /// <exception cref="DataFileException">The data cannot be used.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static Task<FlatnessReport> MeasureAsync(
        string run, FlatnessOptions options, IProgress<string>? progress = null,
        CancellationToken cancellation = default) =>
        Task.Run(() =>
        {
            long started = Stopwatch.GetTimestamp();
            using ProbedRun probed = ProbedRun.Open(run, options, cancellation);
            FlatnessReport report = new FlatnessProbe(probed, options, progress).Report(run, cancellation);
            return report with { Seconds = Stopwatch.GetElapsedTime(started).TotalSeconds };
        }, cancellation);

    private FlatnessReport Report(string run, CancellationToken cancellation)
    {
        WeightsFlatness[] measured = [.. _run.Weights.Select(weights => Measure(weights, cancellation))];
        LossLine[] lines =
            [.. Enumerable.Range(1, measured.Length - 1).Select(other => Line(measured, other, cancellation))];
        return new FlatnessReport
        {
            Run = Path.GetFullPath(run),
            Data = _run.Data,
            Examples = _run.Examples.Source.Count,
            Metric = _run.Metric.Name,
            Options = _options,
            Notes = _run.Notes,
            Weights = measured,
            Lines = lines,
            Seconds = 0,
        };
    }

    private WeightsFlatness Measure(ProbedWeights weights, CancellationToken cancellation)
    {
        ModelSurface surface = _run.Surface;
        WeightBuffer values = weights.Values;
        _progress?.Report($"{weights.Name}: gradient and ascent steps");
        surface.Point.CopyFrom(values);
        SurfaceValue here = surface.Measure(cancellation);
        using WeightBuffer gradient = new(values.Device, values.Length);
        surface.Differentiate(gradient, cancellation);
        double gradientNorm = gradient.Device.Arithmetic.Norm(gradient);
        AscentSharpness sam = AscentStep.Plain(surface, values, here.Loss, gradient, _options.Rho, cancellation);

        _progress?.Report($"{weights.Name}: curvature");
        (TopEigenvalue top, TraceEstimate? trace) = Curvature(values, gradient, cancellation);

        // The search for the sharpest direction has used the gradient up.
        surface.Point.CopyFrom(values);
        surface.Differentiate(gradient, cancellation);
        AscentSharpness asam = AscentStep.Adaptive(
            surface, values, here.Loss, gradient, _options.AdaptiveRho, cancellation);

        _progress?.Report($"{weights.Name}: {_options.Directions} random directions");
        DirectionScan directions = SurfaceScan.Directions(surface, _run.Layout, values, _options, cancellation);
        return new WeightsFlatness(weights.Name, here.Loss, here.Score, values.Device.Arithmetic.Norm(values),
            gradientNorm, sam, asam, top, trace, directions);
    }

    private (TopEigenvalue Top, TraceEstimate? Trace) Curvature(
        WeightBuffer weights, WeightBuffer gradient, CancellationToken cancellation)
    {
        using HessianProduct hessian = new(_run.Surface, weights);
        PowerIteration iteration = new(_options.Iterations, _options.Tolerance, _options.Seed);
        TopEigenvalue top = iteration.Run(hessian, gradient, cancellation);
        TraceEstimate? trace = _options.TraceSamples > 0
            ? HutchinsonTrace.Estimate(hessian, _options.TraceSamples, _options.Seed, cancellation)
            : null;
        return (top, trace);
    }

    private LossLine Line(WeightsFlatness[] measured, int other, CancellationToken cancellation)
    {
        _progress?.Report($"line from {measured[0].Name} to {measured[other].Name}");
        return SurfaceScan.Line(_run.Surface,
            (measured[0].Name, _run.Weights[0].Values, measured[0].Loss),
            (measured[other].Name, _run.Weights[other].Values, measured[other].Loss), _options.Points, cancellation);
    }
}
