using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Graph;
using OrtTrainer.Models.Building;

namespace OrtTrainer.Models.Backbones;

/// <summary>
/// An encoder of one text and a decoder of another that sees its states (Vaswani et al., 2017): layers are counted
/// through, those of the encoder first. One table of word embeddings serves both, and the output layer where it is
/// tied.
/// </summary>
/// <param name="config">The configuration it is read from.</param>
internal abstract class EncoderDecoder(ModelConfig config) : Architecture(config)
{
    public override float TokenDropout => 0;

    /// <summary>Layers of the encoder.</summary>
    protected int EncoderLayers => Shape.Layers - Shape.DecoderLayers;

    /// <summary>The sizes of the decoder's layers.</summary>
    public virtual ModelShape DecoderShape => Shape;

    /// <summary>The name of the word embeddings.</summary>
    protected string WordEmbeddings => BasePrefix + "shared";

    /// <summary>Whether the output layer is the word embeddings.</summary>
    protected virtual bool IsTied => Config.GetBool("tie_word_embeddings", true);

    /// <summary>The name of the output layer.</summary>
    protected string OutputLayer => IsTied ? WordEmbeddings : "lm_head";

    /// <summary>States of the decoder, [U, H] packed or [B, U, H] padded.</summary>
    /// <inheritdoc/>
    public override Value Encode(ModelBuilder m, ModelHead? head = null)
    {
        if (head is { HasDecoder: false })
        {
            throw Refused();
        }

        Value encoded = EncodeSource(m);
        m.StartDecoder();
        return Decode(m, encoded);
    }

    /// <summary>The encoder alone: its states, [T, H] packed or [B, S, H] padded.</summary>
    public Value EncodeSource(ModelBuilder m)
    {
        m.Place = ParameterPlace.Embeddings;
        Value encoded = Layers(m, 0, EncoderLayers, Embed(m), Layer);
        return m.LayerOutputs[^1] = Finish(m, encoded);
    }

    /// <summary>The decoder alone: its states, [U, H] packed or [B, U, H] padded.</summary>
    /// <param name="m">Has begun the decoder.</param>
    /// <param name="encoded">The states of the encoder.</param>
    public Value Decode(ModelBuilder m, Value encoded)
    {
        m.Place = ParameterPlace.Embeddings;
        Value decoded = Layers(
            m, EncoderLayers, Shape.Layers, EmbedTarget(m),
            (builder, prefix, x) => DecoderLayer(builder, prefix, x, encoded));
        m.LayerOutputs[^1] = decoded = FinishDecoder(m, decoded);
        m.Place = ParameterPlace.Head;
        return decoded;
    }

    public override Value SequenceHead(ModelBuilder m, long outputs, Value hidden) => throw Refused();

    /// <summary>Files may have the word embeddings once for each who reads them.</summary>
    public override string? AliasOf(string tensor) =>
        tensor == WordEmbeddings + ".weight" ? BasePrefix + "encoder.embed_tokens.weight" : null;

    public override bool Ignores(string tensor) => tensor.EndsWith(".embed_tokens.weight", StringComparison.Ordinal);

    /// <exception cref="RunException">Always: which layers of either part belong together is not known.</exception>
    public override ModelConfig WithLayers(IReadOnlyList<int> kept) => throw new RunException(
        $"{Config.Path}: model_type is '{ModelType}', of which no layers can be left out. Take all of them.");

    /// <summary>The target's token ids to what the first layer of the decoder takes.</summary>
    protected abstract Value EmbedTarget(ModelBuilder m);

    /// <summary>One layer of the decoder, whose tensors' names begin with <paramref name="prefix"/>.</summary>
    protected abstract Value DecoderLayer(ModelBuilder m, string prefix, Value x, Value encoded);

    /// <summary>What follows the last layer of the decoder and belongs to it, such as a norm.</summary>
    protected virtual Value FinishDecoder(ModelBuilder m, Value x) => x;

    private RunException Refused() => new(
        $"{Config.Path}: model_type is '{ModelType}', an encoder with a decoder, which learns to make one text of "
        + "another. Choose the task seq2seq (--task seq2seq), or take a model of another family.");
}
