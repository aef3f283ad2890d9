using OrtTrainer.Benchmarking;
using OrtTrainer.Graph;
using OrtTrainer.Runtime.Profiling;

namespace OrtTrainer.Tests.Benchmarking;

public sealed class StepProfileTests
{
    private static readonly Machine Desk = new("a processor", 2, "a system", "a framework", "1.0");

    [Test]
    public void Parts_add_up_to_the_step_and_operators_to_their_parts()
    {
        ProfiledSteps steps = new(width: 8) { Tokens = 14 };
        steps.Step.AddRange([0.100, 0.140]);
        steps.Gradients.AddRange([0.080, 0.110]);
        steps.SquaredLengths.AddRange([25, 49]);
        ProfiledRun[] runs =
        [
            new(0.070, [Gemm(0.030), Attention(0.010), Node("Add", 0.002)]),
            new(0.090, [Gemm(0.050), Attention(0.020), Node("Add", 0.004)]),
        ];

        StepProfile profile = steps.Profile(runs, Desk, peak: 1e6, plainStepSeconds: 0.110);

        Dictionary<StepPart, double> parts = profile.Parts.ToDictionary(part => part.Part, part => part.Seconds);
        Assert.That(profile.StepSeconds, Is.EqualTo(0.120).Within(1e-12));
        Assert.That(parts.Values.Sum(), Is.EqualTo(0.120).Within(1e-12));
        Assert.That(profile.Parts.Sum(part => part.Share), Is.EqualTo(1).Within(1e-12));
        Assert.That(parts[StepPart.Products], Is.EqualTo(0.040).Within(1e-12));
        Assert.That(parts[StepPart.Attention], Is.EqualTo(0.015).Within(1e-12));
        Assert.That(parts[StepPart.OtherOperators], Is.EqualTo(0.003).Within(1e-12));
        Assert.That(parts[StepPart.BetweenOperators], Is.EqualTo(0.080 - 0.058).Within(1e-12));
        Assert.That(parts[StepPart.OptimizerAndAverage], Is.EqualTo((0.020 + 0.030) / 2).Within(1e-12));
        Assert.That(parts[StepPart.AroundIt], Is.EqualTo((0.010 + 0.020) / 2).Within(1e-12));
        Assert.That(profile.Operators.Select(time => time.Name),
            Is.EqualTo(new[] { "Gemm forward", "PackedAttention", "Add" }));
    }

    [Test]
    public void Rates_are_operations_over_seconds()
    {
        ProfiledSteps steps = new(width: 8);
        steps.Step.AddRange([0.100, 0.140]);
        steps.Gradients.AddRange([0.080, 0.110]);
        steps.SquaredLengths.AddRange([25, 49]);

        StepProfile profile = steps.Profile(
            [new(0.07, [Gemm(0.030), Attention(0.010)]), new(0.09, [Gemm(0.050), Gemm(0.020), Attention(0.020)])],
            Desk, peak: 1e6, plainStepSeconds: 0.110);

        OperatorTime product = profile.Operators[0];
        double rate = 3 * 2.0 * 7 * 16 * 8 / 0.100;
        Assert.That(product.Calls, Is.EqualTo(1.5));
        Assert.That(product.Bytes, Is.EqualTo(1.5 * 4 * ((7 * 8) + (16 * 8) + 16 + (7 * 16))));
        Assert.That(product.OperationsPerSecond, Is.EqualTo(rate).Within(1e-6));
        Assert.That(product.PeakShare, Is.EqualTo(rate / 1e6).Within(1e-12));
        OperatorTime attention = profile.Operators[1];
        Assert.That(attention.OperationsPerSecond, Is.EqualTo(4 * (25 + 49) * 8 / 0.030).Within(1e-6));
        Assert.That(attention.PeakShare, Is.Null);
    }

    private static ProfiledNode Gemm(double seconds) => Node("Gemm", seconds, [7, 8], [16, 8], [16], [7, 16]);

    private static ProfiledNode Attention(double seconds) => Node("PackedAttention", seconds, [7, 24], [3], [7, 8]);

    private static ProfiledNode Node(string name, double seconds, params long[][] shapes)
    {
        ProfiledTensor[] tensors = [.. shapes.Select(shape => new ProfiledTensor(ElementType.Float, shape))];
        return new(name, name, seconds, [.. tensors.SkipLast(1)], [.. tensors.TakeLast(1)]);
    }
}
