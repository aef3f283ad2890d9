using OrtTrainer.Graph;
using OrtTrainer.Graph.Operators;

namespace OrtTrainer.Tests.Graph.Gradients;

/// <summary>Every gradient rule against finite differences on ONNX Runtime.</summary>
public sealed class OperatorGradientTests
{
    private static GradientCase[] Cases { get; } =
    [
        .. PointwiseCases.All, .. ArithmeticCases.All, .. ReductionCases.All, .. ProductCases.All, .. ShapingCases.All,
        .. SelectionCases.All, .. WindowCases.All, .. FusedCases.All,
    ];

    // Products of a type that ONNX Runtime has for no processor have the rules of those that are rounded to it.
    private static IEnumerable<Operator> Rules => OperatorSet.All.Where(
        op => op.HasGradientRule && !op.Type.Contains("Native", StringComparison.Ordinal));

    private static IEnumerable<TestCaseData> Named() =>
        Cases.Select(c => new TestCaseData(c).SetArgDisplayNames(c.ToString()));

    [TestCaseSource(nameof(Named))]
    public void Gradients_are_those_of_finite_differences(object check)
    {
        using GradientCheck run = new((GradientCase)check);
        int compared = run.Run();
        Assert.That(compared, Is.GreaterThanOrEqualTo(5), "elements compared");
    }

    [TestCaseSource(nameof(Rules))]
    public void Every_rule_has_a_check(Operator op) => Assert.That(
        Cases.Any(c => c.Operator == op.Type && c.Domain == op.Domain),
        $"{op.Domain}.{op.Type} has a gradient rule but no case here");
}
