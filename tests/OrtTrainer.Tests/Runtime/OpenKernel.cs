using OrtTrainer.Runtime;

namespace OrtTrainer.Tests.Runtime;

/// <summary>A fused operator in a session that stays open, so that one input can be changed from run to run.</summary>
internal sealed class OpenKernel : IDisposable
{
    private readonly GraphSession _session;
    private readonly Binding _binding;
    private readonly long[][] _shapes;

    public OpenKernel(GraphSession session, long[][] shapes)
    {
        (_session, _shapes) = (session, shapes);
        _binding = session.CreateBinding();
        foreach (GraphValue output in session.Outputs)
        {
            _binding.BindOutput(output.Name);
        }
    }

    public Binding Binding => _binding;

    /// <summary>Replaces an input by other values of the same shape.</summary>
    public void Set(int input, float[] data) => _binding.SetInput($"i{input}", data, _shapes[input]);

    /// <inheritdoc cref="Set(int, float[])"/>
    public void Set(int input, long[] data) => _binding.SetInput($"i{input}", data, _shapes[input]);

    /// <summary>All outputs, in order.</summary>
    public float[][] Run()
    {
        _binding.Run();
        return [.. _session.Outputs.Select(output => _binding.Output(output.Name).ToArray())];
    }

    public void Dispose()
    {
        _binding.Dispose();
        _session.Dispose();
    }
}
