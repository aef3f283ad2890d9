using System.Diagnostics;
using OrtTrainer.Benchmarking;
using OrtTrainer.Data;
using OrtTrainer.Models;
using OrtTrainer.Training.Batches;
using TorchSharp;
using static TorchSharp.torch;

namespace OrtTrainer.Benchmarks.TorchSharp;

/// <summary>
/// Training steps of PyTorch on the same batches, padded: dropout, clipping and AdamW in float32, once with each way to
/// attend.
/// </summary>
internal sealed class TorchSteps : IAlternative
{
    private const double Dropout = 0.1;
    private const double LearningRate = 5e-5;
    private const int Classes = 2;

    private readonly List<(TorchModel Model, optim.Optimizer Optimizer)> _variants = [];
    private YardstickBatch? _batch;

    /// <param name="shape">The sizes of the model.</param>
    public TorchSteps(ModelShape shape)
    {
        foreach (ITorchAttention attention in new ITorchAttention[]
                 { new FusedTorchAttention(), new ExplicitTorchAttention() })
        {
            TorchModel model = new(shape, Classes, Dropout, attention);
            model.train();
            _variants.Add((model, optim.AdamW(model.parameters(), LearningRate, weight_decay: 0.01)));
            Seconds.Add((attention.Name, []));
        }
    }

    /// <summary>Seconds of the steps of each variant, the first without measure.</summary>
    public List<(string Name, List<double> Steps)> Seconds { get; } = [];

    /// <summary>The last loss: a check that it trains.</summary>
    public float Loss { get; private set; }

    public void Prepare(
        IReadOnlyList<TokenizedExample> examples, TaskTargets targets, ReadOnlySpan<int> indices) =>
        _batch = new YardstickBatch(examples, targets, indices, Classes);

    public void Run()
    {
        for (int i = 0; i < _variants.Count; i++)
        {
            long started = Stopwatch.GetTimestamp();
            Step(_variants[i].Model, _variants[i].Optimizer, _batch!);
            Seconds[i].Steps.Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
        }
    }

    public void Dispose()
    {
        foreach ((TorchModel model, optim.Optimizer optimizer) in _variants)
        {
            optimizer.Dispose();
            model.Dispose();
        }
    }

    private void Step(TorchModel model, optim.Optimizer optimizer, YardstickBatch batch)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor ids = tensor(batch.Ids, [batch.Rows, batch.Width]);
        Tensor mask = tensor(batch.Mask, [batch.Rows, 1, 1, batch.Width]);
        optimizer.zero_grad();
        Tensor loss = nn.functional.cross_entropy(model.forward(ids, mask), tensor(batch.Labels));
        loss.backward();
        _ = nn.utils.clip_grad_norm_(model.parameters(), 1);
        _ = optimizer.step();
        Loss = loss.item<float>();
    }
}
