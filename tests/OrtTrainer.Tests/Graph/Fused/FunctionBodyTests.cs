using OrtTrainer.Graph.Functions;
using OrtTrainer.Graph.Operators;
using OrtTrainer.Graph.Operators.Fused;
using OrtTrainer.Tests.Runtime;
using OrtTrainer.Tests.Runtime.Kernels;
using OrtTrainer.Tests.Runtime.Products;

namespace OrtTrainer.Tests.Graph.Fused;

/// <summary>The function bodies on ONNX Runtime against independent double-precision code.</summary>
public sealed class FunctionBodyTests
{
    private static readonly Dictionary<string, Action> Checks = new(
        LinearBodies.Checks.Concat(NormBodies.Checks).Concat(AttentionBodies.Checks).Concat(LossBodies.Checks));

    private static IEnumerable<string> Fused => OperatorSet.All.OfType<FusedOperator>().Select(op => op.Type)
        .Where(op => !Precisions.IsOfDevices(op));

    [TestCaseSource(nameof(Fused))]
    public void A_body_gives_the_values_of_the_definition(string function)
    {
        if (OperatorSet.Get(FunctionDefinition.Domain, function) is Residual)
        {
            AddsToItsFirstOutput(function);
            return;
        }

        Assert.That(Checks, Does.ContainKey(function), "a fused operator without a check of its values");
        Checks[function]();
    }

    // The outputs of the operator without a residual, which a check of its own holds against the definition, with the
    // residual added to the first in float32.
    private static void AddsToItsFirstOutput(string function)
    {
        KernelCase size = new(5, 1, 4, 0);
        int outputs = KernelCase.Outputs[function];
        KernelRun run = size.Run(function);
        float[][] plain = size.Run(KernelCase.Plain(function)).OutputsOfBody(outputs);
        float[] r = run.Inputs[^1].Floats!;

        float[][] actual = run.OutputsOfBody(outputs);

        Assert.That(actual[0], Is.EqualTo(plain[0].Zip(r, (a, b) => a + b)));
        Assert.That(actual[1..], Is.EqualTo(plain[1..]));
    }

    [Test]
    public void Every_body_can_be_parsed_and_calls_only_what_the_library_has()
    {
        HashSet<string> names = [.. FunctionLibrary.All.Select(f => f.Name)];
        foreach (FunctionDefinition function in FunctionLibrary.All)
        {
            var calls = FunctionLibrary.Closure([function.Name]).SelectMany(f => f.Node)
                .Where(n => n.Domain == FunctionDefinition.Domain);
            Assert.That(calls.Select(n => n.OpType).Distinct(), Is.SubsetOf(names), function.Name);
        }
    }
}
