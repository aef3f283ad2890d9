using OrtTrainer.Common;
using OrtTrainer.Models;
using OrtTrainer.Randomness;
using OrtTrainer.Runtime;

namespace OrtTrainer.Benchmarks;

/// <summary>
/// The yardstick: forward and backward pass of BERT as a plain, padded, unfused ONNX graph on stock ONNX Runtime.
/// Parameters and gradients stay in place, so that its time is the graph's alone.
/// </summary>
internal sealed class YardstickSession : IDisposable
{
    private const string LossName = "loss";
    private const string EmbeddingName = "emb.w";
    private const string HeadName = "cls.b";
    private const string GradientSuffix = "_grad";

    /// <summary>Floats between the starts of two tensors are a multiple of this, a cache line.</summary>
    private const int Alignment = 16;

    private static readonly string[] BatchInputs = ["ids", "pos", "mask", "bsh", "bsH", "nH", "labels"];

    private readonly GraphSession _session;
    private readonly Binding _binding;
    private readonly WeightBuffer _parameters;
    private readonly WeightBuffer _gradients;
    private readonly long _hidden;
    private readonly long _heads;

    /// <param name="path">The yardstick's file.</param>
    /// <param name="model">The sizes of the model it is held against, which must be its own.</param>
    /// <param name="threads">Threads, 1 or more.</param>
    /// <exception cref="RunException">The file is no yardstick, or one of another size.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="RuntimeFailureException">ONNX Runtime refuses the file.</exception>
    public YardstickSession(string path, ModelShape model, int threads)
    {
        _session = GraphSession.FromFile(path, new ExecutionOptions { IntraOpThreads = threads, UseKernels = false });
        try
        {
            GraphValue[] parameters = [.. _session.Inputs.Where(i => !BatchInputs.Contains(i.Name))];
            RequireSameSize(path, model, parameters);
            _hidden = model.Width;
            _heads = model.Heads;
            Classes = checked((int)parameters.First(p => p.Name == HeadName).Shape[0]);
            long length = parameters.Sum(Padded);
            _parameters = new WeightBuffer(_session.Options.Device, length);
            _gradients = new WeightBuffer(_session.Options.Device, length);
            _binding = _session.CreateBinding();
        }
        catch
        {
            _session.Dispose();
            throw;
        }

        BindParameters();
        _binding.BindOutput(LossName);
    }

    /// <summary>Outputs of the head.</summary>
    public int Classes { get; }

    /// <summary>One forward and backward pass.</summary>
    /// <returns>The mean loss.</returns>
    public float Run(YardstickBatch batch)
    {
        batch.Bind(_binding, _hidden, _heads);
        _binding.Run();
        return _binding.Output(LossName)[0];
    }

    public void Dispose()
    {
        _binding.Dispose();
        _parameters.Dispose();
        _gradients.Dispose();
        _session.Dispose();
    }

    private void BindParameters()
    {
        long offset = 0;
        foreach (GraphValue parameter in _session.Inputs.Where(i => !BatchInputs.Contains(i.Name)))
        {
            _parameters.Write(offset, checked((int)Length(parameter)), values => Fill(parameter.Name, values));
            _binding.BindInput(parameter.Name, _parameters, offset, [.. parameter.Shape]);
            _binding.BindOutput(parameter.Name + GradientSuffix, _gradients, offset, [.. parameter.Shape]);
            offset += Padded(parameter);
        }
    }

    /// <summary>N(0, 0.02), and 1 for the gains of norms.</summary>
    private static void Fill(string name, Span<float> values)
    {
        if (name.EndsWith(".g", StringComparison.Ordinal))
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

    private static void RequireSameSize(string path, ModelShape model, GraphValue[] parameters)
    {
        GraphValue embedding = parameters.FirstOrDefault(p => p.Name == EmbeddingName) is { Shape.Count: 2 } found
            && parameters.Any(p => p.Name == HeadName)
            ? found
            : throw new RunException(
                $"{path}: there are no inputs '{EmbeddingName}' and '{HeadName}'; this is no yardstick graph.");
        int layers = parameters.Count(p => p.Name.EndsWith(".q.w", StringComparison.Ordinal));
        if (layers != model.Layers || embedding.Shape[1] != model.Width || embedding.Shape[0] < model.Vocabulary)
        {
            throw new RunException($"{path}: the yardstick has {layers} layers of width {embedding.Shape[1]} over " +
                $"{embedding.Shape[0]} tokens, the model {model.Layers} of width {model.Width} over " +
                $"{model.Vocabulary}. Take the yardstick of the model's size.");
        }
    }

    private static long Length(GraphValue value) => value.Shape.Aggregate(1L, (n, size) => n * size);

    private static long Padded(GraphValue value) => (Length(value) + Alignment - 1) / Alignment * Alignment;
}
