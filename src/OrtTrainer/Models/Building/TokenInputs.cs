using OrtTrainer.Graph;

namespace OrtTrainer.Models.Building;

/// <summary>The inputs of a packed graph that hold one list of tokens: an encoder's, or a decoder's.</summary>
internal sealed class TokenInputs
{
    private readonly GraphBuilder _graph;
    private readonly string _positions;
    private readonly string _tokens;

    private TokenInputs(GraphBuilder graph, string ids, string positions, string offsets, string tokens)
    {
        (_graph, _positions, _tokens) = (graph, positions, tokens);
        Ids = graph.Input(ids, TensorType.Int64(tokens));
        Offsets = graph.Input(offsets, TensorType.Int64("bounds"));
    }

    /// <summary>Token ids, int64 [T].</summary>
    public Value Ids { get; }

    /// <summary>Where each sequence starts and the last one ends, int64 [B + 1].</summary>
    public Value Offsets { get; }

    /// <summary>Positions in their sequence from 0, int64 [T]; an input of graphs that ask for them alone.</summary>
    public Value Positions => field ??= _graph.Input(_positions, TensorType.Int64(_tokens));

    /// <summary>The tokens of an encoder, or of a model that is a decoder alone.</summary>
    public static TokenInputs OfEncoder(GraphBuilder graph) =>
        new(graph, PackedInputs.InputIds, PackedInputs.PositionIds, PackedInputs.Offsets, "tokens");

    /// <summary>The tokens of a decoder that stands beside an encoder.</summary>
    public static TokenInputs OfDecoder(GraphBuilder graph) => new(
        graph, PackedInputs.DecoderInputIds, PackedInputs.DecoderPositionIds, PackedInputs.DecoderOffsets,
        "decoder_tokens");
}
