using OrtTrainer.Common;

namespace OrtTrainer.Benchmarking;

/// <summary>Where the time of training steps goes. Times are seconds of a step, the mean over all profiled.</summary>
/// <param name="Machine">Where it was measured.</param>
/// <param name="Peak">Float32 operations per second that the threads do in registers: what products are held
/// against.</param>
/// <param name="Steps">Steps that were profiled.</param>
/// <param name="Tokens">Their tokens, padding not counted.</param>
/// <param name="StepSeconds">A whole step under the profiler, which slows it a little.</param>
/// <param name="PlainStepSeconds">A whole step of those before, without it.</param>
/// <param name="Parts">What a step consists of; together they are <paramref name="StepSeconds"/>.</param>
/// <param name="Operators">ONNX operators, the longest first.</param>
internal sealed record StepProfile(
    Machine Machine, double Peak, int Steps, long Tokens, double StepSeconds, double PlainStepSeconds,
    IReadOnlyList<PartTime> Parts, IReadOnlyList<OperatorTime> Operators)
{
    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}

/// <summary>The time of a part.</summary>
/// <param name="Part">The part.</param>
/// <param name="Seconds">Its seconds of a step.</param>
/// <param name="Share">Its share of the step.</param>
internal sealed record PartTime(StepPart Part, double Seconds, double Share);

/// <summary>The time of an operator.</summary>
/// <param name="Name">The operator, and of a product what it is for.</param>
/// <param name="Calls">How often a step executes it.</param>
/// <param name="Seconds">Seconds of a step in it.</param>
/// <param name="Share">Its share of the step.</param>
/// <param name="Bytes">Bytes of its inputs and outputs in a step by their shapes; of a table of which rows are looked
/// up, that is all of it.</param>
/// <param name="OperationsPerSecond">Floating-point operations per second; null for what is bound by memory.</param>
/// <param name="PeakShare">The same as a share of the machine's peak; null for all but products.</param>
internal sealed record OperatorTime(
    string Name, double Calls, double Seconds, double Share, double Bytes, double? OperationsPerSecond,
    double? PeakShare);
