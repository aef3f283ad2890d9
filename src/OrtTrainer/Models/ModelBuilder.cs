using OrtTrainer.Graph;

namespace OrtTrainer.Models;

/// <summary>
/// What an architecture is written against: layers by their names in a checkpoint. The same description builds the
/// packed graph that trains (<see cref="PackedModelBuilder"/>) and the padded one that is exported
/// (<see cref="PaddedModelBuilder"/>).
/// </summary>
public abstract class ModelBuilder
{
    protected ModelBuilder(GraphBuilder graph) => Graph = graph;

    public GraphBuilder Graph { get; }

    /// <summary>Token ids.</summary>
    public abstract Value InputIds { get; }

    /// <summary>Segment ids: 0 for the first text, 1 for the second.</summary>
    public abstract Value TokenTypeIds { get; }

    /// <summary>What each layer of the encoder gives, first to last, as far as it is built.</summary>
    public List<Value> LayerOutputs { get; } = [];

    /// <summary>Positions in the sequence, the first being <paramref name="first"/>.</summary>
    /// <param name="first">0 for BERT; RoBERTa's begin after its padding id.</param>
    public abstract Value PositionIds(long first);

    /// <summary>Rows of the table <c>name.weight</c> [rows, width].</summary>
    public abstract Value Embedding(string name, long rows, long width, Value ids);

    /// <summary>x·Wᵀ + b with <c>name.weight</c> [outputs, inputs] and <c>name.bias</c> [outputs].</summary>
    public abstract Value Linear(string name, long inputs, long outputs, Value x);

    /// <summary>Normalisation of the last axis by <c>name.weight</c> and <c>name.bias</c> [width].</summary>
    public abstract Value LayerNorm(string name, long width, float epsilon, Value x);

    /// <summary>LayerNorm(residual + dropout(x)).</summary>
    public abstract Value DropoutAddLayerNorm(string name, long width, float epsilon, float p, Value x, Value residual);

    /// <summary>Dropout with probability p while training; nothing otherwise.</summary>
    public abstract Value Dropout(float p, Value x);

    /// <summary>
    /// Scaled dot-product attention of x with itself, with the linear layers <paramref name="query"/>,
    /// <paramref name="key"/> and
    /// <paramref name="value"/> of [width, width].
    /// </summary>
    public abstract Value SelfAttention(
        string query, string key, string value, long width, long heads, float p, Value x);

    /// <summary>The first token of every sequence, [B, width].</summary>
    public abstract Value FirstToken(Value x);

    /// <summary>The activation called <paramref name="name"/> in a Hugging Face configuration.</summary>
    /// <exception cref="ModelException">There is no such activation here.</exception>
    public Value Activation(string name, Value x) => name switch
    {
        "gelu" => Gelu(x),
        "gelu_new" or "gelu_pytorch_tanh" or "gelu_fast" => GeluTanh(x),
        "relu" => Graph.Node("Relu", [x]),
        "silu" or "swish" => Graph.Mul(x, Graph.Node("Sigmoid", [x])),
        "tanh" => Graph.Tanh(x),
        _ => throw new ModelException($"The activation '{name}' (hidden_act in config.json) is not known here; known " +
            "are gelu, gelu_new, gelu_pytorch_tanh, gelu_fast, relu, silu, swish and tanh."),
    };

    protected abstract Value Gelu(Value x);

    protected abstract Value GeluTanh(Value x);

    protected static ParameterSpec Weight(string name, params long[] shape) =>
        new(name + ".weight", shape, ParameterInitialization.Normal, WeightDecay: true);

    protected static ParameterSpec Bias(string name, long width) =>
        new(name + ".bias", [width], ParameterInitialization.Zeros, WeightDecay: false);

    protected static ParameterSpec Gain(string name, long width) =>
        new(name + ".weight", [width], ParameterInitialization.Ones, WeightDecay: false);
}
