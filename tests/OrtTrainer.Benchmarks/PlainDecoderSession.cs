using OrtTrainer.Data;
using OrtTrainer.Randomness;
using OrtTrainer.Runtime;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Benchmarks;

/// <summary>
/// <see cref="PlainDecoder"/> on stock ONNX Runtime, without kernels: parameters and gradients stay in place.
/// </summary>
internal sealed class PlainDecoderSession : IDisposable
{
    private readonly GraphSession _session;
    private readonly Binding _binding;

    public PlainDecoderSession(DecoderSize size, int threads)
    {
        _session = GraphSession.FromBytes(
            PlainDecoder.Build(size), new ExecutionOptions { IntraOpThreads = threads, UseKernels = false },
            "plain decoder");
        GraphValue[] parameters =
            [.. _session.Inputs.Where(i => i.Name is not (PlainDecoder.Ids or PlainDecoder.Targets))];
        long length = parameters.Sum(Length);
        Parameters = new WeightBuffer(_session.Options.Device, length);
        Gradients = new WeightBuffer(_session.Options.Device, length);
        _binding = _session.CreateBinding();
        long offset = 0;
        foreach (GraphValue parameter in parameters)
        {
            Parameters.Write(offset, checked((int)Length(parameter)), values => Fill(parameter.Name, values));
            _binding.BindInput(parameter.Name, Parameters, offset, [.. parameter.Shape]);
            _binding.BindOutput(
                parameter.Name + PlainDecoder.GradientSuffix, Gradients, offset, [.. parameter.Shape]);
            offset += Length(parameter);
        }

        _binding.BindOutput(PlainDecoder.Loss);
    }

    public WeightBuffer Parameters { get; }

    public WeightBuffer Gradients { get; }

    /// <summary>Lays out a batch.</summary>
    public void Prepare(
        IReadOnlyList<TokenizedExample> examples, TokenTargets targets, ReadOnlySpan<int> indices)
    {
        List<long> ids = [], next = [];
        foreach (int index in indices)
        {
            ids.AddRange(examples[index].InputIds.Select(id => (long)id));
            next.AddRange(targets.IdsOf(index).ToArray().Select(id => (long)id));
        }

        _binding.SetInput(PlainDecoder.Ids, [.. ids], [ids.Count]);
        _binding.SetInput(PlainDecoder.Targets, [.. next], [next.Count, 1]);
    }

    /// <summary>One forward and backward pass.</summary>
    /// <returns>The mean loss.</returns>
    public float Run()
    {
        _binding.Run();
        return _binding.Output(PlainDecoder.Loss)[0];
    }

    public void Dispose()
    {
        _binding.Dispose();
        Parameters.Dispose();
        Gradients.Dispose();
        _session.Dispose();
    }

    /// <summary>N(0, 0.02), and 1 for the gains of norms.</summary>
    private static void Fill(string name, Span<float> values)
    {
        if (name.EndsWith(PlainDecoder.GainSuffix, StringComparison.Ordinal))
        {
            values.Fill(1);
            return;
        }

        SeededRandom random = SeededRandom.For(0, name);
        foreach (ref float value in values)
        {
            value = (float)(0.02 * random.NextGaussian());
        }
    }

    private static long Length(GraphValue value) => value.Shape.Aggregate(1L, (n, size) => n * size);
}
