using OrtTrainer.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace OrtTrainer.Benchmarks.TorchSharp;

/// <summary>BERT as a classifier of sequences (Devlin et al., 2019), of random weights.</summary>
internal sealed class TorchModel : Module<Tensor, Tensor, Tensor>
{
    private const double EmbeddingSpread = 0.02;

    private readonly Embedding _words;
    private readonly Embedding _positions;
    private readonly Embedding _types;
    private readonly LayerNorm _norm;
    private readonly Dropout _dropout;
    private readonly ModuleList<TorchLayer> _layers;
    private readonly Linear _pooler;
    private readonly Linear _classifier;

    /// <param name="shape">The sizes.</param>
    /// <param name="classes">Outputs.</param>
    /// <param name="dropout">The probability of every dropout.</param>
    /// <param name="attention">How tokens attend.</param>
    public TorchModel(ModelShape shape, int classes, double dropout, ITorchAttention attention)
        : base("bert")
    {
        _words = Embedding(shape.Vocabulary, shape.Width);
        _positions = Embedding(shape.Positions, shape.Width);
        _types = Embedding(Math.Max(1, shape.TokenTypes), shape.Width);
        _norm = LayerNorm(shape.Width, 1e-12);
        _dropout = Dropout(dropout);
        _layers = new ModuleList<TorchLayer>(
            [.. Enumerable.Range(0, shape.Layers).Select(_ => new TorchLayer(shape, dropout, attention))]);
        _pooler = Linear(shape.Width, shape.Width);
        _classifier = Linear(shape.Width, classes);
        RegisterComponents();
        foreach (Embedding table in new[] { _words, _positions, _types })
        {
            _ = init.normal_(table.weight!, 0, EmbeddingSpread);
        }
    }

    /// <summary>Logits [B, K].</summary>
    /// <param name="ids">Token ids [B, S].</param>
    /// <param name="mask">What is added to scores of attention, [B, 1, 1, S].</param>
    public override Tensor forward(Tensor ids, Tensor mask)
    {
        Tensor positions = arange(ids.shape[1], int64);
        Tensor x = _words.forward(ids) + _positions.forward(positions) + _types.forward(zeros_like(ids));
        x = _dropout.forward(_norm.forward(x));
        foreach (TorchLayer layer in _layers)
        {
            x = layer.forward(x, mask);
        }

        Tensor pooled = _pooler.forward(x.select(1, 0)).tanh();
        return _classifier.forward(_dropout.forward(pooled));
    }
}
