using OrtTrainer.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace OrtTrainer.Benchmarks.TorchSharp;

/// <summary>A layer of BERT: attention and a feed-forward block, each with dropout, residual and norm.</summary>
internal sealed class TorchLayer : Module<Tensor, Tensor, Tensor>
{
    private readonly Linear _query;
    private readonly Linear _key;
    private readonly Linear _value;
    private readonly Linear _output;
    private readonly LayerNorm _attentionNorm;
    private readonly Linear _inner;
    private readonly Linear _outer;
    private readonly LayerNorm _outerNorm;
    private readonly Dropout _dropout;
    private readonly ITorchAttention _attention;
    private readonly double _probability;
    private readonly int _heads;

    public TorchLayer(ModelShape shape, double dropout, ITorchAttention attention)
        : base("layer")
    {
        (_attention, _probability, _heads) = (attention, dropout, shape.Heads);
        _query = Linear(shape.Width, shape.Width);
        _key = Linear(shape.Width, shape.Width);
        _value = Linear(shape.Width, shape.Width);
        _output = Linear(shape.Width, shape.Width);
        _attentionNorm = LayerNorm(shape.Width, 1e-12);
        _inner = Linear(shape.Width, shape.Inner);
        _outer = Linear(shape.Inner, shape.Width);
        _outerNorm = LayerNorm(shape.Width, 1e-12);
        _dropout = Dropout(dropout);
        RegisterComponents();
    }

    /// <summary>[B, S, H] to the same.</summary>
    public override Tensor forward(Tensor x, Tensor mask)
    {
        Tensor attended = _attention.Attend(
            Heads(_query.forward(x)), Heads(_key.forward(x)), Heads(_value.forward(x)), mask, _probability);
        Tensor merged = attended.transpose(1, 2).reshape(x.shape);
        x = _attentionNorm.forward(x + _dropout.forward(_output.forward(merged)));
        Tensor inner = functional.gelu(_inner.forward(x));
        return _outerNorm.forward(x + _dropout.forward(_outer.forward(inner)));
    }

    private Tensor Heads(Tensor x) =>
        x.view(x.shape[0], x.shape[1], _heads, x.shape[2] / _heads).transpose(1, 2);
}
