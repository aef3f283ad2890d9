using OrtTrainer.Runtime.Cpu.Kernels;

namespace OrtTrainer.Tests.Runtime.Kernels;

/// <summary>Kernels that add a residual, against those that do not.</summary>
public sealed class ResidualTests
{
    private static IEnumerable<string> Kernels => KernelLibrary.Default.Definitions.Select(d => d.Name)
        .Where(name => KernelCase.Plain(name) != name);

    // About the sizes of tiles, panels and blocks of rows; 300 columns have more than one chunk of the depth.
    [Test]
    public void The_residual_is_added_to_the_first_output_in_float32_and_changes_no_other(
        [ValueSource(nameof(Kernels))] string op, [Values(0, 1, 12, 13, 145)] int rows,
        [Values(1, 16, 32, 33, 300)] int columns)
    {
        KernelCase size = new(rows, 1, columns, 0);
        KernelRun run = size.Run(op);
        float[] r = run.Inputs[^1].Floats!;
        float[][] plain = size.Run(KernelCase.Plain(op)).Outputs(KernelCase.Outputs[op]);

        float[][] actual = run.Outputs(KernelCase.Outputs[op]);

        Assert.That(actual[0], Is.EqualTo(plain[0].Zip(r, (a, b) => a + b)));
        Assert.That(actual[1..], Is.EqualTo(plain[1..]));
    }
}
